"""Corrections, judgement by hand and changes after signing as people and programs read them, in every format."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Callable
from datetime import date

import openpyxl
import pypdf
import pytest

from domain.calibration import Correction
from domain.condition import Category, HandJudgement
from domain.errors import Invalid
from domain.report import ComplianceReport
from domain.report_period import PeriodKind, midnight, period_of
from domain.report_records import EntryChange, LogbookDay
from reports.formats import FORMATS
from reports.stamp import find_stamp, stamp_line
from reports.table import TOTAL, Absent, Printer
from reports.tables import data_tables, paper_tables
from reports.verify import Finding, verify
from reports.warnings import warnings
from reports.words import FILE as WORDS
from support.report_scene import HOUR, TEXTILE, Scene, plant

D5 = date(2026, 10, 5)
DAY_5 = period_of(PeriodKind.DAY, "2026-10-05")
OCTOBER = period_of(PeriodKind.MONTH, "2026-10")
OUTLET = "ipal-outlet"


def at(scene: Scene, hours: float) -> int:
    """So many hours after midnight of 5 October."""
    return midnight(D5, scene.zone) + round(hours * HOUR)


def correct(scene: Scene, offset: float = -0.5) -> None:
    """The pH from noon on."""
    said = Correction(OUTLET, "ph", at(scene, 12), offset, 1.0, "buffer bergeser")
    scene.corrections.add("c1", said, "siti", at(scene, 30))


def judge(scene: Scene) -> None:
    """An hour of pH beyond the limit was measured in air."""
    said = HandJudgement(OUTLET, "ph", at(scene, 2), at(scene, 4), Category.SENSOR_IN_AIR, description="diangkat")
    scene.judged("j1", said, "dewi", at(scene, 40))


def measure(scene: Scene) -> None:
    """A day of pH 7 with two hours beyond the limit."""
    scene.measured("ph", D5, 0, [7.0] * 1440)
    scene.measured("ph", D5, 2 * HOUR, [9.75] * 60)
    scene.measured("ph", D5, 14 * HOUR, [9.25] * 60)


@pytest.fixture
def touched(scene: Scene) -> ComplianceReport:
    """One correction, one judgement, one entry changed after its day was signed."""
    measure(scene)
    correct(scene)
    judge(scene)
    change = EntryChange("pagi", "rudi", at(scene, 50), 2, "pH salah baca")
    scene.books.logged = [LogbookDay(D5, 3, "siti", "", at(scene, 32), (change,))]
    return scene.report(DAY_5)


def read(word: str, report: ComplianceReport, language: str) -> str:
    """All text of a file, blanks made one."""
    data = FORMATS[word](report, language)
    if word == "pdf":
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    elif word == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        text = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)
    else:
        text = data.decode("utf-8-sig")
    return " ".join(text.split())


PEOPLE = ("pdf", "xlsx", "csv")
TOLD = {
    "id": ("1 × mentah − 0,5", "buffer bergeser", "sensor di udara", "hanya nilai mentah", "tidak dihitung",
           "diubah menjadi versi 2", "pH salah baca", "rudi", "Koreksi nilai", "Data yang disisihkan dengan tangan"),
    "en": ("1 × raw − 0.5", "buffer bergeser", "sensor in air", "raw values only", "not counted",
           "corrected to version 2", "pH salah baca", "rudi", "Corrections of values", "Data set aside by hand"),
}  # fmt: skip


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("word", PEOPLE)
def test_everything_people_did_stands_in_the_file(touched: ComplianceReport, word: str, language: str) -> None:
    text = read(word, touched, language)
    assert [said for said in TOLD[language] if said not in text] == []


@pytest.mark.parametrize("word", [*PEOPLE, "csv-data"])
def test_no_raw_name_of_a_reason_is_printed(touched: ComplianceReport, word: str) -> None:
    assert "sensor_in_air" not in read(word, touched, "id")


def test_the_programs_csv_has_both_figures_of_a_day(touched: ComplianceReport) -> None:
    rows = list(csv.reader(io.StringIO(FORMATS["csv-data"](touched, "id").decode())))
    begin = rows.index(["# corrected_days", "Nilai mentah dan nilai terkoreksi"])
    day = rows[begin + 2]

    assert (day[0], day[1], float(day[4]), float(day[7])) == ("2026-10-05", "pH", 9.25, 8.75)


def test_the_json_has_both_figures_and_what_was_taken_out(touched: ComplianceReport) -> None:
    report = json.loads(FORMATS["json"](touched, "id"))["report"]
    day = report["corrections"]["parameters"][0]["days"][0]

    assert (day["before"]["max"], day["after"]["max"]) == (9.25, 8.75)
    assert report["judgements"]["set_aside"][0]["peak"] == 9.75
    assert report["logbook"]["days"][0]["changes"][0]["who"] == "rudi"


def test_the_first_page_counts_what_was_set_aside_and_names_the_section(touched: ComplianceReport) -> None:
    printer = Printer("id", "Asia/Jakarta")
    number = [table.id for table in paper_tables(touched, printer)].index("judgements") + 1
    first = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"](touched, "id"))).pages[0].extract_text()
    said = " ".join(first.split())

    assert "1 kejadian melebihi baku mutu tidak dihitung" in said
    assert f"lihat bagian {number}, Data yang disisihkan dengan tangan" in said


def test_what_was_touched_is_marked_where_it_is_counted(touched: ComplianceReport) -> None:
    tables = {table.id: table for table in data_tables(touched, Printer("id", "Asia/Jakarta"))}

    assert tables["parameters"].rows[0][0] == "pH †‡"
    assert str(tables["daily"].rows[0][5]).endswith("†‡")
    assert "† Dari nilai terkoreksi" in tables["daily"].note


def test_an_exceedance_only_in_corrected_values_says_so_among_the_exceedances(scene: Scene) -> None:
    scene.measured("ph", D5, 13 * HOUR, [8.8] * 60)
    correct(scene, 0.5)
    tables = {table.id: table for table in data_tables(scene.report(DAY_5), Printer("id", "Asia/Jakarta"))}

    assert tables["episodes"].rows[0][0] == "pH † (hanya nilai terkoreksi)"


@pytest.fixture
def taken_back(scene: Scene) -> ComplianceReport:
    """A correction and a judgement, both taken out again."""
    measure(scene)
    correct(scene)
    judge(scene)
    scene.corrections.remove("c1", "budi", at(scene, 60), "buffer lama")
    scene.judgements.remove("j1", "rudi", at(scene, 70), "sensor di air")
    scene.books.intervals.clear()
    return scene.report(DAY_5)


def test_a_correction_taken_out_is_listed_with_who_when_and_why(taken_back: ComplianceReport) -> None:
    tables = {table.id: table for table in data_tables(taken_back, Printer("id", "Asia/Jakarta"))}
    row = tables["corrections"].rows[0]

    assert (row[5], row[8]) == ("budi", "dicabut, versi 2 (buffer lama)")
    assert tables["corrections"].rows[1][5] == "siti"


def test_a_judgement_taken_out_is_listed_with_who_when_and_why(taken_back: ComplianceReport) -> None:
    tables = {table.id: table for table in data_tables(taken_back, Printer("en", "Asia/Jakarta"))}
    row = tables["judgements"].rows[0]

    assert (row[6], row[8], row[9]) == ("rudi", "taken out, version 2 (sensor di air)", Absent.NONE)


def test_what_was_taken_out_changes_no_figure(taken_back: ComplianceReport) -> None:
    assert (taken_back.corrections.used, taken_back.judgements.used) == ((), ())
    assert taken_back.parameters[0].max == 9.75


@pytest.mark.parametrize("word", PEOPLE)
def test_what_was_taken_out_is_told_before_any_figure(taken_back: ComplianceReport, word: str) -> None:
    assert "tidak dihitung: 1 koreksi nilai, 1 penilaian dengan tangan" in read(word, taken_back, "id")


def test_a_correction_taken_out_before_the_period_is_not_listed(scene: Scene) -> None:
    said = Correction(OUTLET, "ph", at(scene, -800), -0.5, 1.0, "N")
    scene.corrections.add("c1", said, "siti", at(scene, -700))
    scene.corrections.remove("c1", "budi", at(scene, -1), "N")

    assert scene.report(DAY_5).corrections.taken_out == ()


def test_a_report_nobody_touched_says_so_in_one_line(scene: Scene) -> None:
    measure(scene)
    text = read("pdf", scene.report(DAY_5), "id")

    assert "Tidak ada koreksi nilai pada periode ini." in text
    assert "Tidak ada data yang disisihkan dengan tangan pada periode ini." in text


def test_the_stamp_names_the_versions_of_calibrations_and_corrections(touched: ComplianceReport) -> None:
    stamp = find_stamp(stamp_line(touched, "id"))
    made = touched.versions

    assert stamp is not None
    assert (stamp.calibrations, stamp.corrections, stamp.judgements) == (
        made.calibrations, made.corrections, made.judgements
    )  # fmt: skip


# ── verify, and the same bytes ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", FORMATS)
@pytest.mark.parametrize(("change", "part"), [(correct, "corrections"), (judge, "judgements")])
def test_what_people_do_afterwards_is_named_by_verify(
    scene: Scene, word: str, change: Callable[[Scene], None], part: str
) -> None:
    measure(scene)
    written = FORMATS[word](scene.report(DAY_5), "id")
    change(scene)
    verdict = verify(written, lambda stamp: scene.report(DAY_5))

    assert verdict.finding is Finding.DATA_CHANGED
    assert part in verdict.parts


@pytest.mark.parametrize("word", FORMATS)
def test_a_touched_report_made_twice_is_the_same(scene: Scene, word: str) -> None:
    measure(scene)
    correct(scene)
    judge(scene)
    first, second = (FORMATS[word](scene.report(DAY_5), "id") for _ in range(2))

    assert first == second
    assert verify(first, lambda stamp: scene.report(DAY_5)).finding is Finding.SAME


# ── too little data, no data, no limits ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", PEOPLE)
def test_too_little_data_is_told_before_any_figure(scene: Scene, word: str) -> None:
    scene.measured("ph", D5, 0, [7.0] * 600)
    text = read(word, scene.report(OCTOBER), "id")

    assert "Data belum cukup untuk menyatakan memenuhi" in text
    assert "pH 1,3 %, 0 dari 31 hari cukup data" in text


@pytest.mark.parametrize("word", PEOPLE)
def test_enough_data_brings_no_warning(scene: Scene, word: str) -> None:
    for metric in ("ph", "cod"):
        scene.measured(metric, D5, 0, [7.0] * 1440)
    assert "Data belum cukup" not in read(word, scene.report(DAY_5), "id")


def test_a_month_with_an_exceedance_is_beyond_in_the_year_too(scene: Scene) -> None:
    measure(scene)
    report = scene.report(period_of(PeriodKind.YEAR, "2026"))
    (table,) = [t for t in paper_tables(report, Printer("id", "Asia/Jakarta")) if t.id == "monthly"]
    october = next(row for row in table.rows if row[1] == "Oktober 2026")

    assert october[7] == "MELEBIHI"


def test_the_row_of_the_whole_period_is_marked_where_it_is_beyond(scene: Scene) -> None:
    measure(scene)
    tables = {table.id: table for table in data_tables(scene.report(DAY_5), Printer("id", "Asia/Jakarta"))}

    assert (TOTAL, 5) in tables["daily"].marks


def test_nothing_is_said_of_exceedances_that_a_correction_did_not_touch(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 1440)
    correct(scene)
    said = " ".join(warnings(scene.report(DAY_5), Printer("id", "Asia/Jakarta")))

    assert "tidak ada kejadian yang muncul atau hilang karenanya" in said
    assert "0 kejadian" not in said


def test_a_year_on_paper_has_both_figures_by_month(scene: Scene) -> None:
    measure(scene)
    correct(scene)
    report = scene.report(period_of(PeriodKind.YEAR, "2026"))
    (table,) = [t for t in paper_tables(report, Printer("id", "Asia/Jakarta")) if t.id == "corrected_days"]

    assert (table.rows[0][0], table.rows[0][4], table.rows[0][7]) == ("2026-10", 9.75, 9.75)
    assert table.rows[1][0] == "2026-11"


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_month_without_data_is_one_page(scene: Scene, language: str) -> None:
    pages = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"](scene.report(), language))).pages
    assert len(pages) == 1


@pytest.mark.parametrize("word", PEOPLE)
def test_a_month_without_data_names_limits_and_completeness(scene: Scene, word: str) -> None:
    text = read(word, scene.report(), "id")

    assert "Kelengkapan 0 %" in text
    assert "Baku mutu tekstil" in text


@pytest.mark.parametrize("word", PEOPLE)
def test_days_without_a_limit_set_are_told(made: Callable[..., Scene], word: str) -> None:
    held = TEXTILE.model_copy(update={"valid_until": date(2026, 10, 20)})
    text = read(word, made(plant(held)).report(), "id")

    assert "tidak ada baku mutu yang berlaku (21/10/2026 s.d. 31/10/2026)" in text


def test_a_month_that_has_not_begun_is_refused_by_name(scene: Scene) -> None:
    from reports.compliance import ComplianceReports

    with pytest.raises(Invalid, match="no day of 2027-03 is over yet"):
        ComplianceReports(scene.sources()).make_now(
            "titik-penaatan-outlet", period_of(PeriodKind.MONTH, "2027-03"), at(scene, 48)
        )


# ── sheets ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["id", "en"])
def test_names_of_sheets_fit_and_never_collide(language: str) -> None:
    names = [said[language] for said in tomllib.loads(WORDS.read_text("utf-8"))["sheet"].values()]

    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_part_has_a_sheet_under_its_own_name(touched: ComplianceReport, language: str) -> None:
    printer = Printer(language, "Asia/Jakarta")
    sheets = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"](touched, language))).sheetnames

    assert sheets[1:] == [printer.words(f"sheet.{table.id}") for table in data_tables(touched, printer)]
