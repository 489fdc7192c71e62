"""The shift report in its formats: the figures of the day that was worked out by hand, the same bytes each time."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pypdf
import pytest

from domain.errors import Invalid
from domain.machine import StopRecord
from domain.services import Services
from reports.machines.document import ShiftReport, make_report
from reports.machines.files import FORMATS
from support.machine_day import MINUTE, PRESS, SEVEN, told_day

FRIDAY = date(2026, 11, 20)
EVENING = SEVEN + 660 * MINUTE


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return told_day(tmp_path, EVENING)


@pytest.fixture
def report(services: Services) -> ShiftReport:
    return make_report(services.machines, "alas-kaki", FRIDAY, "pagi", EVENING)


def test_the_paper_says_the_figures_and_who_signs(report: ShiftReport) -> None:
    pages = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"](report, "id"))).pages
    text = " ".join("".join(page.extract_text() for page in pages).split())
    assert "Laporan shift" in text
    assert "81,5 %" in text
    assert "Kulit / sintetis" in text
    assert "Disusun oleh" in text


def test_the_workbook_calculates_with_numbers(report: ShiftReport) -> None:
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"](report, "id")))
    rows = {row[0].value: row for row in book["Per mesin"].iter_rows(min_row=2)}
    assert rows["Mesin hot press 1"][6].value == pytest.approx(277.5 / 340.5)
    assert rows["Mesin mixing 1"][6].value == "tidak diketahui"
    assert len(book["Alasan berhenti"]._charts) == 1


@pytest.mark.parametrize(
    ("language", "figure"), [("id", "277,5;63,0;30,0;19,5;81,5"), ("en", "277.5,63.0,30.0,19.5,81.5")]
)
def test_the_table_for_excel_has_minutes_and_the_marks_of_its_language(
    report: ShiftReport, language: str, figure: str
) -> None:
    assert figure in FORMATS["csv"](report, language).decode()


def test_the_data_are_those_of_the_overview(report: ShiftReport) -> None:
    found = json.loads(FORMATS["json"](report, "id"))
    press = next(one for one in found["report"]["overview"]["machines"] if one["device"] == PRESS)
    assert (press["running"], press["no_signal"]) == (277.5 * MINUTE, 19.5 * MINUTE)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_figures_give_the_same_bytes_a_day_later(services: Services, report: ShiftReport, form: str) -> None:
    later = make_report(services.machines, "alas-kaki", FRIDAY, "pagi", EVENING + 86_400_000)
    assert FORMATS[form](later, "id") == FORMATS[form](report, "id")


def test_another_reason_is_another_fingerprint(services: Services, report: ShiftReport) -> None:

    said = StopRecord(PRESS, SEVEN + 375 * MINUTE, SEVEN + 405 * MINUTE, "operator", "rina", EVENING)
    services.stops.add(said, EVENING)
    later = make_report(services.machines, "alas-kaki", FRIDAY, "pagi", EVENING)
    assert FORMATS["json"](later, "id") != FORMATS["json"](report, "id")


def test_a_shift_that_is_still_on_says_up_to_when(services: Services) -> None:
    made = make_report(services.machines, "alas-kaki", FRIDAY, "pagi", SEVEN + 60 * MINUTE)
    assert "Shift belum selesai: angka sementara, sampai 20/11/2026 08.00." in FORMATS["csv"](made, "id").decode()


def test_a_day_without_shifts_is_an_honest_report(services: Services) -> None:
    made = make_report(services.machines, "alas-kaki", date(2026, 11, 15), "pagi", EVENING)
    assert all(FORMATS[form](made, "id") for form in FORMATS)
    assert "Tidak ada shift pada hari ini." in FORMATS["csv"](made, "id").decode()


@pytest.mark.parametrize(
    ("day", "shift", "why"),
    [
        (date(2026, 11, 21), None, "no shift of 2026-11-21 has begun yet .the first begins 2026-11-21 07:00"),
        (FRIDAY, "malam", "the first begins 2026-11-20 23:00"),
        (date(2026, 11, 22), "pagi", "2026-11-22 has not come yet"),
    ],
)
def test_what_has_not_begun_is_refused_and_says_when_it_begins(
    services: Services, day: date, shift: str | None, why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        make_report(services.machines, "alas-kaki", day, shift, EVENING)


@pytest.mark.parametrize(
    ("language", "title"), [("id", "Laporan shift (sementara)"), ("en", "Shift report (so far)")]
)
def test_a_report_of_a_shift_that_is_on_is_called_so(services: Services, language: str, title: str) -> None:
    made = make_report(services.machines, "alas-kaki", FRIDAY, "pagi", SEVEN + 60 * MINUTE)
    assert FORMATS["csv"](made, language).decode().lstrip("\ufeff").startswith(title)


def test_the_list_of_stops_says_what_went_on_through_the_break(report: ShiftReport) -> None:
    lines = FORMATS["csv"](report, "id").decode()
    assert "13.15;20/11/2026 13.45;30,0;belum diberi alasan;sejak sebelumnya" in lines
