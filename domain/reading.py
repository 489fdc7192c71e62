"""One value of one metric of one device at one time, and how far it can be trusted.

Every time in Pantau below the API is an ``int``: milliseconds since 1970-01-01 UTC (`Millis`).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final

from msgspec import Struct

Millis = int

GOOD: Final = 1
NOT_EVALUATED: Final = 2
SUSPECT: Final = 3
FAIL: Final = 4
MISSING: Final = 9


class Quality(IntEnum):
    """QARTOD flags. Hot code carries the plain integers above; this names them for people."""

    GOOD = GOOD
    NOT_EVALUATED = NOT_EVALUATED
    SUSPECT = SUSPECT
    FAIL = FAIL
    MISSING = MISSING


class Reason(StrEnum):
    """Why a reading is not simply good. Stored beside the value, shown to people, counted."""

    OUT_OF_RANGE = "out_of_range"
    SENTINEL = "sentinel"
    DEVICE_FLAGGED = "device_flagged"
    CLOCK = "clock"  # the device's time was unusable; the time is that of receipt
    NO_VALUE = "no_value"  # the device said it has no value (null, "nan", "unavailable")
    UNMAPPED_WORD = "unmapped_word"
    STUCK = "stuck"
    SPIKE = "spike"
    RATE_OF_CHANGE = "rate_of_change"
    CALIBRATION = "calibration"
    GAP = "gap"  # no reading for longer than interval plus grace
    CLOCK_SKEW = "clock_skew"  # the device's clock is ahead or behind


class Series(Struct, frozen=True, cache_hash=True, gc=False):
    """Where a reading belongs. `(device, metric)` is its identity within an installation.

    `point` is the stage at which the device measures (`outlet`, `line-1`); `unit` is UCUM-like text.
    """

    site: str
    device: str
    metric: str
    unit: str = "1"
    point: str = ""


class Reading(Struct, frozen=True, gc=False):
    """One value. `value` is None only where the device gave none (quality 9).

    The raw value is always kept: a value that is out of range or a sentinel stands here as it came,
    with its quality and reason beside it.
    """

    series: Series
    time: Millis
    value: float | None
    quality: int = GOOD
    reason: str | None = None
    received_at: Millis = 0

    @property
    def usable(self) -> bool:
        """True where a limit may be judged on it (QARTOD good or not evaluated)."""
        return self.quality <= NOT_EVALUATED and self.value is not None
