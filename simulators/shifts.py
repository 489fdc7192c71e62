"""Shifts in WIB, and how a machine spends them: breaks, and stops that nobody planned.

The run time of a weekday is a fixed share of its shifts; chance decides only when the stops come and how long
each is. So run hours and cycles since the origin are known without adding up all days before.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from simulators.local_time import DAY, FRIDAY, HOUR, MINUTE, SUNDAY, midnight, weekday
from simulators.randomness import stream

ORIGIN: Final = 20_094  # Monday 2025-01-06

Window = tuple[int, int]  # ms after local midnight, half open


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours of the local day, and the hour at which its break begins (45 minutes; 90 on Friday noon)."""

    start: float
    stop: float
    pause: float | None = None

    def windows(self, day_of_week: int) -> list[Window]:
        """The productive stretches."""
        start, stop = int(self.start * HOUR), int(self.stop * HOUR)
        if self.pause is None:
            return [(start, stop)]
        pause = int(self.pause * HOUR)
        noon_prayer = day_of_week == FRIDAY and 11 <= self.pause < 13
        return [(start, pause), (pause + (90 if noon_prayer else 45) * MINUTE, stop)]


ONE_SHIFT: Final = (Shift(7.0, 15.5, 11.75),)
TWO_SHIFTS: Final = (Shift(7.0, 15.0, 11.75), Shift(15.0, 23.0, 18.25))
THREE_SHIFTS: Final = (Shift(0.0, 7.0, 3.5), Shift(7.0, 15.0, 11.75), Shift(15.0, 23.0, 18.25), Shift(23.0, 24.0))


@dataclass(frozen=True, slots=True)
class Calendar:
    """A machine's shifts from Monday to Saturday (Sunday too when `always`), and the share it stands still."""

    shifts: tuple[Shift, ...]
    standing: float
    always: bool = False

    def windows(self, day_of_week: int) -> list[Window]:
        """Productive stretches of a weekday."""
        if day_of_week == SUNDAY and not self.always:
            return []
        return [window for shift in self.shifts for window in shift.windows(day_of_week)]

    def running(self, window: Window) -> int:
        """ms of a stretch in which the machine runs."""
        return round((window[1] - window[0]) * (1.0 - self.standing))

    def total(self, day_of_week: int) -> int:
        """ms of a weekday in which the machine runs."""
        return sum(self.running(window) for window in self.windows(day_of_week))

    def before(self, day: int) -> int:
        """ms of running from the origin to the beginning of a local day."""
        weeks, rest = divmod(day - ORIGIN, 7)
        totals = [self.total(day_of_week) for day_of_week in range(7)]
        return weeks * sum(totals) + sum(totals[:rest])


def _cuts(random: Random, total: int, parts: int) -> list[int]:
    """`total` cut at random into `parts` that add up to it exactly."""
    marks = sorted(random.randint(0, total) for _ in range(parts - 1))
    return [stop - start for start, stop in zip([0, *marks], [*marks, total], strict=True)]


def running_spans(calendar: Calendar, seed: int, machine: str, day: int) -> list[Window]:
    """When a machine runs on a local day, as instants (ms UTC)."""
    random, base = stream(seed, machine, day), midnight(day)
    spans: list[Window] = []
    for window in calendar.windows(weekday(day)):
        running = calendar.running(window)
        stops = max(1, round((window[1] - window[0]) / (70 * MINUTE)) + random.randint(-1, 1))
        runs = _cuts(random, running, stops + 1)
        pauses = _cuts(random, window[1] - window[0] - running, stops)
        at = base + window[0]
        for run, pause in zip(runs, [*pauses, 0], strict=True):
            if run:
                spans.append((at, at + run))
            at += run + pause
    assert not spans or spans[-1][1] <= base + DAY
    return spans
