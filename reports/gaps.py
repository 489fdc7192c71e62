"""Slots without a good reading: how many, from when to when, and why. Never filled.

A silence no longer than the device is allowed is no outage: its slots are counted as short ones, or, between two
slots whose bad readings share a reason, with those.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from domain.reading import NOT_EVALUATED, Millis, Reading
from domain.report_measured import Gap, GapCause, GapTotal
from reports.gap_causes import Explanation, Stretch, Why
from reports.minutes import HOUR, Bools, Ints, Slots

LISTED: Final = 40  # gaps of one parameter that are listed, the longest; all are counted
SHORT: Final[Why] = (GapCause.SHORT, None)

Raw = Callable[[Millis, Millis], list[Reading]]
Silent = Callable[[Millis, Millis], Why]


class GapBook:
    """Gathers the gaps of one series, day by day in order; one that spans midnight stays one."""

    def __init__(self, slot: Millis, silent: Silent) -> None:
        """`silent` says why an outage that nobody explained came about."""
        self._slot = slot
        self._silent = silent
        self._open: Gap | None = None
        self._waits: tuple[Gap, Millis] | None = None  # a silence up to midnight, and what its device is allowed
        self._longest: list[tuple[int, int, Gap]] = []
        self._gaps: Counter[Why] = Counter()
        self._slots: Counter[Why] = Counter()

    def silence(self, start: Millis, stop: Millis, slots: int, allowed: Millis, *, goes_on: bool) -> None:
        """Consecutive slots without any reading that nobody explained. `goes_on`: the next day may lengthen it."""
        if self._waits is not None and self._waits[0].stop == start:
            before, allowed = self._waits
            start, slots = before.start, before.slots + slots
        else:
            self._settle()
        self._waits = (Gap(start, stop, slots, GapCause.NO_DATA), allowed)
        if not goes_on:
            self._settle()

    def add(self, start: Millis, stop: Millis, why: Why, slots: int) -> None:
        """Consecutive slots of one cause; `stop` is the day's end where the last slot reaches beyond it."""
        self._settle()
        self._join(start, stop, why, slots)

    def _settle(self) -> None:
        waiting, self._waits = self._waits, None
        if waiting is not None:
            gap, allowed = waiting
            why = self._silent(gap.start, gap.stop) if gap.slots * self._slot > allowed else SHORT
            self._join(gap.start, gap.stop, why, gap.slots)

    def _join(self, start: Millis, stop: Millis, why: Why, slots: int) -> None:
        before = self._open
        if before is not None and before.stop == start and (before.cause, before.reason) == why:
            self._open = Gap(before.start, stop, before.slots + slots, *why)
            return
        self._close()
        self._open = Gap(start, stop, slots, *why)

    def _close(self) -> None:
        gap, self._open = self._open, None
        if gap is None:
            return
        self._gaps[gap.cause, gap.reason] += 1
        self._slots[gap.cause, gap.reason] += gap.slots
        if gap.cause is GapCause.SHORT:
            return
        item = (gap.slots, -gap.start, gap)
        push = heapq.heappush if len(self._longest) < LISTED else heapq.heappushpop
        push(self._longest, item)

    def _finish(self) -> None:
        self._settle()
        self._close()

    def listed(self) -> tuple[Gap, ...]:
        """The longest, by time."""
        self._finish()
        return tuple(sorted((gap for _, _, gap in self._longest), key=lambda gap: gap.start))

    def totals(self) -> tuple[GapTotal, ...]:
        """All of them by cause and reason, most slots first."""
        self._finish()
        found = [GapTotal(*why, self._gaps[why], self._slots[why]) for why in self._gaps]
        return tuple(sorted(found, key=lambda total: (-total.slots, total.cause, total.reason or "")))

    @property
    def left_out(self) -> int:
        """How many gaps are counted but not listed, without the short ones."""
        self._finish()
        return sum(self._gaps.values()) - self._gaps[SHORT] - len(self._longest)


@dataclass(frozen=True)
class EmptySlots:
    """One day of one series: `span` in slots of `width`, `allowed` the longest silence that is no outage (ms)."""

    slots: Slots
    span: Stretch
    width: Millis
    allowed: Millis

    @property
    def count(self) -> int:
        """Slots of the day; 23 or 25 hours of them where the clock changes."""
        start, stop = self.span
        return -((start - stop) // self.width)

    def enter(self, book: GapBook, explained: Callable[[], list[Explanation]], raw: Raw) -> None:
        """Into the book. `explained` is asked only where a slot is empty, `raw` only where readings are bad."""
        if int((self.slots.good > 0).sum()) == self.count:
            return
        codes, causes = self._codes(raw)
        for (begin, end), why in explained():
            cut = self._cut(begin, end)
            codes[cut] = np.where(codes[cut] == 0, 0, _code(causes, why))
        runs = _bridged(_runs(codes), causes, self.allowed // self.width)
        for low, high, code in runs:
            if code == 1:
                book.silence(*self._stretch(low, high), high - low, self.allowed, goes_on=high == self.count)
            elif code:
                book.add(*self._stretch(low, high), causes[code], high - low)

    def _codes(self, raw: Raw) -> tuple[Ints, list[Why]]:
        """0 for a good slot, 1 for a silent one, else the place of its cause in the list."""
        causes: list[Why] = [SHORT, SHORT]
        codes = np.ones(self.count, dtype=np.int64)
        index = (self.slots.time - self.span[0]) // self.width
        bad = np.zeros(self.count, dtype=bool)
        bad[index] = (self.slots.good == 0) & (self.slots.bad > 0)
        codes[index[self.slots.good > 0]] = 0
        reasons = _reasons(bad, self.span[0], self.width, raw)
        for at in np.flatnonzero(bad).tolist():
            codes[at] = _code(causes, (GapCause.BAD_QUALITY, reasons.get(at)))
        return codes, causes

    def _cut(self, begin: Millis, end: Millis) -> slice:
        start = self.span[0]
        return slice(max(0, (begin - start) // self.width), max(0, -((start - end) // self.width)))

    def _stretch(self, low: int, high: int) -> Stretch:
        start, stop = self.span
        return start + low * self.width, min(stop, start + high * self.width)


def _code(causes: list[Why], why: Why) -> int:
    if why not in causes[2:]:
        causes.append(why)
    return causes.index(why, 2)


Run = tuple[int, int, int]


def _bridged(runs: list[Run], causes: list[Why], allowed: int) -> list[Run]:
    """Short silences between two runs of bad readings with one reason belong to them."""
    found = list(runs)
    for n in range(1, len(found) - 1):
        (low, high, code), before, after = found[n], found[n - 1][2], found[n + 1][2]
        bad = before == after and before > 1 and causes[before][0] is GapCause.BAD_QUALITY
        if code == 1 and bad and high - low <= allowed:
            found[n] = (low, high, before)
    return found


def _runs(codes: Ints) -> list[Run]:
    """Consecutive slots of equal code as (first, after the last, code)."""
    edges = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    ends = np.append(edges[1:], len(codes))
    return list(zip(edges.tolist(), ends.tolist(), codes[edges].tolist(), strict=True))


def _reasons(bad: Bools, start: Millis, width: Millis, raw: Raw) -> dict[int, str | None]:
    """The most frequent reason of each slot with bad readings only; None where none is given."""
    counted: dict[int, Counter[str]] = {}
    for low, high in hours_with(start + np.flatnonzero(bad) * width, width):
        for reading in raw(low, high):
            slot = (reading.time - start) // width
            if reading.quality > NOT_EVALUATED and reading.reason is not None and slot < len(bad) and bad[slot]:
                counted.setdefault(slot, Counter())[reading.reason] += 1
    return {slot: min(tally, key=lambda word: (-tally[word], word)) for slot, tally in counted.items()}


def hours_with(times: Ints, width: Millis) -> list[Stretch]:
    """Stretches that hold these slots of `width`, cut so that slots less than an hour apart are read together."""
    stretches: list[Stretch] = []
    for time in times.tolist():
        if stretches and time - stretches[-1][1] < HOUR:
            stretches[-1] = (stretches[-1][0], time + width)
        else:
            stretches.append((time, time + width))
    return stretches
