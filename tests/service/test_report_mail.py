"""Finished reports by post, through a real mail server: to whom, with which files, and never twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alerts.courier import Courier
from alerts.notifiers.apprise import AppriseNotifier
from alerts.report_post import ReportPost
from domain.account import AuditEntry
from domain.registry import Contact, Installation, Route
from domain.report_records import LabResult, Operator
from domain.text import Language
from reports.digest import sha256_of
from service.report_letters import ReportLetters
from storage.alert_book import SqlAlertBook
from storage.audit import SqlAuditLog
from storage.database import Database
from support.finished import Office, at
from support.report_scene import POINT, Scene, plant
from support.smtp import Mailbox

MOST = 10_000_000


def told(mailbox: Mailbox, **route: object) -> Installation:
    """The plant, with budi who gets the reports by mail."""
    budi = Contact(id="budi", name="Budi", address=mailbox.address, language=route.pop("language", Language.ID))  # type: ignore[arg-type]
    return plant().model_copy(
        update={"contacts": (budi,), "routes": (Route(id="laporan", contacts=("budi",), reports=True, **route),)}  # type: ignore[arg-type]
    )


class PostOffice:
    """The job, the letters and the post of one installation."""

    def __init__(self, scene: Scene, database: Database, folder: Path, most: int = MOST) -> None:
        self.scene = scene
        self.office = Office(scene.sources(), database, folder, schedule=("month",))
        self._database, self._most = database, most
        self.now = 0
        self.restarted()

    def deliver(self, now: int) -> None:
        """What the post has to tell then."""
        self.now = now
        self.post.run_once(now)

    def restarted(self) -> None:
        """Nothing is remembered but what is in the database."""
        letters = ReportLetters(self.office.desk, self.scene.registered, "https://pantau.lan", self._most)  # type: ignore[arg-type]
        courier = Courier({"apprise": AppriseNotifier()})
        book = SqlAlertBook(self._database)
        self.post = ReportPost(book, self.scene.registered, courier, lambda: letters.letters(self.now), letters.words)  # type: ignore[arg-type]


class Opened:
    """Makes one post office; the installation began on the first of September."""

    def __init__(self, folder: Path, mailbox: Mailbox, database: Database, scene: Scene) -> None:
        self.folder, self.mailbox, self.database, self.scene = folder, mailbox, database, scene

    def post(self, began: str = "2026-09-01", most: int = MOST, **route: object) -> PostOffice:
        """With the settings of its only route."""
        SqlAuditLog(self.database).add(AuditEntry(at(began), "siti", "apply", "installation"))
        self.scene.registered.now = told(self.mailbox, **route)
        return PostOffice(self.scene, self.database, self.folder, most)


@pytest.fixture
def opened(tmp_path: Path, mailbox: Mailbox, database: Database, october: Scene) -> Opened:
    """To be given the settings of its route."""
    return Opened(tmp_path, mailbox, database, october)


def files_of(mailbox: Mailbox) -> list[str]:
    """Names of what the last mail carries."""
    return [str(part.get_filename()) for part in mailbox.mails[-1].iter_attachments()]


def body_of(mailbox: Mailbox) -> str:
    """The text of the last mail."""
    body = mailbox.mails[-1].get_body(("plain", "html"))
    assert body is not None
    return str(body.get_content())


def test_the_report_of_the_month_arrives_with_its_files(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post()
    post.office.run(at("2026-11-02"))
    post.deliver(at("2026-11-02", 1))
    assert files_of(mailbox) == [f"laporan-{POINT}-2026-10.pdf", f"laporan-{POINT}-2026-10.xlsx"]


def test_what_arrives_is_the_file_that_was_kept(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post()
    post.office.run(at("2026-11-02"))
    post.deliver(at("2026-11-02", 1))
    report = post.office.desk.page(None, 1).items[0]
    pdf = next(mailbox.mails[-1].iter_attachments()).get_content()
    assert pdf == post.office.desk.file(report, "pdf", "id")[1]
    assert report.sha256 == sha256_of(post.office.desk.today(report))


def test_the_mail_says_whose_month_it_is_and_where_it_stands(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post()
    post.office.run(at("2026-11-02"))
    post.deliver(at("2026-11-02", 1))
    assert mailbox.mails[-1]["subject"] == "Laporan 2026-10, titik penaatan outlet"
    assert f"https://pantau.lan/reports/month/{POINT}/2026-10" in body_of(mailbox)


def test_an_english_reader_is_written_to_in_english(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post(language=Language.EN)
    post.office.run(at("2026-11-02"))
    post.deliver(at("2026-11-02", 1))
    assert "waits for an officer's signature" in body_of(mailbox)


def test_a_reader_is_told_once_though_the_power_fails(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post()
    post.office.run(at("2026-11-02"))
    post.deliver(at("2026-11-02", 1))
    post.restarted()
    post.deliver(at("2026-11-02", 2))
    assert len(mailbox.mails) == 1


def test_a_server_that_is_away_gets_it_later(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post()
    post.office.run(at("2026-11-02"))
    mailbox.answers.append("451 try later")
    post.deliver(at("2026-11-02", 1))
    post.deliver(at("2026-11-02", 3))
    assert len(mailbox.mails) == 1


def test_a_new_revision_is_told_again_with_its_reason(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post()
    post.office.run(at("2026-11-02"))
    post.deliver(at("2026-11-02", 1))
    result = LabResult("1", POINT, "bod", Operator.EQUAL, 41.5, "mg/L", date(2026, 10, 7))
    post.scene.books.lab.append(result)
    post.office.run(at("2026-11-04"))
    post.deliver(at("2026-11-04", 1))
    assert "Revisi 2: data yang datang kemudian" in body_of(mailbox)


def test_a_file_too_large_for_a_mail_is_told_with_the_link(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post()
    post.office.run(at("2026-11-02"))
    pdf = next(one for one in post.office.desk.page(None, 1).items[0].files if one.format == "pdf")
    small = PostOffice(post.scene, opened.database, opened.folder, most=pdf.size)
    small.deliver(at("2026-11-02", 1))
    assert files_of(mailbox) == [pdf.name]
    assert f"Terlalu besar untuk surat, unduh di halaman itu: laporan-{POINT}-2026-10.xlsx" in body_of(mailbox)


def test_reports_of_another_site_are_not_theirs(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post(sites=("alas-kaki",))
    post.office.run(at("2026-11-02"))
    post.deliver(at("2026-11-02", 1))
    assert mailbox.mails == []


def test_what_was_due_before_the_installation_began_is_kept_and_not_mailed(opened: Opened, mailbox: Mailbox) -> None:
    post = opened.post(began="2026-11-20")
    assert post.office.run(at("2026-11-22")) == [("2026-10", 1)]
    post.deliver(at("2026-11-22", 1))
    assert mailbox.mails == []
