"""What people write into the real books reaches the report, with the readings as they came beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.calibration import Correction
from domain.condition import Category, HandJudgement
from domain.function_check import FunctionCheck
from domain.reading import Reading, Series
from domain.report import ComplianceReport
from domain.report_edits import Seen
from domain.report_head import Policy
from domain.report_period import PeriodKind, midnight
from domain.report_records import CalibrationRecord
from domain.services import Services
from service.reporting import Reporting, sources_of
from storage.chunk_store import SqliteReadingStore
from support.app import MovedClock
from support.mojokerto import mojokerto_services

HOUR = 3_600_000
START = midnight(date(2026, 10, 5), ZoneInfo("Asia/Jakarta"))
LATER = START + 48 * HOUR
PH = Series("batik", "ipal-outlet", "ph", "pH", "outlet")


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """A day of pH 7, with an hour of 9.5 at two and at twelve."""
    values = [9.5 if 120 <= n < 180 or 720 <= n < 780 else 7.0 for n in range(1440)]
    with SqliteReadingStore(tmp_path / "readings.db") as store:
        store.write([Reading(PH, START + n * 60_000, value) for n, value in enumerate(values)])
    return mojokerto_services(tmp_path, MovedClock())


def report(services: Services) -> ComplianceReport:
    """Of that day."""
    reporting = Reporting(sources_of(services), Policy())
    return reporting.report("batik", None, PeriodKind.DAY, "2026-10-05", LATER)


def test_a_judgement_in_the_book_sets_an_exceedance_aside(services: Services) -> None:
    judged = HandJudgement("ipal-outlet", "ph", START + HOUR, START + 4 * HOUR, Category.SENSOR_IN_AIR)
    first = services.evidence.judgements.add(judged, "budi", LATER)
    longer = HandJudgement("ipal-outlet", "ph", START + HOUR, START + 5 * HOUR, Category.SENSOR_IN_AIR)
    services.evidence.judgements.correct(first.id, 1, longer, "siti", "terlalu pendek", LATER)
    made = report(services)
    (one,) = made.judgements.used

    assert (one.readings, one.exceedances, one.earlier[0].written.who) == (240, 1, "budi")
    assert (len(made.episodes), made.judgements.wholly, made.judgements.set_aside[0].peak) == (1, 1, 9.5)


def test_calibration_mode_in_the_book_sets_an_exceedance_aside(services: Services) -> None:
    check = FunctionCheck("ipal-outlet", ("ph",), START + 2 * HOUR, START + 3 * HOUR, "cek buffer")
    services.evidence.checks.add(check, "budi", LATER)

    assert [one.category for one in report(services).judgements.used] == ["function_check"]
    assert report(services).judgements.wholly == 1


def test_a_correction_in_the_book_rests_on_its_calibration(services: Services) -> None:
    done = CalibrationRecord("", "ipal-outlet", "ph", START + 11 * HOUR, START + 12 * HOUR, "budi", certificate="K-9")
    calibration = services.evidence.calibrations.add(done, "budi", LATER)
    said = Correction("ipal-outlet", "ph", START + 12 * HOUR, -1.0, 1.0, "bergeser", calibration.id)
    services.evidence.corrections.add(said, "siti", LATER)
    found = report(services).corrections

    assert (found.used[0].calibration_revision, found.used[0].certificate) == (1, "K-9")
    assert [one.seen for one in found.episodes] == [Seen.RAW_ONLY]
