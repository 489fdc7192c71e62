"""Whether a correction leaves a sensor's values possible: a slip is refused, a large step is asked about.

What is possible is the metric's own range, as its device profile declares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from statistics import median
from typing import Final

from domain.calibration import Correction
from domain.errors import Conflict, Invalid
from domain.metrics import MetricInfo
from domain.ports_readings import ReadingQuery
from domain.reading import Millis

DAY: Final[Millis] = 86_400_000
LOOKED_AT: Final = 7 * DAY  # from the correction on; a day before it as well
POINTS: Final = 500  # means looked at
UNUSUAL: Final = 0.1  # of the metric's range; beyond it whoever corrects says that it is meant


class Reach(StrEnum):
    """What a correction makes of the values of its sensor."""

    USUAL = "usual"
    UNUSUAL = "unusual"  # a typical value moves by more than a tenth of the range
    IMPOSSIBLE = "impossible"  # most values would be outside the range


def means_around(readings: ReadingQuery, correction: Correction, now: Millis) -> list[float]:
    """Means of the raw values a correction is for: from a day before it to a week after. Raises Unavailable."""
    start, stop = correction.start - DAY, min(now + 1, correction.start + LOOKED_AT)
    found = readings.series(correction.device, correction.metric, start, stop, POINTS)
    return [one.mean for one in found if one.mean is not None]


def reach_of(correction: Correction, info: MetricInfo, means: Sequence[float]) -> Reach:
    """By the `means` of raw values; where there are none, by every value the metric may have. A metric without a
    declared range is never judged.
    """
    if info.low is None or info.high is None or info.high <= info.low:
        return Reach.USUAL
    if _mostly_outside(correction, info.low, info.high, means):
        return Reach.IMPOSSIBLE
    typical = median(means) if means else (info.low + info.high) / 2
    moved = abs(correction.of(typical) - typical)
    return Reach.UNUSUAL if moved > UNUSUAL * (info.high - info.low) else Reach.USUAL


def require_reach(correction: Correction, info: MetricInfo, means: Sequence[float], *, meant: bool) -> None:
    """Raises Invalid for an impossible correction, Conflict for an unusual one unless it is `meant`."""
    reach = reach_of(correction, info, means)
    if reach is Reach.IMPOSSIBLE:
        raise Invalid(f"puts most values outside {info.low:g} to {info.high:g}, all that is possible", "offset")
    if reach is Reach.UNUSUAL and not meant:
        raise Conflict(
            "moves the values by more than a tenth of their range; where that is meant, say even_if_unusual=true",
            reach.value,
        )


def _mostly_outside(correction: Correction, low: float, high: float, means: Sequence[float]) -> bool:
    if not means:
        return correction.of(high) < low or correction.of(low) > high  # a slope is above 0
    outside = sum(not low <= correction.of(mean) <= high for mean in means)
    return 2 * outside > len(means)
