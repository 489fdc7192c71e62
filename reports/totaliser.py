"""Volumes from a totaliser, day by day, across resets, roll-overs and misread digits (`domain.increase`).

A counter counts through silences. Where a day's minutes only grow, the day is the difference of two readings; only
otherwise its readings are looked at one by one. What was counted over a silence across midnight is no day's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec import Struct

from domain.increase import Counter, CounterEvent, likely_rate
from domain.metrics import MetricInfo
from domain.reading import Millis, Reading
from reports.minutes import HOUR, MINUTE, Minutes

TOTAL: Final = "flow_total"
TO_M3: Final = {"m3": 1.0, "L": 0.001, "kL": 1.0}
"""What a volume in these units is multiplied with to be in m3."""

LOOK_BACK: Final[Millis] = 6 * HOUR
"""How far before a stretch readings are looked at: the last of them alone would be believed against the rest."""

_ANEW: Final = (CounterEvent.RESET, CounterEvent.ROLLOVER, CounterEvent.JUMP)


class Over(Struct, frozen=True):
    """What was counted from the last reading before a stretch to its first one."""

    amount: float
    start: Millis
    stop: Millis


class Counted(Struct, frozen=True):
    """A stretch's count in the counter's unit: `inside` between its own readings, `over` its beginning.

    `silent`: the readings on both sides of its beginning lie too far apart; what was counted there is not its own.
    `since` to `until`: the part of it that its own count speaks for. `last`: the time of its last reading.
    """

    inside: float
    over: Over | None
    silent: bool
    since: Millis
    until: Millis
    last: Millis
    resets: int

    @property
    def own(self) -> float:
        """What is the stretch's own."""
        return self.inside + (self.over.amount if self.over and not self.silent else 0.0)


class Totaliser:
    """Goes on from one stretch to the next. Rows are `width` wide."""

    def __init__(
        self,
        info: MetricInfo,
        max_gap: Millis,
        raw: Callable[[Millis, Millis], list[Reading]],
        width: Millis = MINUTE,
    ) -> None:
        self._info, self._max_gap, self._raw, self._width = info, max_gap, raw, width
        self._digit = 10.0**-info.decimals
        self._counter = Counter(modulus=info.modulus, max_rate=info.max_rate, resolution=self._digit)
        self._rate = info.max_rate

    def begin(self, minutes: Minutes, start: Millis, stop: Millis) -> None:
        """The rows just before the first stretch."""
        self.day(minutes, start, stop)

    def day(self, minutes: Minutes, start: Millis, stop: Millis) -> Counted | None:
        """What was counted in one stretch, a day; None without a good reading."""
        good = minutes.usable()
        if not len(good.time):
            return None
        before = self._counter.believed
        self._learn(good)
        first, last = int(good.time[0]), int(good.time[-1])
        inside, over, resets = self._grown(good) if self._only_grows(good) else self._one_by_one(start, stop)
        silent = before is None or first - before[0] > self._max_gap + self._width
        since = first if silent and first - start > self._max_gap else start
        until = stop if stop - last <= self._max_gap else last + self._width
        return Counted(inside, over, silent, since, until, last, resets)

    def _learn(self, good: Minutes) -> None:
        """Where no rate is declared: how fast it counts, by its own growths."""
        if self._info.max_rate is not None:
            return
        rate = likely_rate(zip(good.time.tolist(), good.high.tolist(), strict=True))
        if rate is not None:
            self._rate = rate
            self._counter.at_most(rate)

    def _grown(self, good: Minutes) -> tuple[float, Over | None, int]:
        before, first = self._counter.believed, int(good.time[0])
        over = None if before is None else Over(float(good.low[0]) - before[1], before[0], first)
        self._counter.believe((int(good.time[-1]), float(good.high[-1])))
        return float(good.high[-1] - good.low[0]), over, 0

    def _only_grows(self, good: Minutes) -> bool:
        """Whether every row goes on from the one before it, no faster than is possible."""
        last = self._counter.believed
        if self._counter.waiting or (last is None and len(good.time) == 1):
            return False
        times = good.time if last is None else np.append(last[0], good.time)
        highs = good.high if last is None else np.append(last[1], good.high)
        lows = good.low if last is None else np.append(last[1], good.low)
        if (lows[1:] < highs[:-1]).any():
            return False
        if self._rate is None:
            return True
        spans = np.append(0, np.diff(times)) + self._width
        growth = np.append(highs[0] - lows[0], highs[1:] - highs[:-1])
        return bool((growth <= self._rate * spans / 1000 + self._digit * (1 + 1e-6)).all())

    def _one_by_one(self, start: Millis, stop: Millis) -> tuple[float, Over | None, int]:
        """(inside, over its beginning, resets) from single readings."""
        readings = self._raw(start, stop)
        counted = self._counter.take((r.time, r.value) for r in readings if r.usable and r.value is not None)
        resets = sum(event.kind in _ANEW for event in counted.events)
        before = [one for one in counted.increments if one.start < start]
        inside = sum(one.amount for one in counted.increments if one.start >= start)
        if not before:
            return inside, None, resets
        amount = sum(one.amount for one in before)
        return inside, Over(amount, min(one.start for one in before), max(one.stop for one in before)), resets
