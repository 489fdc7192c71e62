"""Whatever people typed, every format prints it as text: no formula, no markup, no broken file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.company import Company, Outlet, OwnLine, Permit, PermitKind, Signature, SignatureRole
from domain.report import ComplianceReport
from reports.csv_files import safe
from reports.formats import FORMATS
from support.report_scene import POINT

FREE: Final = {
    "episodes": {"cause", "response", "acknowledged_by"},
    "laboratory": {"sample_code", "laboratory", "accreditation", "method"},
    "conditions": {"description", "resolution", "who"},
    "calibrations": {"certificate", "who"},
    "logbook": {"note", "signed_by"},
    "limit_sets": {"source"},
}
BEGINS: Final = [
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    " =",
    "\ufeff=",
    "＝",
    "＋",
    "－",
    "＠",
    "#",
    "*",
    "\\",
    "$",
    "_x0001_",
]
FORMULA: Final = re.compile(r"^[ \u00a0\u3000\ufeff]*[=+\-@\t\r\n＝＋－＠]")
NUMBER: Final = re.compile(r"^-?\d+([.,]\d+)?(e-?\d+)?$")
TEXTS: Final = st.builds(
    str.__add__, st.sampled_from(BEGINS), st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
)


def said(report: ComplianceReport, text: str) -> ComplianceReport:
    """The report with the text wherever people write one."""
    plain: dict[str, Any] = msgspec.to_builtins(report)
    for part, fields in FREE.items():
        plain[part] = _written(plain[part], fields, text)
    found = msgspec.convert(plain, ComplianceReport)
    return msgspec.structs.replace(found, company=_company(text), signatures=_block(text))


def _written(value: Any, fields: set[str], text: str) -> Any:
    if isinstance(value, dict):
        return {key: text if key in fields else _written(item, fields, text) for key, item in value.items()}
    return [_written(item, fields, text) for item in value] if isinstance(value, list) else value


def _company(text: str) -> Company:
    permits = (Permit(PermitKind.OTHER, text, text, text),)
    outlets = (Outlet(POINT, text, text),)
    return Company(text, text, text, permits, outlets, text, text, text, text, text, text, (OwnLine(text, text),))


def _block(text: str) -> tuple[Signature, ...]:
    return tuple(Signature(role, text, text, identity=text) for role in SignatureRole)


few: Final[Callable[..., Any]] = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ";"), ("csv-data", ",")])
@few
@given(text=TEXTS)
def test_no_cell_of_a_csv_is_taken_for_a_formula(
    month: ComplianceReport, form: str, delimiter: str, text: str
) -> None:
    written = FORMATS[form](said(month, text), "id").decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter) for cell in row]
    assert [cell for cell in cells if FORMULA.match(cell) and not NUMBER.match(cell)] == []


@few
@given(text=TEXTS)
def test_every_cell_of_a_workbook_that_people_wrote_is_text(month: ComplianceReport, text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"](said(month, text), "id")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink is not None] == []


@settings(few, max_examples=8)
@given(text=TEXTS)
def test_typst_prints_any_text(month: ComplianceReport, text: str) -> None:
    assert FORMATS["pdf"](said(month, text), "id").startswith(b"%PDF")


@pytest.mark.parametrize("text", ["Siti", "", "7,25", "– 3", "PT A = B", "a-b", "'=1"])
def test_a_text_that_no_spreadsheet_runs_stays_as_it_is(text: str) -> None:
    assert safe(text) == text
