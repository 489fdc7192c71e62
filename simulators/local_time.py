"""The local day of the simulated centres: WIB, seven hours ahead of UTC all year (there is no summer time)."""

from __future__ import annotations

from typing import Final

from domain.reading import Millis

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WIB: Final = 7 * HOUR

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6


def day_of(time: Millis) -> int:
    """Number of the local day (0 is 1970-01-01)."""
    return (time + WIB) // DAY


def midnight(day: int) -> Millis:
    """The instant at which a local day begins."""
    return day * DAY - WIB


def weekday(day: int) -> int:
    """0 Monday to 6 Sunday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7
