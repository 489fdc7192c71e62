"""Recognises a number in what a device wrote, with the unit behind it, for a first draft of a profile."""

from __future__ import annotations

import math
import re
from typing import Any

from msgspec import Struct

_NUMBER = re.compile(
    r"\s*([+-]?(?:0|[1-9]\d*)(?:([.,])\d+)?(?:[eE][+-]?\d{1,3})?)"  # 00123 is a serial number, no number
    r"\s*([%°ºµμΩ℃A-Za-z][%A-Za-z/³²23^.·°-]{0,10}(?: [A-Z])?)?\s*"
)


class Written(Struct, frozen=True):
    """How a number is written: with which unit behind it, and whether its decimals follow a comma."""

    unit: str = ""
    decimal_comma: bool = False


def number_in(value: Any) -> Written | None:
    """None where it is no number, or one that is not finite."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Written() if math.isfinite(value) else None
    found = _NUMBER.fullmatch(value) if isinstance(value, str) and len(value) <= 64 else None
    return Written((found[3] or "").strip(), found[2] == ",") if found else None
