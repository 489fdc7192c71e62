"""The report jobs of the service as they are scheduled, with the power off over a month's end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.reading import Reading, Series
from domain.report_period import PeriodKind, midnight
from service.cli_registry import checked
from service.report_role import schedule_reports
from service.settings import load
from service.wiring import Application, build
from storage.chunk_store import SqliteReadingStore
from support.app import MovedClock
from support.finished import at

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "mojokerto").glob("*.toml"))
PH = Series("batik", "ipal-outlet", "ph", "pH", "outlet")
POINT = "titik-penaatan-outlet"


class Timetable:
    """Jobs that run when they are told to."""

    def __init__(self) -> None:
        self.work: dict[str, Callable[[], Any]] = {}

    def every(self, seconds: float, name: str, work: Callable[[], Any], **_: Any) -> None:
        """Remember it."""
        self.work[name] = work


class Service:
    """One installation, switched on and off."""

    def __init__(self, folder: Path) -> None:
        self.settings = load(None, data_dir=folder, store={"kind": "sqlite"}, reports={"schedule": ["month"]})
        with SqliteReadingStore(folder / "readings.db") as store:
            start = midnight(date(2026, 10, 5), ZoneInfo("Asia/Jakarta"))
            store.write([Reading(PH, start + n * 60_000, 7.2) for n in range(60)])

    def on(self, day: str, job: str, times: int, *, first: bool = False) -> list[str]:
        """Switched on for so many runs of a job; the months whose report is there then."""
        clock = MovedClock()
        clock.now = at(day)
        with ExitStack() as stack:
            app: Application = build(self.settings, stack, clock)
            if first:
                app.services.registry.apply(checked(EXAMPLES, self.settings), "siti", clock())
            jobs = Timetable()
            schedule_reports(app, jobs, lambda work: lambda: work(1))  # type: ignore[arg-type,return-value]
            for _ in range(times):
                jobs.work[job]()
            return [one.period for one in app.reports.page(None, 20).items if one.kind is PeriodKind.MONTH]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """An hour of pH in October; nothing was started yet."""
    return Service(tmp_path)


def test_the_month_is_made_when_it_is_due(service: Service) -> None:
    assert service.on("2026-11-02", "reports", 1, first=True) == ["2026-10"]


def test_months_that_ended_without_power_are_made_one_a_run(service: Service) -> None:
    service.on("2026-11-02", "reports", 1, first=True)
    assert service.on("2027-01-20", "reports", 1) == ["2026-11", "2026-10"]
    assert service.on("2027-01-20", "reports", 1) == ["2026-12", "2026-11", "2026-10"]


def test_a_first_start_after_the_month_catches_up(service: Service) -> None:
    assert service.on("2026-11-22", "reports", 5, first=True) == ["2026-10"]


def test_the_month_on_one_page_is_made_by_the_same_role(service: Service, tmp_path: Path) -> None:
    service.on("2026-11-02", "activity", 1, first=True)
    assert (tmp_path / "reports" / "_activity" / "2026-10" / "kegiatan-2026-10.pdf").read_bytes().startswith(b"%PDF")
