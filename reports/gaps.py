"""Slots without a good reading: how many, from when to when, and why. Never filled."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from domain.reading import NOT_EVALUATED, Millis, Reading
from domain.report import Gap, GapCause, GapTotal
from reports.minutes import HOUR, Bools, Slots

LISTED: Final = 40  # gaps of one parameter that are listed, the longest; all are counted

Why = tuple[GapCause, str | None]
Stretch = tuple[Millis, Millis]


class GapBook:
    """Gathers the gaps of one series, day by day in order; one that spans midnight stays one."""

    def __init__(self, slot: Millis) -> None:
        self._slot = slot
        self._open: Gap | None = None
        self._longest: list[tuple[int, int, Gap]] = []
        self._gaps: Counter[Why] = Counter()
        self._slots: Counter[Why] = Counter()

    def add(self, start: Millis, stop: Millis, why: Why, slots: int) -> None:
        """Consecutive empty slots of one day; `stop` is the day's end where the last slot reaches beyond it."""
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
        item = (gap.slots, -gap.start, gap)
        push = heapq.heappush if len(self._longest) < LISTED else heapq.heappushpop
        push(self._longest, item)

    def listed(self) -> tuple[Gap, ...]:
        """The longest, by time."""
        self._close()
        return tuple(sorted((gap for _, _, gap in self._longest), key=lambda gap: gap.start))

    def totals(self) -> tuple[GapTotal, ...]:
        """All of them by cause and reason, most slots first."""
        self._close()
        found = [GapTotal(*why, self._gaps[why], self._slots[why]) for why in self._gaps]
        return tuple(sorted(found, key=lambda total: (-total.slots, total.cause, total.reason or "")))

    @property
    def left_out(self) -> int:
        """How many gaps are counted but not listed."""
        self._close()
        return sum(self._gaps.values()) - len(self._longest)


def note_gaps(
    book: GapBook,
    slots: Slots,
    day: Stretch,
    width: Millis,
    rests: Sequence[Stretch],
    calibrations: Callable[[], Sequence[Stretch]],
    raw: Callable[[Millis, Millis], list[Reading]],
) -> None:
    """Enter the empty slots of one day. Of several causes a pause goes before a calibration, that before bad quality.

    `calibrations` is asked only where a slot is empty, `raw` (readings of a stretch) only where readings are bad.
    """
    start, stop = day
    count = -((start - stop) // width)
    if int((slots.good > 0).sum()) == count:
        return
    valid, bad = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    index = (slots.time - start) // width
    valid[index], bad[index] = slots.good > 0, (slots.good == 0) & (slots.bad > 0)
    codes = np.where(valid, 0, np.where(bad, 2, 1))
    for code, stretches in ((3, calibrations()), (4, rests)):
        for begin, end in stretches:
            cut = slice(max(0, (begin - start) // width), max(0, -((start - end) // width)))
            codes[cut] = np.where(codes[cut] == 0, 0, code)
    reasons = _reasons(codes == 2, start, width, raw)
    for low, high, code in _runs(codes):
        causes = {1: GapCause.NO_DATA, 3: GapCause.CALIBRATION, 4: GapCause.PAUSE}
        if code in causes:
            book.add(start + low * width, min(stop, start + high * width), (causes[code], None), high - low)
        elif code:
            _add_bad(book, range(low, high), reasons, start, stop, width)


def _add_bad(
    book: GapBook, slots: range, reasons: dict[int, str | None], start: Millis, stop: Millis, width: Millis
) -> None:
    """One gap for each run of slots whose bad readings share their reason."""
    begin = slots.start
    for at in range(slots.start + 1, slots.stop + 1):
        if at == slots.stop or reasons.get(at) != reasons.get(begin):
            why = (GapCause.BAD_QUALITY, reasons.get(begin))
            book.add(start + begin * width, min(stop, start + at * width), why, at - begin)
            begin = at


def _runs(codes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[tuple[int, int, int]]:
    """Consecutive slots of equal code as (first, after the last, code)."""
    edges = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    ends = np.append(edges[1:], len(codes))
    return list(zip(edges.tolist(), ends.tolist(), codes[edges].tolist(), strict=True))


def _reasons(
    bad: Bools, start: Millis, width: Millis, raw: Callable[[Millis, Millis], list[Reading]]
) -> dict[int, str | None]:
    """The most frequent reason of each slot with bad readings only; None where none is given."""
    counted: dict[int, Counter[str]] = {}
    for low, high in hours_with(start + np.flatnonzero(bad) * width, width):
        for reading in raw(low, high):
            slot = (reading.time - start) // width
            if reading.quality > NOT_EVALUATED and reading.reason is not None and slot < len(bad) and bad[slot]:
                counted.setdefault(slot, Counter())[reading.reason] += 1
    return {slot: min(tally, key=lambda word: (-tally[word], word)) for slot, tally in counted.items()}


def hours_with(times: np.ndarray[tuple[int], np.dtype[np.int64]], width: Millis) -> list[Stretch]:
    """Stretches that hold these slots of `width`, cut so that slots less than an hour apart are read together."""
    stretches: list[Stretch] = []
    for time in times.tolist():
        if stretches and time - stretches[-1][1] < HOUR:
            stretches[-1] = (stretches[-1][0], time + width)
        else:
            stretches.append((time, time + width))
    return stretches
