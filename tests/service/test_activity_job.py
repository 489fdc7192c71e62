"""The month on one page by the clock: made once when due, kept, mailed to who gets the reports of every site."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.courier import Courier
from alerts.notifiers.apprise import AppriseNotifier
from alerts.report_post import ReportPost
from domain.account import AuditEntry
from domain.activity import ActivitySheet
from domain.errors import Unavailable
from domain.registry import Contact, Installation, Route
from service.activity_job import ActivityJob
from storage.alert_book import SqlAlertBook
from storage.audit import SqlAuditLog
from storage.database import Database
from support.finished import Office, at
from support.report_scene import Scene, plant
from support.smtp import Mailbox


class Page:
    """Prints the month it is asked for, unless the store is away."""

    away = False

    def sheet(self, month: str | None, language: str, now: int) -> ActivitySheet:
        """Not looked at by the clock."""
        raise NotImplementedError

    def pdf(self, month: str | None, language: str, now: int) -> tuple[str, bytes]:
        """Its name is in it."""
        if self.away:
            raise Unavailable("the store is away")
        return f"kegiatan-{month}.pdf", f"%PDF {month} {language}".encode()


class Upt:
    """The job over an installation that began on the first of September."""

    def __init__(self, scene: Scene, database: Database, folder: Path) -> None:
        SqlAuditLog(database).add(AuditEntry(at("2026-09-01"), "siti", "apply", "installation"))
        self.scene, self.page, self._database = scene, Page(), database
        self.office = Office(scene.sources(), database, folder)
        self.restarted()

    def restarted(self) -> None:
        """Nothing is remembered."""
        self.job = ActivityJob(self.page, self.office.desk, self.office.config, "https://pantau.lan")

    def told(self, mailbox: Mailbox, sites: tuple[str, ...], now: int) -> None:
        """To budi, who gets the reports of these sites."""
        budi = Contact(id="budi", name="Budi", address=mailbox.address)
        route = Route(id="laporan", contacts=("budi",), reports=True, sites=sites)
        here: Installation = plant().model_copy(update={"contacts": (budi,), "routes": (route,)})
        self.scene.registered.now = here
        courier, book = Courier({"apprise": AppriseNotifier()}), SqlAlertBook(self._database)
        post = ReportPost(book, self.scene.registered, courier, lambda: self.job.letters(now), self.job.words)  # type: ignore[arg-type]
        post.run_once(now)


@pytest.fixture
def upt(october: Scene, database: Database, tmp_path: Path) -> Upt:
    """With an hour of readings in October."""
    return Upt(october, database, tmp_path)


def test_nothing_is_made_before_late_data_had_their_time(upt: Upt) -> None:
    assert upt.job.run_once(at("2026-11-01", 23)) is None


def test_the_month_is_kept_when_it_is_due(upt: Upt) -> None:
    made = upt.job.run_once(at("2026-11-02"))
    assert made is not None
    assert (made.name, made.read_bytes()) == ("kegiatan-2026-10.pdf", b"%PDF 2026-10 id")


def test_it_is_made_once_though_the_power_fails(upt: Upt) -> None:
    upt.job.run_once(at("2026-11-02"))
    upt.restarted()
    assert upt.job.run_once(at("2026-11-02", 3)) is None


def test_after_a_month_end_without_power_the_last_month_is_made(upt: Upt) -> None:
    assert upt.job.run_once(at("2026-11-19")) is not None


def test_a_month_without_readings_is_not_made(upt: Upt) -> None:
    assert upt.job.run_once(at("2026-12-02")) is None


def test_a_store_that_is_away_is_told_to_the_job(upt: Upt) -> None:
    upt.page.away = True
    with pytest.raises(Unavailable):
        upt.job.run_once(at("2026-11-02"))


def test_it_is_mailed_once_with_its_file(upt: Upt, mailbox: Mailbox) -> None:
    upt.job.run_once(at("2026-11-02"))
    for hour in (1, 2):
        upt.told(mailbox, (), at("2026-11-02", hour))
    (mail,) = mailbox.mails
    assert [part.get_filename() for part in mail.iter_attachments()] == ["kegiatan-2026-10.pdf"]
    assert mail["subject"] == "Ringkasan kegiatan 2026-10"


def test_a_month_made_long_after_it_was_due_is_mailed_all_the_same(upt: Upt, mailbox: Mailbox) -> None:
    upt.job.run_once(at("2026-11-19"))
    upt.told(mailbox, (), at("2026-11-19", 1))
    assert len(mailbox.mails) == 1


def test_who_gets_the_reports_of_one_site_does_not_get_that_of_all(upt: Upt, mailbox: Mailbox) -> None:
    upt.job.run_once(at("2026-11-02"))
    upt.told(mailbox, ("batik",), at("2026-11-02", 1))
    assert mailbox.mails == []


def test_what_was_not_made_is_not_told(upt: Upt) -> None:
    assert upt.job.letters(at("2026-11-02", 1)) == ()
