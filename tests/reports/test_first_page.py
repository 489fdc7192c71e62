"""What stands on the first page beside the sensors, and one word for one day in every table."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calibration import Correction
from domain.report import ComplianceReport
from domain.report_period import PeriodKind, midnight, period_of
from domain.report_records import LabResult, Operator, ProductionDay
from reports.table import Printer
from reports.tables import data_tables
from reports.warnings import warnings
from support.report_scene import HOUR, POINT, Scene

D5 = date(2026, 10, 5)
DAY_5 = period_of(PeriodKind.DAY, "2026-10-05")
WORDS = Printer("id", "Asia/Jakarta")


def said(report: ComplianceReport) -> str:
    """The first page's sentences."""
    return "\n".join(warnings(report, WORDS))


def cells(report: ComplianceReport, table: str) -> list[str]:
    """Every cell of a table, as it is printed."""
    (found,) = [one for one in data_tables(report, WORDS) if one.id == table]
    return [WORDS.text(cell, column) for row in found.rows for cell, column in zip(row, found.columns, strict=True)]


def a_result(number: float) -> LabResult:
    """BOD of 5 October."""
    return LabResult("1", POINT, "bod", Operator.EQUAL, number, "mg/L", D5)


def test_a_laboratory_result_beyond_stands_on_the_first_page(scene: Scene) -> None:
    scene.books.lab.append(a_result(4000))
    assert "Hasil laboratorium MELEBIHI baku mutu: BOD (05/10/2026)" in said(scene.report())


def test_water_per_ton_beyond_stands_on_the_first_page(scene: Scene) -> None:
    scene.measured("flow_rate", D5, 0, [10.0] * 1440)
    scene.produced.noted = [ProductionDay(D5, 0.5)]
    assert "Debit per ton produksi MELEBIHI baku mutu: 479,67 m³/ton, batas 100 m³/ton" in said(scene.report())


def test_parameters_that_nothing_judged_are_named_on_the_first_page(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 1440)
    assert "tidak pernah dinilai pada periode ini: " in said(scene.report())
    (line,) = [one for one in said(scene.report()).splitlines() if "tidak pernah dinilai" in one]
    assert ("BOD" in line, "pH" in line) == (True, False)


def test_a_parameter_the_laboratory_judged_is_not_named_as_never_judged(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 1440)
    scene.books.lab.append(a_result(1.0))
    assert not any("BOD" in one for one in said(scene.report()).splitlines() if "tidak pernah dinilai" in one)


def test_a_day_is_called_the_same_in_every_table(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 1430 + [9.6] * 10)
    start = midnight(D5, scene.zone)
    scene.corrections.add("c1", Correction("ipal-outlet", "ph", start, -0.1, 1.0, "N"), "siti", start + 30 * HOUR)
    report = scene.report(DAY_5)
    for table in ("daily", "parameter_days", "corrected_days"):
        assert "sebagian melebihi" in " ".join(cells(report, table)), table


def test_a_laboratory_load_says_what_it_was_reckoned_from(scene: Scene) -> None:
    for n in range(3):
        scene.measured("flow_rate", D5 + timedelta(n), 0, [1.0] * 1440)
    scene.books.lab.append(a_result(41.5))
    assert "1 hasil lab × debit 3 hari" in cells(scene.report(), "loads")


def test_the_days_behind_a_kilogram_per_ton_are_said(scene: Scene) -> None:
    for n in range(3):
        scene.measured("flow_rate", D5 + timedelta(n), 0, [1.0] * 1440)
        scene.measured("cod", D5 + timedelta(n), 0, [100.0] * 1440)
    scene.produced.noted = [ProductionDay(D5, 1.0), ProductionDay(D5 + timedelta(1), 1.0)]
    (found,) = [one for one in data_tables(scene.report(), WORDS) if one.id == "loads"]
    assert "hanya dari hari yang keduanya ada (jumlah hari): COD (2)" in found.note
