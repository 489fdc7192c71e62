"""What a device sent as a value, as a float: numbers, numbers in texts, words. Never guesses."""

from __future__ import annotations

import math
import re
from typing import Any

from msgspec import Struct

from device_profiles.refusal import excerpt
from device_profiles.units import conversions, folded
from domain.message import RejectReason
from domain.metrics import MetricKind

_NUMBER = r"[+-]?(?:[0-9]+(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,4}})?"
_WITH_POINT = re.compile(f"({_NUMBER.format(point='[.]')})(.*)")
_WITH_COMMA = re.compile(f"({_NUMBER.format(point='[,]')})(.*)")
_MAX_TEXT = 64
_EXACT = 2**53

# what devices write where they have no value (ESPHome, Home Assistant, Zigbee2MQTT, Dragino, loggers)
NO_VALUE = frozenset(
    [
        *("", "-", "--", "---", "?", "??", "???", "null", "none", "nil", "na", "n/a", "#n/a"),
        *("nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"),
        *("unavailable", "unknown", "undefined", "invalid", "invalid data", "no data", "not available"),
    ]
)
STATES = {"true": 1.0, "false": 0.0, "on": 1.0, "off": 0.0}


class Wrong(Struct, frozen=True):
    """Why a value is none."""

    reason: RejectReason
    detail: str


class Missing(Struct, frozen=True):
    """The device said that it has no value, or used a word the profile does not know (`unmapped`)."""

    unmapped: bool = False


NONE = Missing()
UNMAPPED = Missing(unmapped=True)


def word(raw: Any) -> str:
    """A word, number or boolean as a key for comparing: `true`, `1` (also for 1.0), `good`."""
    if type(raw) is bool:
        return "true" if raw else "false"
    if type(raw) is float and raw.is_integer() and abs(raw) < _EXACT:
        return str(int(raw))
    return str(raw).strip().casefold()


class NumberReader:
    """Turns what stands in a document into a float, for one metric."""

    def __init__(
        self,
        unit: str,
        *,
        kind: MetricKind = MetricKind.GAUGE,
        words: dict[str, float] | None = None,
        missing: tuple[str, ...] = (),
        units: dict[str, float] | None = None,
        decimal_comma: bool = False,
    ) -> None:
        self.unit = unit
        self.words = {word(key): value for key, value in (words or {}).items()}
        if kind is MetricKind.STATE:
            self.words = STATES | self.words
        self._no_value = NO_VALUE | {word(text) for text in missing} if missing else NO_VALUE
        self._conversions = conversions(unit, units or {})
        self._pattern = _WITH_COMMA if decimal_comma else _WITH_POINT
        self._decimal_comma = decimal_comma

    def word(self, raw: Any) -> float | None:
        """The number of a word, code or boolean that the profile maps; final, so neither scaled nor a sentinel."""
        if self.words and type(raw) in (str, bool, int, float):
            return self.words.get(word(raw))
        return None

    def read(self, raw: Any, unit: Any = None) -> float | Missing | Wrong:
        """The number as sent (in the metric's unit), or why there is none. `unit`: one that stands beside it."""
        if raw is None:
            return NONE
        kind = type(raw)
        if kind is float or kind is int:
            number = _exact(raw)
        elif kind is str:
            return self._read_text(raw, unit)
        else:
            return _wrong_type(raw)
        return self._in_unit(number, unit) if unit is not None and type(number) is float else number

    def _read_text(self, raw: str, unit: Any) -> float | Missing | Wrong:
        text = raw.strip().rstrip("\0")
        if word(text) in self._no_value:
            return NONE
        found = self._pattern.fullmatch(text) if len(text) <= _MAX_TEXT else None
        if found is None:
            return UNMAPPED if self.words else Wrong(RejectReason.NOT_A_NUMBER, f"{excerpt(raw)} is no number")
        number = float(found[1].replace(",", ".") if self._decimal_comma else found[1])
        if not math.isfinite(number):
            return Wrong(RejectReason.NOT_FINITE, f"{excerpt(raw)} is beyond any number that can be kept")
        behind = found[2].strip()
        if behind and not _looks_like_unit(behind):
            return Wrong(RejectReason.NOT_A_NUMBER, f"{excerpt(raw)} is no number, or not only a number")
        return self._in_unit(number, behind or unit)

    def _in_unit(self, number: float, unit: Any) -> float | Wrong:
        if unit is None or unit == "":
            return number
        conversion = self._conversions.get(folded(unit)) if type(unit) is str else None
        if conversion is None:
            return Wrong(RejectReason.UNIT_MISMATCH, f"{number:g} is in {excerpt(unit)}, expected {self.unit!r}")
        factor, offset = conversion
        return number * factor + offset


def _exact(raw: float) -> float | Missing | Wrong:
    if type(raw) is float:
        if raw != raw:
            return NONE
        if math.isinf(raw):
            return Wrong(RejectReason.NOT_FINITE, "the number is beyond any that can be kept (1.8e308)")
        return raw
    try:
        number = float(raw)
    except OverflowError:
        return Wrong(RejectReason.NOT_FINITE, "the integer is beyond any number that can be kept (1.8e308)")
    if number != raw:
        return Wrong(RejectReason.NOT_EXACT, f"{raw} is above 2^53 and would be changed by being kept as a float")
    return number


def _wrong_type(raw: Any) -> Wrong:
    if type(raw) is bool:
        return Wrong(RejectReason.NOT_A_NUMBER, f"expected a number, got {word(raw)} (map it with words)")
    named = "an object" if type(raw) is dict else "an array" if type(raw) is list else type(raw).__name__
    return Wrong(RejectReason.PATH_MISMATCH, f"expected a number, got {named}")


def _looks_like_unit(text: str) -> bool:
    return len(text) <= 12 and (text[0].isalpha() or text[0] in "%°º℃℉µμ[") and "," not in text
