"""The days and months that can be asked for: everywhere the same, far from where the calendar of Python ends."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from domain.errors import Invalid

FIRST_DAY: Final = date(1970, 1, 8)  # its week, and its first hour in every zone, are counted from 1970
LAST_DAY: Final = date(2199, 12, 24)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH: Final = re.compile(r"\d{4}-\d{2}", re.ASCII)


def day_in(text: str, field: str = "day") -> date:
    """A local day, `2026-11-20`. Raises Invalid naming the field, also before 1970 and after 2199."""
    if not _DAY.fullmatch(text):
        raise Invalid("not a day; it is written 2026-11-20", field)
    return _bounded(text, field)


def first_of_month(text: str, field: str = "month") -> date:
    """The first day of a local month, `2026-11`. Raises Invalid naming the field, also before 1970 and after 2199."""
    if not _MONTH.fullmatch(text):
        raise Invalid("not a date; a month is written 2026-11", field)
    return _bounded(f"{text}-01", field)


def _bounded(text: str, field: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"not a day: {text}", field) from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Invalid(f"not a day from {FIRST_DAY} to {LAST_DAY}", field)
    return found
