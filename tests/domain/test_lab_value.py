"""How laboratories write figures: each as it is read, or what is asked about it."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.lab_value import known_unit, parse_result, parse_value
from domain.report_records import Operator

BELOW, EQUAL, ABOVE = Operator.BELOW, Operator.EQUAL, Operator.ABOVE


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<0,0033", (BELOW, 0.0033, "")),
        ("< 0.0033", (BELOW, 0.0033, "")),
        ("<0,0033 mg/L", (BELOW, 0.0033, "mg/L")),
        ("0,0033 mg/L", (EQUAL, 0.0033, "mg/L")),
        ("84 mg/l", (EQUAL, 84.0, "mg/L")),
        ("29,4 °C", (EQUAL, 29.4, "Cel")),
        ("3,3 µg/L", (EQUAL, 3.3, "ug/L")),
        ("120 PtCo", (EQUAL, 120.0, "Pt-Co")),
        (">1600", (ABOVE, 1600.0, "")),
        (">1600 MPN/100mL", (ABOVE, 1600.0, "MPN/100 mL")),
        ("1.234,5", (EQUAL, 1234.5, "")),
        ("1,234.5", (EQUAL, 1234.5, "")),
        ("1,234", (EQUAL, 1.234, "")),
        ("7,25\N{NO-BREAK SPACE}mg/L", (EQUAL, 7.25, "mg/L")),
    ],
)
def test_a_figure_is_read_with_its_unit(written: str, read: tuple[Operator, float, str]) -> None:
    found = parse_result(written)
    assert (found.operator, found.number, found.unit) == read


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("nd", "not detected"),
        ("N.D.", "not detected"),
        ("ttd", "not detected"),
        ("tidak terdeteksi", "not detected"),
        ("Tidak  Terdeteksi", "not detected"),
        ("not detected", "not detected"),
        ("<LOD", "not detected"),
        ("< MDL", "not detected"),
        ("1.234", "1234 or 1,234"),
        ("< 12.345 mg/L", "12345 or 12,345"),
        ("84 liter", "no unit that is known"),
        ("1e5", "is not a result"),
        ("7,2 - 7,4", "no unit that is known"),
        ("≤5", "is not a result"),
        ("7 8", "is not a result"),
        ("<", "is not a result"),
        ("", "is not a result"),
        ("1,2,3", "is not a number"),
    ],
)
def test_what_does_not_tell_one_number_is_asked(written: str, asked: str) -> None:
    with pytest.raises(Invalid, match=asked):
        parse_result(written)


def test_a_plain_figure_has_no_unit() -> None:
    with pytest.raises(Invalid, match="without its unit"):
        parse_value("7,25 mg/L")


@pytest.mark.parametrize(
    ("written", "known"), [("mg/l", "mg/L"), (" °C ", "Cel"), ("m³/ton", "m3/t"), ("koloni", "koloni")]
)
def test_units_are_known_by_how_laboratories_write_them(written: str, known: str) -> None:
    assert known_unit(written) == known
