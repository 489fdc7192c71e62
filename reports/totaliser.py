"""Volumes from a totaliser, day by day, across resets, roll-overs and misread digits (`domain.increase`).

A counter counts through silences. Where a day's minutes only grow, the day is the difference of two readings; only
otherwise its readings are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec import Struct

from domain.increase import CounterEvent, Sample, increase
from domain.metrics import MetricInfo
from domain.reading import Millis, Reading
from reports.minutes import MINUTE, Minutes

TOTAL: Final = "flow_total"
TO_M3: Final = {"m3": 1.0, "L": 0.001, "kL": 1.0}
"""What a volume in these units is multiplied with to be in m3."""

_ANEW: Final = (CounterEvent.RESET, CounterEvent.ROLLOVER, CounterEvent.JUMP)


class Counted(Struct, frozen=True):
    """A day's count in the counter's unit. `carried`: what was counted over a silence across midnight.

    `since` to `until`: the stretch of the day that the count speaks for.
    """

    amount: float
    carried: float
    since: Millis
    until: Millis
    resets: int


class Totaliser:
    """Remembers the last believed reading from one day to the next."""

    def __init__(self, info: MetricInfo, max_gap: Millis, raw: Callable[[Millis, Millis], list[Reading]]) -> None:
        self._info, self._max_gap, self._raw = info, max_gap, raw
        self._last: Sample | None = None

    def begin(self, minutes: Minutes) -> None:
        """The minutes just before the first day."""
        good = minutes.usable()
        if len(good.time):
            self._last = (int(good.time[-1]), float(good.high[-1]))

    def day(self, minutes: Minutes, start: Millis, stop: Millis) -> Counted | None:
        """What was counted on one day; None without a good reading."""
        good = minutes.usable()
        if not len(good.time):
            return None
        last = self._last
        first, until = int(good.time[0]), min(stop, int(good.time[-1]) + MINUTE)
        since = start if last is not None else first
        if self._only_grows(last, good):
            amount, begin = float(good.high[-1] - good.low[0]), float(good.low[0])
            over_midnight = 0.0 if last is None else begin - last[1]
            self._last = (int(good.time[-1]), float(good.high[-1]))
            resets = 0
            amount += over_midnight
        else:
            amount, over_midnight, resets = self._one_by_one(last, start, stop)
        silent = last is not None and first - last[0] > self._max_gap + MINUTE
        return Counted(amount, over_midnight if silent else 0.0, since, until, resets)

    def _only_grows(self, last: Sample | None, good: Minutes) -> bool:
        """Whether every minute goes on from the one before it, no faster than is possible."""
        times = good.time if last is None else np.append(last[0], good.time)
        highs = good.high if last is None else np.append(last[1], good.high)
        lows = good.low if last is None else np.append(last[1], good.low)
        steps = lows[1:] - highs[:-1]
        if (steps < 0).any():
            return False
        rate = self._info.max_rate
        if rate is None:
            return True
        growth = highs[1:] - highs[:-1]
        return bool((growth <= rate * (times[1:] - times[:-1] + MINUTE) / 1000 + 10.0**-self._info.decimals).all())

    def _one_by_one(self, last: Sample | None, start: Millis, stop: Millis) -> tuple[float, float, int]:
        """(counted, of it over midnight, resets) from single readings."""
        readings = self._raw(start, stop)
        samples = [(r.time, r.value) for r in readings if r.usable and r.value is not None]
        samples = samples if last is None else [last, *samples]
        info = self._info
        counted = increase(samples, modulus=info.modulus, max_rate=info.max_rate, resolution=10.0**-info.decimals)
        believed = counted.increments[-1].stop if counted.increments else samples[0][0]
        self._last = next(sample for sample in reversed(samples) if sample[0] == believed)
        over = [one.amount for one in counted.increments[:1] if last is not None and one.start == last[0]]
        resets = sum(event.kind in _ANEW for event in counted.events)
        return counted.total, sum(over), resets
