"""A changed figure as the report prints it: its decimals, its unit, its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from domain.condition import NAMES, Category
from domain.figures import symbol
from domain.text import Text
from reports.table import AS_GIVEN, Printer

MOMENTS: Final = frozenset({"start", "stop", "signed_at", "since", "at"})
DAYS: Final = frozenset({"issued_on", "valid_until"})
SPANS: Final = frozenset({"beyond_time", "active"})
SHARES: Final = frozenset({"covered", "volume_covered"})
MEASURED: Final = frozenset({"min", "mean", "max", "peak", "limit"})  # in the unit of the parameter
UNITS: Final = {
    "volume": ("m³", 2), "total": ("m³", 2), "carried": ("m³", 2), "kilograms": ("kg", 4), "per_day": ("kg", 4),
    "per_ton": ("kg", 4), "tons": ("ton", 2), "volume_per_ton": ("m³/ton", 2),
}  # fmt: skip
"""Unit and decimals by field, as the tables of the report print them."""
WORDS: Final = {"judgement": "judgement", "cause": "cause", "reason": "reason", "method": "method", "basis": "basis"}

Step = str | dict[str, Any]


class Qualified(tuple[str, float]):
    """A figure below a detection limit, or above a range: `<` and the limit."""

    __slots__ = ()


def field_of(path: Sequence[Step]) -> str:
    """The last field of a path."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def figures(path: Sequence[Step], before: Any, after: Any, printer: Printer) -> tuple[str, str]:
    """Both as the report rounds them; as they are where they are then the same."""
    field = field_of(path)
    unit, decimals = _unit(path, field, printer.language)
    said = [_number(value, field, decimals, printer) for value in (before, after)]
    if said[0] == said[1]:
        said = [_given(value, printer) for value in (before, after)]
    left, right = (f"{one} {unit}".rstrip() if one else "" for one in said)
    return left, right


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _given(value: Any, printer: Printer) -> str:
    """With all its decimals; empty for what is no figure."""
    if isinstance(value, Qualified):
        return f"{value[0]}{printer.number(value[1], AS_GIVEN)}"
    return printer.number(value, AS_GIVEN) if _is_number(value) else ""


def _number(value: Any, field: str, decimals: int, printer: Printer) -> str:
    """Empty for what is no figure."""
    if isinstance(value, Qualified):
        return _given(value, printer)
    if not _is_number(value):
        return ""
    if field in MOMENTS:
        return printer.moment(int(value))
    if field in SPANS:
        return printer.duration(int(value))
    if field in SHARES:
        return printer.share(value)
    return printer.number(value, 0 if isinstance(value, int) else decimals)


def _unit(path: Sequence[Step], field: str, language: str) -> tuple[str, int]:
    """Of a parameter's figures the nearest unit and decimals on the way; typed figures as they were given."""
    if field in UNITS:
        return UNITS[field]
    if field != "number" and field not in MEASURED:
        return "", AS_GIVEN
    records = [step.get("result", step) for step in reversed(path) if isinstance(step, dict)]
    unit = next((str(one["unit"]) for one in records if "unit" in one), "")
    decimals = next((int(one["decimals"]) for one in records if "decimals" in one), 2)
    return symbol(unit, language), AS_GIVEN if field == "number" else decimals


def said(path: Sequence[Step], value: str, printer: Printer) -> str:
    """A word, a date or a text."""
    field = field_of(path)
    if field in DAYS:
        return printer.day(date.fromisoformat(value))
    if field == "kind":
        return printer.words.find(f"permit.{value}", value)
    if field == "category" and value in list(Category):
        name: Text = NAMES[Category(value)]
        return name.in_language(printer.language)
    return printer.words.find(f"{WORDS[field]}.{value}", value) if field in WORDS else value


def recorded(value: dict[str, Any], word: str, printer: Printer) -> str:
    """A record that came or went: until when, by whom and why, as far as it says so."""
    of = value.get("result", value)
    written = of.get("written") if isinstance(of.get("written"), dict) else {}
    who = str(of.get("who") or written.get("who") or "")
    why = str(of.get("description") or (of.get("reason") if who else "") or "")
    parts = [word]
    if number := _given(of.get("number"), printer):
        parts.append(f"{number} {symbol(str(of.get('unit', '')), printer.language)}")
    if _is_number(of.get("start")) and _is_number(of.get("stop")):
        parts.append(f"{printer.words('head.to')} {printer.moment(of['stop'])}")
    parts += [one for one in (who, why) if one]
    return ", ".join(one.strip() for one in parts)
