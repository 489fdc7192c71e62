"""What a counter counted between its readings, across resets, roll-overs and misread digits.

The readings stay as they came. This is a pure function of them, so a reboot of Pantau changes nothing: whoever asks
hands in the readings of the window and the last one before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Final

from msgspec import Struct, field

from domain.reading import Millis

_NEAR_THE_TOP: Final = 4  # a fall counts as roll-over where what lies between is at most 1/4 of the modulus


_KNOWN: Final = 8  # so many growths tell how fast a counter counts
_USUAL: Final = 0.75  # of its growths are slower
_FASTER: Final = 100  # than usual: a step


class CounterEvent(StrEnum):
    """What a counter did beside counting."""

    RESET = "reset"  # it began anew
    ROLLOVER = "rollover"  # it passed its modulus
    MISREAD = "misread"  # one reading that the next did not confirm
    TOO_FAST = "too_fast"  # it grew faster than is possible; nothing is counted
    JUMP = "jump"  # it goes on from another value: a new meter, or a changed unit


class Event(Struct, frozen=True):
    """Something to tell beside the sum: from one reading to the next."""

    time: Millis
    kind: CounterEvent
    before: float
    after: float


class Increment(Struct, frozen=True):
    """So much was counted between two readings."""

    start: Millis
    stop: Millis
    amount: float


class Counted(Struct):
    """`total` is the sum of `increments`. `pending`: the last reading fell or leapt and waits for the next."""

    total: float = 0.0
    increments: list[Increment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    pending: bool = False


Sample = tuple[Millis, float]


def increase(
    samples: Iterable[Sample],
    *,
    modulus: float | None = None,
    max_rate: float | None = None,
    resolution: float = 0.0,
) -> Counted:
    """What was counted from the first sample to the last; samples ascend in time and are usable readings.

    `modulus`: the value that is never reached (65,536 for 16 bits). `max_rate`: the most that can be counted in a
    second, and `resolution` the last digit shown, which may turn at any moment. A reading that falls, or grows too
    fast, is believed when the next one goes on from it. No single reading is believed against those on both sides of
    it: the first of all, or one that rose, is a misread where the others go on without it.
    """
    counting = _Counting(modulus, max_rate, resolution)
    for sample in samples:
        counting.see(sample)
    counting.counted.pending = counting.held is not None
    return counting.counted


def likely_rate(samples: Iterable[Sample]) -> float | None:
    """The most that a counter counts in a second, by its own growths: far more than usual is a step, no count.

    None where there are too few. Among the fastest growths are misread digits, so they are not asked.
    """
    growths = [
        (after[1] - before[1]) * 1000 / (after[0] - before[0])
        for before, after in pairwise(samples)
        if after[1] > before[1] and after[0] > before[0]
    ]
    if len(growths) < _KNOWN:
        return None
    return sorted(growths)[int(_USUAL * (len(growths) - 1))] * _FASTER


class _Counting:
    """Where the count stands: the last believed sample, since when it stands there, and one that waits."""

    def __init__(self, modulus: float | None, max_rate: float | None, resolution: float) -> None:
        self.counted = Counted()
        self.held: Sample | None = None
        self._last: Sample | None = None
        self._changed: Millis = 0
        self._earlier: Sample | None = None  # what was believed before the last; None while nothing confirmed it
        self._grown = 0.0  # from there to the last
        self._modulus, self._max_rate, self._from_zero = modulus, max_rate, max_rate is not None
        self._resolution = resolution * (1 + 1e-6)  # of binary fractions

    def see(self, sample: Sample) -> None:
        last, held = self._last, self.held
        if last is None:
            self._believe(sample)
        elif self._goes_on(last, self._changed, sample):
            if held is not None:
                self._tell(held[0], CounterEvent.MISREAD, last[1], held[1])
            self._count(last, sample, sample[1] - last[1])
        elif self._rolls_over(last, sample):
            self._tell(sample[0], CounterEvent.ROLLOVER, last[1], sample[1])
            self._count(last, sample, sample[1] + (self._modulus or 0) - last[1])
        elif held is not None and self._goes_on(held, held[0], sample):
            if not self._without_a_misread(last, held):
                self._begin_anew(last, held)
            self._count(held, sample, sample[1] - held[1])
        else:
            self._hold(last, sample)

    def _goes_on(self, before: Sample, since: Millis, after: Sample) -> bool:
        """Whether a counter that stood at `before` since then can be at `after`."""
        return after[1] >= before[1] and self._possible(after[1] - before[1], since, after[0])

    def _possible(self, amount: float, since: Millis, now: Millis) -> bool:
        return self._max_rate is None or amount <= self._max_rate * (now - since) / 1000 + self._resolution

    def _rolls_over(self, last: Sample, sample: Sample) -> bool:
        if self._modulus is None or sample[1] >= last[1]:
            return False
        passed = sample[1] + self._modulus - last[1]
        return passed <= self._modulus / _NEAR_THE_TOP and self._possible(passed, self._changed, sample[0])

    def _without_a_misread(self, last: Sample, held: Sample) -> bool:
        """What was held is confirmed. Where it goes on from what stood before the last, the last was a misread."""
        before = self._earlier
        if before is not None and not (before[1] <= held[1] < last[1]):
            return False
        self._tell(last[0], CounterEvent.MISREAD, held[1] if before is None else before[1], last[1])
        if before is None:
            self._believe(held)
            return True
        self._take_back()
        self._last = before
        self._count(before, held, held[1] - before[1])
        return True

    def _take_back(self) -> None:
        """What was counted up to a misread. Already told, where readings come one at a time: then less is counted."""
        counted = self.counted
        counted.total -= self._grown
        if counted.increments:
            counted.increments.pop()
        elif self._grown and self._last is not None:
            counted.increments.append(Increment(self._last[0], self._last[0], -self._grown))

    def _begin_anew(self, last: Sample, held: Sample) -> None:
        """What was held is confirmed. What it shows is counted only where it can be what it counted since zero."""
        fell = held[1] < last[1]
        self._tell(held[0], CounterEvent.RESET if fell else CounterEvent.JUMP, last[1], held[1])
        from_zero = fell and self._from_zero and self._possible(held[1], last[0], held[0])
        self._count(last, held, held[1] if from_zero else 0.0)

    def _hold(self, last: Sample, sample: Sample) -> None:
        if sample[1] > last[1]:
            self._tell(sample[0], CounterEvent.TOO_FAST, last[1], sample[1])
        self.held = sample

    def _count(self, before: Sample, after: Sample, amount: float) -> None:
        self.counted.increments.append(Increment(before[0], after[0], amount))
        self.counted.total += amount
        self._believe(after)
        self._earlier, self._grown = before, amount

    def _believe(self, sample: Sample) -> None:
        if self._last is None or sample[1] != self._last[1]:
            self._changed = sample[0]
        self._last, self.held = sample, None

    def _tell(self, time: Millis, kind: CounterEvent, before: float, after: float) -> None:
        self.counted.events.append(Event(time, kind, before, after))


class Counter:
    """The same, reading by reading or stretch by stretch: each call says what was counted since the last. An amount
    below zero takes back what a misread had added. Its memory can be kept.
    """

    def __init__(
        self, *, modulus: float | None = None, max_rate: float | None = None, resolution: float = 0.0
    ) -> None:
        """As `increase`."""
        self._counting = _Counting(modulus, max_rate, resolution)

    def see(self, time: Millis, value: float) -> list[Increment]:
        """What this reading lets us believe; empty for the first, and while one waits for the next. Times ascend."""
        return self.take([(time, value)]).increments

    def take(self, samples: Iterable[Sample]) -> Counted:
        """What these let us believe, beside what was told before."""
        self._counting.counted = Counted()
        for sample in samples:
            self._counting.see(sample)
        self._counting.counted.pending = self.waiting
        return self._counting.counted

    def at_most(self, max_rate: float) -> None:
        """No rate was declared, but the readings tell that it counts no faster."""
        if not self._counting._from_zero:
            self._counting._max_rate = max_rate

    def believe(self, last: Sample) -> None:
        """Readings that somebody else saw only grow end with this one: go on from it."""
        counting = self._counting
        counting._believe(last)
        counting._earlier, counting._grown = last, 0.0

    @property
    def believed(self) -> Sample | None:
        """The last reading that is believed; None before the first."""
        return self._counting._last

    @property
    def confirmed(self) -> bool:
        """Whether more than one reading speaks for what is believed."""
        return self._counting._earlier is not None

    @property
    def waiting(self) -> bool:
        """Whether the last reading fell or leapt and waits for the next."""
        return self._counting.held is not None

    def memory(self) -> list[float | None]:
        """Where the count stands, as plain numbers."""
        counting = self._counting
        pairs = [counting._last, counting.held, counting._earlier]
        last, held, earlier = [one or (None, None) for one in pairs]
        return [*last, *held, counting._changed, *earlier, counting._grown]

    def restore(self, memory: list[float | None]) -> None:
        """Go on from there. A memory of an earlier version ends after the fifth number."""
        time, value, held_time, held_value, changed, *more = memory
        counting = self._counting
        counting._last = _sample(time, value)
        counting.held = _sample(held_time, held_value)
        counting._changed = int(changed or 0)
        earlier_time, earlier_value, grown = more or (time, value, 0.0)
        counting._earlier, counting._grown = _sample(earlier_time, earlier_value), grown or 0.0


def _sample(time: float | None, value: float | None) -> Sample | None:
    return None if time is None or value is None else (int(time), value)
