"""The whole service with its evidence on (reports by the clock and by mail, SPARING), killed twice at bad moments.

First when the ministry has stored a package and the first report was just made, then when it has stored another, the
second report was just made and the first is in the post. Afterwards everything is there, and there once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from alerts.links import digest
from domain.finished_report import FinishedReport
from domain.reading import Reading, Series
from domain.registry import Contact, Route
from domain.report_period import local_day, midnight
from domain.sparing import HOUR, SLOT, Package, PackageKind, PackageState, Verdict
from service.cli_registry import checked
from service.clock import now
from service.options import opened
from service.report_letters import key_of
from storage.database import Database
from support.servers import free_port
from support.service_process import ROOT, ServiceProcess
from support.smtp import Mailbox
from support.sparing_ministry import Ministry, ministry
from support.waiting import eventually

pytestmark = pytest.mark.slow

FILES = sorted((ROOT / "examples" / "mojokerto").glob("*.toml"))
WIB = ZoneInfo("Asia/Jakarta")
POINT, UID = "titik-penaatan-outlet", "ABC3fe3fa2366e1acce66XYZ"
PH = Series("batik", "ipal-outlet", "ph", "pH", "outlet")
PACKAGES = 12
KILLED_AT = (3, 7)  # packages that the ministry has stored
DAY, MINUTE = 86_400_000, 60_000
SETTINGS = """
[reports]
schedule = ["day"]
wait_hours = 0
formats = ["pdf"]

[sparing]
enabled = true
base_url = "{url}"

[[sparing.points]]
point = "titik-penaatan-outlet"
uid = "ABC3fe3fa2366e1acce66XYZ"
sensors = {{ pH = {{ device = "ipal-outlet", metric = "ph" }} }}
"""


class House:
    """An installation that owes two daily reports and half a day of packages."""

    def __init__(self, folder: Path, stack: ExitStack, server: Ministry, mailbox: Mailbox) -> None:
        self.folder, self.server, self.mailbox = folder / "data", server, mailbox
        self.began = now()
        self.days = [local_day(self.began, WIB) - timedelta(days=back) for back in (2, 1)]
        self._config = folder / "pantau.toml"
        self._config.write_text(SETTINGS.format(url=server.url), "utf-8")
        ports = {"PANTAU_MQTT__PORT": str(free_port()), "PANTAU_HTTP__PORT": str(free_port())}
        self.process = ServiceProcess("run", self.folder, ports)
        self.app = stack.enter_context(opened(self._config, self.folder))
        self._register()
        self._measure()
        self._queue()

    def reports(self) -> list[FinishedReport]:
        """Every revision of every report, oldest first."""
        desk = self.app.reports
        newest = desk.page(None, 20).items[::-1]
        return [made for one in newest for made in desk.revisions(one.kind, one.place, one.period)]

    def packages(self) -> list[Package]:
        """Those that were queued, oldest first."""
        return self.app.sparing.queue.periods(POINT, 0, self.began // HOUR * HOUR)

    def posted(self, number: int) -> bool:
        """Whether budi's letter of that report is in the book."""
        made = self.reports()[number:]
        return bool(made) and self.app.services.book.used(digest(f"{key_of(made[0])}:budi"))

    def killed_when(self, stored: int, happened: Callable[[], object]) -> None:
        """Started, and killed in the moment in which so many packages are stored and not yet answered for."""
        killed = list[bool]()

        def kill() -> None:
            if len(self.server.packages) >= stored and not killed:
                eventually(happened, within=15, what=f"before the kill at {stored}")
                self.process.kill()
                killed.append(True)

        self.server.after_storing = kill
        self.process.start()
        eventually(lambda: killed, within=40, what=f"{stored} packages")
        self._five_minutes_pass()

    def _five_minutes_pass(self) -> None:
        """For the package whose sender died: its lease is over."""
        with closing(Database(self.app.settings.database_url)) as database, database.writing() as connection:
            connection.execute(text("UPDATE sparing_package SET next_attempt_at = 0 WHERE state = 'queued'"))

    def _register(self) -> None:
        """Four days ago, so that the reports fell due since; budi gets them by mail."""
        budi = Contact(id="budi", name="Budi", address=self.mailbox.address)
        given = {"contacts": (budi,), "routes": (Route(id="laporan", contacts=("budi",), reports=True),)}
        plant = checked(FILES, self.app.settings).model_copy(update=given)
        self.app.services.registry.apply(plant, "test", self.began - 4 * DAY)

    def _measure(self) -> None:
        """An hour of pH on each of the two days, and the last ten minutes."""
        starts = [midnight(day, WIB) + 8 * HOUR for day in self.days]
        times = [start + minute * MINUTE for start in starts for minute in range(60)]
        times += [self.began - minute * MINUTE for minute in range(10)]
        self.app.store.write([Reading(PH, time, 7.2) for time in times])

    def _queue(self) -> None:
        """The connection was tested; each hour of the half day is a package."""
        assert self.app.sparing.sender.test(POINT).verdict is Verdict.ACCEPTED
        border = self.began // HOUR * HOUR
        for start in range(border - PACKAGES * HOUR, border, HOUR):
            records = [{"datetime": slot // 1000, "pH": 7.2} for slot in range(start, start + HOUR, SLOT)]
            claims = json.dumps({"uid": UID, "data": records})
            package = Package(POINT, PackageKind.HOURLY, start, start + HOUR, claims, 30, self.began, self.began)
            self.app.sparing.queue.put(package)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Killed twice, then left to finish."""
    mailbox = Mailbox()
    with ExitStack() as stack:
        server = stack.enter_context(ministry())
        house = House(tmp_path_factory.mktemp("house"), stack, server, mailbox)
        try:
            house.killed_when(KILLED_AT[0], lambda: len(house.reports()) == 1)
            house.killed_when(KILLED_AT[1], lambda: len(house.reports()) == 2 and house.posted(0))
            server.after_storing = lambda: None
            house.process.start()
            eventually(lambda: house.posted(1), 40, "the second letter")
            eventually(lambda: all(one.state is PackageState.DELIVERED for one in house.packages()), 20, "the rest")
            yield house
        finally:
            house.process.stop()
            mailbox.stop()


def test_each_report_is_made_once(house: House) -> None:
    made = [(date.fromisoformat(one.period), one.revision) for one in house.reports()]
    assert made == [(day, 1) for day in house.days]


def test_the_files_of_each_report_are_whole(house: House) -> None:
    for report in house.reports():
        for form in ("pdf", "json"):
            assert house.app.reports.file(report, form, "id")[
                1
            ]  # raises where a file is gone or is not what was kept


def test_each_report_is_mailed_once(house: House) -> None:
    told = Counter(str(mail["subject"]) for mail in house.mailbox.mails)
    assert [told[subject] for subject in sorted(told)] == [1, 1]
    assert [str(day) in subject for day, subject in zip(house.days, sorted(told), strict=True)] == [True, True]


def test_every_slot_is_stored(house: House) -> None:
    assert len(house.server.stored) >= PACKAGES * 30
    assert [one.state for one in house.packages()] == [PackageState.DELIVERED] * PACKAGES


def test_only_what_was_on_its_way_at_a_kill_is_offered_again_and_understood_as_a_duplicate(house: House) -> None:
    offered = Counter(package[0] for package in house.server.packages)
    twice = [start for start, times in offered.items() if times > 1]
    receipts = house.app.sparing.queue.receipts(None, 100, POINT).items
    again = [one.start // 1000 for one in receipts if one.verdict is Verdict.DUPLICATE]
    assert (max(offered.values()), len(twice), sorted(again)) == (2, len(KILLED_AT), sorted(twice))


def test_neither_secret_nor_token_stands_in_a_file_or_a_log(house: House) -> None:
    kept = [file.read_bytes() for file in house.folder.rglob("*") if file.is_file()]
    kept.append(house.process.log.encode())
    assert not [one for one in kept if house.server.secret.encode() in one or b"eyJ0eXAi" in one]
