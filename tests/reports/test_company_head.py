"""The head of the report: what was filled in of the company, blanks for the rest, permits that ran out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import openpyxl
import pypdf
import pytest

from domain.company import Company, Outlet, OwnLine, Permit, PermitKind, Signature, SignatureRole
from domain.report import ComplianceReport
from domain.report_period import PeriodKind, period_of
from reports.changes import changes
from reports.formats import FORMATS
from reports.head import permit_warnings
from reports.pdf import breaking
from reports.table import Printer
from reports.tables import head
from reports.verify import Finding, verify
from storage.database import Database
from support.finished import Office, at
from support.report_scene import POINT, Scene

DAY_5 = period_of(PeriodKind.DAY, "2026-10-05")
FULL = Company(
    "UPT Contoh",
    "Jl. Contoh 1\nMojokerto",
    "Industri batik",
    (Permit(PermitKind.TECHNICAL_APPROVAL, "1/CONTOH", "", "DLH Contoh", date(2025, 3, 5), date(2030, 3, 4)),),
    (Outlet(POINT, "7°28' LS", "Sungai Contoh"), Outlet("lain", "0° LS", "Laut")),
    "Siti",
    "PPPA-1",
    phone="0321",
    email="upt@contoh.id",
    lines=(OwnLine("NIB", "12"),),
)
Made = Callable[..., Scene]


@pytest.fixture
def report(scene: Scene) -> ComplianceReport:
    """A day of a company that filled in everything."""
    scene.books.firm = FULL
    scene.books.signed = [Signature(SignatureRole.APPROVED, "Budi", "Kepala UPT", identity="1980")]
    return scene.report(DAY_5)


def lines(report: ComplianceReport, language: str = "id") -> dict[str, str]:
    """The head by its labels."""
    return dict(head(report, Printer(language, report.place.timezone)))


def test_the_head_says_what_was_filled_in(report: ComplianceReport) -> None:
    found = lines(report)
    expected = {
        "Nama usaha/kegiatan": "UPT Contoh",
        "Jenis kegiatan": "Industri batik",
        "Persetujuan Teknis / izin": "Persetujuan Teknis (Pertek) 1/CONTOH, tanggal 5 Maret 2025, DLH Contoh,"
        " berlaku sampai dengan 4 Maret 2030",
        "Titik koordinat": "7°28' LS",
        "Badan air penerima": "Sungai Contoh",
        "Penanggung jawab pengendalian pencemaran air (PPPA)": "Siti, nomor sertifikat: PPPA-1",
        "Telepon / surel": "0321, upt@contoh.id",
        "NIB": "12",
    }
    assert {label: found[label] for label in expected} == expected


@pytest.mark.parametrize(("language", "blank"), [("id", "belum diisi"), ("en", "not filled in")])
def test_what_nobody_filled_in_is_a_blank(scene: Scene, language: str, blank: str) -> None:
    scene.books.firm = Company()
    assert list(lines(scene.report(DAY_5), language).values()).count(blank) == 8


def test_a_report_says_nothing_of_other_compliance_points(report: ComplianceReport) -> None:
    assert [outlet.point for outlet in report.company.outlets] == [POINT]


def texts(report: ComplianceReport) -> dict[str, str]:
    """Everything each format says."""
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"](report, "id")))
    paper = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"](report, "id")))
    return {
        "xlsx": " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row),
        "pdf": " ".join(page.extract_text() for page in paper.pages),
        "csv": " ".join(
            cell
            for row in csv.reader(io.StringIO(FORMATS["csv"](report, "id").decode("utf-8-sig")), delimiter=";")
            for cell in row
        ),
        "json": json.dumps(json.loads(FORMATS["json"](report, "id")), ensure_ascii=False),
    }


@pytest.mark.parametrize("form", ["xlsx", "pdf", "csv", "json"])
def test_every_format_shows_company_and_permit(report: ComplianceReport, form: str) -> None:
    said = texts(report)[form]
    assert all(word in said for word in ("UPT Contoh", "1/CONTOH", "Sungai Contoh", "PPPA-1"))


@pytest.mark.parametrize("form", ["xlsx", "pdf", "json"])
def test_the_block_shows_position_and_identity(report: ComplianceReport, form: str) -> None:
    assert all(word in texts(report)[form] for word in ("Budi", "Kepala UPT", "1980"))


ENDS = [
    (date(2026, 10, 4), "habis masa berlakunya pada 4 Oktober 2026, sebelum hari terakhir"),
    (date(2026, 10, 5), "berlaku sampai dengan 5 Oktober 2026, 0 hari sesudah"),
    (date(2026, 12, 4), "berlaku sampai dengan 4 Desember 2026, 60 hari sesudah"),
    (date(2026, 12, 5), ""),
    (None, ""),
]


@pytest.mark.parametrize(("until", "said"), ENDS)
def test_a_permit_that_ran_out_or_soon_does_is_warned_of(scene: Scene, until: date | None, said: str) -> None:
    scene.books.firm = Company(permits=(Permit(PermitKind.OPERATION_LETTER, "2", valid_until=until),))
    report = scene.report(DAY_5)
    found = permit_warnings(report.company, report.period.until, Printer("id", report.place.timezone))
    assert [said in line for line in found] == ([True] if said else [])
    assert all(line in texts(report)["csv"] for line in found)


def test_verify_says_that_the_company_changed(scene: Scene) -> None:
    scene.books.firm = FULL
    written = FORMATS["json"](scene.report(DAY_5), "id")
    scene.books.firm = msgspec.structs.replace(FULL, address="Jl. Baru 2")
    verdict = verify(written, lambda stamp: scene.report(DAY_5))
    assert (verdict.finding, verdict.parts) == (Finding.DATA_CHANGED, ("company",))
    assert verdict.differences == ('company.address: "Jl. Contoh 1\\nMojokerto" -> "Jl. Baru 2"',)


def test_a_revision_says_what_changed_in_words(report: ComplianceReport) -> None:
    permit = msgspec.structs.replace(FULL.permits[0], valid_until=date(2031, 3, 4))
    block = (Signature(SignatureRole.APPROVED, "Ani", "Kepala UPT", identity="1980"),)
    after = msgspec.structs.replace(
        report, company=msgspec.structs.replace(report.company, permits=(permit,)), signatures=block
    )
    told = [(one.where.id, one.before.id, one.after.id) for one in changes(report, after)[0]]
    assert told == [
        ("Usaha: izin, Persetujuan Teknis (Pertek) 1/CONTOH, berlaku sampai dengan", "04/03/2030", "04/03/2031"),
        ("Tanda tangan: Disetujui oleh, nama", "Budi", "Ani"),
    ]


@pytest.fixture
def office(scene: Scene, tmp_path: Path) -> Iterator[Office]:
    """Keeps the scene's reports of a company that filled in everything."""
    scene.books.firm = FULL
    scene.measured("ph", date(2026, 10, 5), 0, [7.2] * 60)
    with closing(Database(f"sqlite:///{tmp_path / 'pantau.db'}")) as database:
        database.migrate()
        yield Office(scene.sources(), database, tmp_path)


def test_a_signed_report_keeps_the_company_it_named(office: Office, scene: Scene) -> None:
    now = at("2026-11-03")
    made, _ = office.desk.make(PeriodKind.MONTH, POINT, "2026-10", "siti", "", now)
    signed = office.desk.sign(made, "siti", now)
    scene.books.firm = msgspec.structs.replace(FULL, name="UPT Baru")
    again, _ = office.desk.make(PeriodKind.MONTH, POINT, "2026-10", "siti", "nama baru", now)

    named = [
        json.loads(office.desk.file(one, "json", "id")[1])["report"]["company"]["name"] for one in (signed, again)
    ]
    assert named == ["UPT Contoh", "UPT Baru"]
    assert [(one.where.id, one.before.id, one.after.id) for one in again.changes] == [
        ("Usaha: nama", "UPT Contoh", "UPT Baru")
    ]


@pytest.mark.parametrize("run", [20, 36])
def test_no_run_of_letters_is_longer_than_its_column(run: int) -> None:
    pieces = breaking("PT " + "Batik" * 39, run).split("\u200b")
    assert max(len(word) for piece in pieces for word in piece.split()) <= run
    assert "".join(pieces) == "PT " + "Batik" * 39
