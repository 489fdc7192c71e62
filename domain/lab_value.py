"""A laboratory's figure as it is written: `<0,0033`, `7,25 mg/L`, `1.234,5`; what is not clear is asked."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from domain.errors import Invalid
from domain.report_records import Operator

AMBIGUOUS: Final = "may mean"  # in what is said of a figure that may be read in two ways
_SIGNS: Final = {"": Operator.EQUAL, "=": Operator.EQUAL, "<": Operator.BELOW, ">": Operator.ABOVE}
_WRITTEN: Final = re.compile(r"([<>=]?)\s*(-?[0-9][0-9.,]*)\s*([^\d\s].*)?")
_POWER: Final = re.compile(r"[eE][+-]?[0-9]+")  # 1e9: nobody here writes figures so
_GROUPED: Final = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")  # 1.234: a thousand in Indonesian, one in an LHU
_THOUSANDS: Final = (
    re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?"),
    re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?"),
)
_NOT_DETECTED: Final = re.compile(
    r"(n\.?\s?d\.?|t\.?\s?t\.?\s?d\.?|b\.?d\.?l\.?|(tidak|tak) terdeteksi|not detected|<\s*(lod|loq|mdl|ldl|bdm))",
    re.IGNORECASE,
)
_UNITS: Final = {
    "mg/l": "mg/L", "µg/l": "ug/L", "μg/l": "ug/L", "ug/l": "ug/L", "ph": "pH", "-": "pH",
    "°c": "Cel", "ºc": "Cel", "oc": "Cel", "c": "Cel", "cel": "Cel",
    "pt-co": "Pt-Co", "ptco": "Pt-Co", "pt co": "Pt-Co", "tcu": "Pt-Co",
    "m3/ton": "m3/t", "m³/ton": "m3/t", "m3/t": "m3/t", "m³/t": "m3/t",
    "mpn/100 ml": "MPN/100 mL", "mpn/100ml": "MPN/100 mL", "ntu": "NTU", "us/cm": "uS/cm", "µs/cm": "uS/cm",
}  # fmt: skip


class Written(Struct, frozen=True):
    """A figure as it was read. `unit` is empty where none was written behind it."""

    operator: Operator
    number: float
    unit: str = ""


def parse_result(text: str) -> Written:
    """A result with or without its unit. Raises Invalid, also for `nd` and `ttd`: they tell no number.

    A comma alone is the decimal comma; a point alone with three digits behind it may be either and is asked.
    """
    shown = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
    if _NOT_DETECTED.fullmatch(shown):
        raise Invalid(f"{shown} means not detected; write < and the detection limit of the LHU", "number")
    found = _WRITTEN.fullmatch(shown)
    if found is None or _POWER.fullmatch(found[3] or ""):
        raise Invalid(f"{shown!r} is not a result; write a number, or < and the detection limit", "number")
    unit = found[3] or ""
    if unit and unit.lower() not in _UNITS:
        raise Invalid(f"{unit!r} behind the number is no unit that is known", "number")
    return Written(_SIGNS[found[1]], _number(found[2]), known_unit(unit))


def parse_value(text: str) -> tuple[Operator, float]:
    """A figure without a unit: operator and number. Raises Invalid as `parse_result`."""
    found = parse_result(text)
    if found.unit:
        raise Invalid(f"{text!r} is not a result; write the number without its unit", "number")
    return found.operator, found.number


def known_unit(text: str) -> str:
    """A unit as limit sets write it (`mg/l` is `mg/L`); one we do not know stays as it is."""
    return _UNITS.get(text.strip().lower(), text.strip())


def _number(text: str) -> float:
    if _GROUPED.fullmatch(text):
        whole, comma = text.replace(".", ""), text.replace(".", ",")
        raise Invalid(f"{text} {AMBIGUOUS} {whole} or {comma}; write the one you mean", "number")
    indonesian, english = _THOUSANDS
    if indonesian.fullmatch(text) or (text.count(",") == 1 and "." not in text):
        text = text.replace(".", "").replace(",", ".")
    elif english.fullmatch(text):
        text = text.replace(",", "")
    try:
        return float(text)
    except ValueError:
        raise Invalid(f"{text} is not a number", "number") from None
