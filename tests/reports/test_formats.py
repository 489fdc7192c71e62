"""The same report on paper, in a workbook, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pypdf
import pytest

from domain.company import Company, Outlet, OwnLine, Permit, PermitKind, Signature, SignatureRole
from domain.registry import LimitSet
from domain.report import ComplianceReport
from domain.report_period import PeriodKind, period_of
from domain.report_records import AbnormalCondition, ConditionKind, EpisodeNote, LogbookDay
from domain.text import Text
from reports.digest import sha256_of
from reports.formats import FORMATS
from reports.stamp import stamp_line
from reports.table import Printer
from reports.tables import data_tables
from reports.verify import Finding, read_file, verify
from reports.words import FILE as WORDS
from support.report_scene import HOUR, MINUTE, POINT, TEXTILE, Scene, plant

D5 = date(2026, 10, 5)
DAY_5 = period_of(PeriodKind.DAY, "2026-10-05")
EVIL = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "#import", "$x$ *b* _i_ [c] <d>")


def paper(data: bytes) -> str:
    """The text of a PDF."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def book(data: bytes) -> openpyxl.Workbook:
    """A workbook."""
    return openpyxl.load_workbook(io.BytesIO(data))


# ── all of them ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", FORMATS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_same_report_gives_the_same_bytes(month: ComplianceReport, word: str, language: str) -> None:
    assert FORMATS[word](month, language) == FORMATS[word](month, language)


@pytest.mark.parametrize("word", FORMATS)
def test_every_format_carries_its_stamp(month: ComplianceReport, word: str) -> None:
    found, stamp = read_file(FORMATS[word](month, "id"))

    assert found == word
    assert (stamp.point, stamp.period, stamp.until, stamp.sha256) == (
        POINT,
        "2026-10",
        date(2026, 10, 10),
        sha256_of(month),
    )


def test_the_fingerprint_does_not_depend_on_the_language(month: ComplianceReport) -> None:
    stamps = {read_file(FORMATS["csv"](month, language))[1].sha256 for language in ("id", "en")}
    assert len(stamps) == 1


@pytest.mark.parametrize("word", FORMATS)
def test_a_month_without_data_has_a_report(scene: Scene, word: str) -> None:
    assert FORMATS[word](scene.report(), "id")


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_cell_is_blank(month: ComplianceReport, language: str) -> None:
    printer = Printer(language, "Asia/Jakarta")
    for table in data_tables(month, printer):
        for row in table.rows:
            assert len(row) == len(table.columns)
            assert all(printer.text(cell, column) for cell, column in zip(row, table.columns, strict=True)), table.id


def test_every_word_is_said_in_both_languages() -> None:
    import tomllib

    for group in tomllib.loads(WORDS.read_text("utf-8")).values():
        for said in group.values():
            assert said.keys() == {"id", "en"}
            assert all(said.values())


# ── paper ───────────────────────────────────────────────────────────────────────────────────────


def test_the_paper_says_whose_it_is_and_by_which_limits(month: ComplianceReport) -> None:
    text = paper(FORMATS["pdf"](month, "id"))

    for said in ("Laporan bulanan pemantauan air limbah", "Oktober 2026", "UPT Sentra Batik", "660/1/2025",
                 "PermenLH/BPLH No. 12 Tahun 2025", "Halaman 1 dari", "MELEBIHI", "Disusun oleh"):  # fmt: skip
        assert said in text


def test_the_paper_carries_the_whole_fingerprint(month: ComplianceReport) -> None:
    assert sha256_of(month) in paper(FORMATS["pdf"](month, "id")).replace("\n", "")


def test_the_paper_is_a4_and_its_date_is_the_end_of_the_days_counted(month: ComplianceReport) -> None:
    reader = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"](month, "id")))
    assert reader.metadata is not None
    assert reader.metadata.creation_date is not None

    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert reader.metadata.creation_date.date() == date(2026, 10, 10)


def test_the_paper_embeds_every_font(month: ComplianceReport) -> None:
    reader = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"](month, "id")))
    for page in reader.pages:
        embedded, missing = page._get_fonts()
        assert embedded
        assert not missing


def test_the_paper_in_english(month: ComplianceReport) -> None:
    text = paper(FORMATS["pdf"](month, "en"))

    assert "Monthly effluent monitoring report" in text
    assert "The period is not over" in text


def test_an_empty_month_says_so_on_paper(scene: Scene) -> None:
    text = " ".join(paper(FORMATS["pdf"](scene.report(), "id")).split())

    assert "Tidak ada data bacaan pada periode ini" in text
    assert "Kelengkapan 0 %" in text


def test_days_without_limits_are_told_on_paper(made: Callable[..., Scene]) -> None:
    held = TEXTILE.model_copy(update={"valid_until": date(2026, 10, 20)})
    text = " ".join(paper(FORMATS["pdf"](made(plant(held)).report(), "id")).split())

    assert "tidak ada baku mutu yang berlaku (21/10/2026 s.d. 31/10/2026)" in text


# ── workbook ────────────────────────────────────────────────────────────────────────────────────


def test_the_workbook_has_a_sheet_for_each_part(month: ComplianceReport) -> None:
    names = book(FORMATS["xlsx"](month, "id")).sheetnames
    assert names[:4] == ["Periode", "Baku mutu", "Ringkasan parameter", "pH dan debit harian"]


def test_the_workbook_holds_numbers_and_days(month: ComplianceReport) -> None:
    sheet = book(FORMATS["xlsx"](month, "id"))["pH dan debit harian"]
    ph = next(one for one in month.parameters if one.metric == "ph")

    assert sheet["A5"].value == datetime(2026, 10, 1)  # noqa: DTZ001
    assert sheet["C5"].value == ph.days[0].mean
    assert sheet["C5"].number_format == "#,##0.00"
    assert sheet.freeze_panes == "B5"


def test_the_workbook_draws_native_charts(month: ComplianceReport) -> None:
    assert len(book(FORMATS["xlsx"](month, "id"))["pH dan debit harian"]._charts) == 2  # type: ignore[attr-defined]


def test_a_day_without_a_figure_is_an_empty_cell_to_the_charts(month: ComplianceReport) -> None:
    sheet = book(FORMATS["xlsx"](month, "id"))["pH dan debit harian"]
    means = next(column for column in range(10, 40) if sheet.cell(4, column).value == "pH rata-rata")

    assert sheet.cell(5, means).value == sheet["C5"].value
    assert sheet.cell(15, means).value is None


def test_a_day_that_is_not_over_is_a_word_in_the_workbook(month: ComplianceReport) -> None:
    sheet = book(FORMATS["xlsx"](month, "id"))["pH dan debit harian"]
    assert sheet["C15"].value == "belum selesai"


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_csv_of_people_opens_in_an_indonesian_excel(month: ComplianceReport) -> None:
    data = FORMATS["csv"](month, "id")
    text = data.decode("utf-8-sig")

    assert data.startswith(b"\xef\xbb\xbf")
    assert "\r\n" in text
    assert any(row[:1] == ["01/10/2026"] and "," in row[2] for row in csv.reader(io.StringIO(text), delimiter=";"))


def test_the_csv_of_programs_has_points_and_utc(month: ComplianceReport) -> None:
    rows = list(csv.reader(io.StringIO(FORMATS["csv-data"](month, "id").decode())))
    days = [row for row in rows if row[:2] == ["2026-10-01", "pH"]]
    (episode,) = [row for row in rows if row[:2] == ["pH", "≤ 9"]]

    assert float(days[0][5]) == next(one for one in month.parameters if one.metric == "ph").days[0].mean
    assert episode[2] == "2026-10-05T02:00:00.000Z"


# ── texts of people ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def evil(made: Callable[..., Scene]) -> ComplianceReport:
    """Every text a spreadsheet or Typst could take for something else."""
    name = Text(id=EVIL[0], en=EVIL[0])
    limits = LimitSet(id="evil", name=name, source=EVIL[1], valid_from=date(2020, 1, 1), limits=TEXTILE.limits)
    scene = made(plant(limits, name=EVIL[2]))
    scene.measured("ph", D5, HOUR, [9.5] * 30)
    start = scene.report(DAY_5).period.start
    scene.books.firm = Company(
        EVIL[0],
        EVIL[1],
        EVIL[6],
        permits=(Permit(PermitKind.OTHER, EVIL[2], EVIL[0], EVIL[5], valid_until=D5),),
        outlets=(Outlet(POINT, EVIL[1], EVIL[6]),),
        officer=EVIL[0],
        phone=EVIL[3],
        lines=(OwnLine(EVIL[2], EVIL[4]),),
    )
    scene.books.signed = [Signature(SignatureRole.PREPARED, EVIL[0], EVIL[2], identity=EVIL[3])]
    scene.books.notes = [EpisodeNote(POINT, "ph", start, start + 3 * HOUR, EVIL[0], EVIL[3], "x")]
    scene.books.logged = [LogbookDay(D5, 1, EVIL[1], EVIL[4])]
    scene.books.conditions_ = [
        AbnormalCondition("c", "batik", ConditionKind.ABNORMAL, EVIL[5], start, start + MINUTE, EVIL[6], EVIL[0], "x")
    ]
    return scene.report(DAY_5)


@pytest.mark.parametrize(("word", "delimiter"), [("csv", ";"), ("csv-data", ",")])
def test_no_cell_of_a_csv_begins_a_formula(evil: ComplianceReport, word: str, delimiter: str) -> None:
    rows = csv.reader(io.StringIO(FORMATS[word](evil, "id").decode("utf-8-sig")), delimiter=delimiter)
    cells = [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t", "-"))]

    assert cells == []


def test_no_cell_of_the_workbook_is_a_formula(evil: ComplianceReport) -> None:
    cells = [cell for sheet in book(FORMATS["xlsx"](evil, "id")) for row in sheet.iter_rows() for cell in row]

    assert any(cell.value == EVIL[0] for cell in cells)
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)


def test_words_that_typst_knows_are_printed_as_they_are(evil: ComplianceReport) -> None:
    text = paper(FORMATS["pdf"](evil, "id"))

    assert "$x$ *b* _i_ [c] <d>" in " ".join(text.split())
    assert "#import" in text


# ── verify ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", FORMATS)
def test_a_report_that_still_holds_is_the_same(month: ComplianceReport, word: str) -> None:
    verdict = verify(FORMATS[word](month, "en"), lambda stamp: month)
    assert verdict.finding is Finding.SAME


@pytest.mark.parametrize("word", FORMATS)
def test_a_late_reading_changes_the_report(scene: Scene, word: str) -> None:
    scene.measured("ph", D5, 0, [7.0] * 60)
    written = FORMATS[word](scene.report(DAY_5), "id")
    scene.measured("ph", D5, 2 * HOUR, [7.4])
    verdict = verify(written, lambda stamp: scene.report(DAY_5))

    assert verdict.finding is Finding.DATA_CHANGED
    assert verdict.parts == ("parameters", "versions")


def test_a_changed_json_says_where(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 60)
    written = FORMATS["json"](scene.report(DAY_5), "id")
    scene.measured("ph", D5, 2 * HOUR, [7.4])
    verdict = verify(written, lambda stamp: scene.report(DAY_5))

    assert "parameters[0].days[0].max: 7.0 -> 7.4" in verdict.differences


def test_an_edited_figure_is_noticed(month: ComplianceReport) -> None:
    written = FORMATS["csv"](month, "id").replace(b"MELEBIHI", b"memenuhi")
    assert verify(written, lambda stamp: month).finding is Finding.FILE_CHANGED


def test_an_edited_json_says_where(month: ComplianceReport) -> None:
    document = json.loads(FORMATS["json"](month, "id"))
    document["report"]["parameters"][0]["days_beyond"] = 99
    verdict = verify(json.dumps(document).encode(), lambda stamp: month)

    assert verdict.finding is Finding.FILE_CHANGED
    assert verdict.differences[0].startswith("parameters[0].days_beyond: 99 ->")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04", b"{}", b"\xff\xfe", b"pantau-report/1 {}}"])
def test_a_file_that_is_no_report_is_refused(data: bytes) -> None:
    from domain.errors import Invalid

    with pytest.raises(Invalid, match="no fingerprint"):
        read_file(data)


def test_the_stamp_is_ascii(month: ComplianceReport) -> None:
    assert stamp_line(month, "id").isascii()


def test_nothing_is_written_beside_the_bytes(
    month: ComplianceReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for write in FORMATS.values():
        write(month, "id")

    assert list(tmp_path.iterdir()) == []


# ── long periods ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def year(scene: Scene) -> ComplianceReport:
    """A year with three days in it, in two months."""
    for day, value in ((date(2026, 3, 1), 7.0), (date(2026, 3, 2), 8.0), (date(2026, 7, 1), 9.5)):
        scene.measured("ph", day, 0, [value] * 24, every=HOUR)
    return scene.report(period_of(PeriodKind.YEAR, "2026"))


def test_a_year_on_paper_shows_months(year: ComplianceReport) -> None:
    text = " ".join(paper(FORMATS["pdf"](year, "id")).split())

    assert "Maret 2026 7,00 7,50 8,00 0" in text
    assert "Juli 2026 9,50 9,50 9,50 1" in text
    assert "Januari 2026 tidak diukur" in text


def test_a_year_in_files_has_every_day(year: ComplianceReport) -> None:
    sheet = book(FORMATS["xlsx"](year, "id"))["pH dan debit harian"]
    assert sheet["A369"].value == datetime(2026, 12, 31)  # noqa: DTZ001


@pytest.mark.parametrize("word", FORMATS)
def test_a_year_is_verified_as_a_month_is(year: ComplianceReport, word: str) -> None:
    assert verify(FORMATS[word](year, "id"), lambda stamp: year).finding is Finding.SAME
