"""Exceedances: consecutive slots whose mean of good readings lies beyond a limit."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from domain.reading import Millis
from domain.registry import Limit
from reports.kept import bounds_of
from reports.minutes import Slots

LISTED: Final = 100  # exceedances of one parameter that are listed, the longest; all are counted


class Beyond(Struct):
    """One exceedance as it grows. `weight` slots went into `total`."""

    limit: float
    above: bool
    start: Millis
    stop: Millis
    peak: float
    total: float
    weight: int

    @property
    def mean(self) -> float:
        """Of the slots beyond."""
        return self.total / self.weight


class EpisodeBook:
    """Gathers the exceedances of one series, day by day in order. Those at most `join` ms apart are one.

    In the stretches of `watch` every one is kept, however short.
    """

    def __init__(self, slot: Millis, join: Millis, watch: Sequence[tuple[Millis, Millis]] = ()) -> None:
        self._slot, self._join, self._watch = slot, join, watch
        self._watched: list[Beyond] = []
        self._open: Beyond | None = None
        self._longest: list[tuple[Millis, Millis, Beyond]] = []
        self.count = 0
        self.time: Millis = 0

    def add_day(self, slots: Slots, limit: Limit, stop: Millis) -> None:
        """The slots of one day that ends at `stop`, under the limit of that day. Equal to the limit is within it."""
        for above, bound, time, mean, peak in _beyond(slots, limit):
            end = min(stop, time + self._slot)
            now = self._open
            joins = now is not None and (now.above, now.limit) == (above, bound) and time - now.stop <= self._join
            if now is None or not joins:
                self._close()
                self._open = Beyond(bound, above, time, end, peak, mean, 1)
                continue
            now.stop, now.total, now.weight = end, now.total + mean, now.weight + 1
            now.peak = max(now.peak, peak) if above else min(now.peak, peak)

    def _close(self) -> None:
        done, self._open = self._open, None
        if done is None:
            return
        self.count += 1
        self.time += done.stop - done.start
        if any(start < done.stop and done.start < stop for start, stop in self._watch):
            self._watched.append(done)
        push = heapq.heappush if len(self._longest) < LISTED else heapq.heappushpop
        push(self._longest, (done.stop - done.start, -done.start, done))

    def watched(self) -> list[Beyond]:
        """Those that share a moment with what is watched, by time."""
        self._close()
        return self._watched

    def listed(self) -> list[Beyond]:
        """The longest, by time."""
        self._close()
        return sorted((one for _, _, one in self._longest), key=lambda one: one.start)


def _beyond(slots: Slots, limit: Limit) -> Iterator[tuple[bool, float, Millis, float, float]]:
    """(above, bound, time, mean, worst reading) of the slots beyond, by time."""
    bounds = bounds_of(limit)
    with np.errstate(invalid="ignore"):
        found = np.flatnonzero((slots.mean > bounds.high) | (slots.mean < bounds.low))
    for at in found.tolist():
        mean = float(slots.mean[at])
        above = mean > bounds.high
        bound = limit.max if above else limit.min
        assert bound is not None  # an absent one is never passed
        worst = slots.high[at] if above else slots.low[at]
        yield above, bound, int(slots.time[at]), mean, float(worst)
