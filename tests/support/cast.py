"""The standing cast of series, and short ways to make their readings."""

from __future__ import annotations

from domain.counters import Tally
from domain.reading import GOOD, Reading, Series

OUTLET = Series("batik", "ipal-outlet", "ph", "pH", "outlet")
INLET = Series("batik", "ipal-inlet", "cod", "mg/L", "inlet")
AERASI = Series("batik", "bak-aerob", "do", "mg/L", "aerob")
PRESS = Series("alas-kaki", "press-1", "run", "1", "line-3")
NOON = 1_759_996_800_000  # a whole hour, 2025-10-09T08:00:00Z
HOUR = 3_600_000
assert NOON % HOUR == 0


def reading(
    series: Series,
    time: int,
    value: float | None = 7.2,
    quality: int = GOOD,
    reason: str | None = None,
    received_at: int | None = None,
) -> Reading:
    """One reading; received when it was taken unless said otherwise."""
    return Reading(series, time, value, quality, reason, time if received_at is None else received_at)


def bare(found: Reading) -> tuple[Series, int, float | None, int, str | None]:
    """A reading without its time of receipt, which stores do not keep."""
    return (found.series, found.time, found.value, found.quality, found.reason)


def nothing() -> Tally:
    """An empty tally."""
    return Tally()
