"""A pasted laboratory sheet: read line by line, and refused by line and column."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.lab import LabValue
from domain.lab_sheet import SheetValue, parse_sheet
from domain.report_records import Operator

CALLED = {"cod": "cod", "ph": "ph", "fenol total": "phenol", "phenol": "phenol"}


def test_a_sheet_is_read_by_semicolon_and_by_tab_under_its_column_names() -> None:
    sheet = "Parameter; Hasil; Satuan; Metode\n\nCOD*; <84; mg/l; SNI 6989.2:2019\npH\t7,2\t-\n"
    assert parse_sheet(sheet, CALLED) == (
        SheetValue(3, LabValue("cod", Operator.BELOW, 84.0, "mg/L", "SNI 6989.2:2019")),
        SheetValue(4, LabValue("ph", Operator.EQUAL, 7.2, "pH")),
    )


def test_the_unit_may_stand_behind_the_result() -> None:
    assert parse_sheet("COD; 84 mg/L", CALLED)[0].value.unit == "mg/L"


@pytest.mark.parametrize(
    ("line", "place", "problem"),
    [
        ("BOD; 4; mg/L", "column 1", "no parameter BOD"),
        ("; 4; mg/L", "column 1", "must not be empty"),
        ("pH; 7; pH", "column 1", "given twice"),
        ("COD; ; mg/L", "column 2", "must not be empty"),
        ("COD; banyak; mg/L", "column 2", "is not a result"),
        ("COD; ttd; mg/L", "column 2", "not detected"),
        ("COD; 1.234; mg/L", "column 2", "may mean"),
        ("COD; 84", "column 3", "must not be empty"),
        ("COD; 84 mg/L; ug/L", "column 3", "is not the unit"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(line: str, place: str, problem: str) -> None:
    with pytest.raises(Invalid, match=f"line 2, {place}: .*{problem}") as refused:
        parse_sheet(f"pH; 7,1; pH\n{line}", CALLED)
    assert refused.value.field == "sheet"
