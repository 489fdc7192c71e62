"""One-minute buckets of one series as columns, and what is made of them: slots, hours, days.

A minute counts as good where it holds a good reading; its figures are then of good readings only
(`domain.series.Bucket`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from domain.ports import ReadingQuery
from domain.reading import NOT_EVALUATED, Millis
from domain.series import Bucket

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MINUTE: Final[Millis] = 60_000
HOUR: Final[Millis] = 3_600_000


@dataclass(frozen=True)
class Minutes:
    """Columns by time. `low`, `mean` and `high` are NaN and `good` is 0 where a minute has no good reading."""

    time: Ints
    low: Floats
    mean: Floats
    high: Floats
    good: Ints
    bad: Ints

    def between(self, start: Millis, stop: Millis) -> Minutes:
        """Those that begin in [start, stop)."""
        cut = slice(*np.searchsorted(self.time, (start, stop)).tolist())
        return Minutes(self.time[cut], self.low[cut], self.mean[cut], self.high[cut], self.good[cut], self.bad[cut])

    def usable(self) -> Minutes:
        """Those with a good reading."""
        kept = self.good > 0
        return Minutes(
            self.time[kept], self.low[kept], self.mean[kept], self.high[kept], self.good[kept], self.bad[kept]
        )


def read_minutes(readings: ReadingQuery, device: str, metric: str, start: Millis, stop: Millis) -> Minutes:
    """The minutes of [start, stop), which are whole minutes. Raises Unavailable when a store is away."""
    count = (stop - start) // MINUTE
    return columns_of(readings.series(device, metric, start, stop, count)) if count > 0 else columns_of(())


def columns_of(buckets: Sequence[Bucket]) -> Minutes:
    """Buckets as columns."""
    quality = np.array([b.quality for b in buckets], dtype=np.int64)
    count = np.array([b.count for b in buckets], dtype=np.int64)
    bad = np.array([b.bad for b in buckets], dtype=np.int64)
    good = np.where(quality <= NOT_EVALUATED, count, 0)
    low, mean, high = (
        np.where(good > 0, np.array(column, dtype=np.float64), np.nan)
        for column in ([b.min for b in buckets], [b.mean for b in buckets], [b.max for b in buckets])
    )
    return Minutes(np.array([b.time for b in buckets], dtype=np.int64), low, mean, high, good, bad)


@dataclass(frozen=True)
class Slots:
    """Slots of one day that hold a reading, by time: their start, the mean, least and greatest good reading (NaN
    where none is good), and how many readings were good and bad.
    """

    time: Ints
    mean: Floats
    low: Floats
    high: Floats
    good: Ints
    bad: Ints


def slots_of(minutes: Minutes, start: Millis, width: Millis) -> Slots:
    """Minutes of a day that begins at `start` gathered in slots of `width` (whole minutes)."""
    if not len(minutes.time):
        return Slots(*(np.zeros(0, kind) for kind in (np.int64, float, float, float, np.int64, np.int64)))
    slot = (minutes.time - start) // width
    edges = np.flatnonzero(np.append(True, slot[1:] != slot[:-1]))
    good = np.add.reduceat(minutes.good, edges)
    total = np.add.reduceat(np.where(minutes.good > 0, minutes.mean * minutes.good, 0.0), edges)
    with np.errstate(invalid="ignore"):
        mean = np.where(good > 0, total / np.maximum(good, 1), np.nan)
    low = np.fmin.reduceat(minutes.low, edges)
    high = np.fmax.reduceat(minutes.high, edges)
    return Slots(start + slot[edges] * width, mean, low, high, good, np.add.reduceat(minutes.bad, edges))


def day_mean(slots: Slots, start: Millis) -> float | None:
    """The mean of the hourly means of the slots' means, as the ministry's portal makes a day (regulations.md 1.5)."""
    used = slots.good > 0
    if not used.any():
        return None
    hour = (slots.time[used] - start) // HOUR
    edges = np.flatnonzero(np.append(True, hour[1:] != hour[:-1]))
    sums = np.add.reduceat(slots.mean[used], edges)
    return float((sums / np.diff(np.append(edges, used.sum()))).mean())
