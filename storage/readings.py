"""Readings as they are asked for: the store merged with the journal's tail (port `ReadingQuery`).

The journal is read first and the store second: what is moved from one to the other in between is then seen twice,
never not at all, and the journal wins. Where quality intervals are given, readings inside one carry its flag and
count as no better in every figure; their values stay as they came.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog

from domain.errors import NotPermitted, PantauError, Unavailable, WriteRejected
from domain.ports import Journal, QualityIntervals, ReadingStore
from domain.quality import QualityInterval
from domain.reading import Millis, Reading
from domain.series import Bucket, DaySummary, Selection, StateSpan
from storage.buckets import DAY, HOUR, MINUTE, combine, nice_width, summarise_readings
from storage.days import good, midnights, summarise_days
from storage.journal_fold import newer
from storage.machine_states import Sample, spans
from storage.quality_left_out import QualityLeftOut
from storage.quality_overlay import lowered, overlaid, slots

AHEAD: Millis = 300_000  # a reading may be this much newer than its receipt
EXACT_STATES: Millis = 48 * HOUR  # up to here states are cut at readings, beyond at whole minutes

AWAY = (Unavailable, NotPermitted, WriteRejected)  # also a store that lets us in no more has the journal beside it

T = TypeVar("T")
_log = structlog.get_logger()


class MergedReadings:
    """While the store is away, `latest` and ranges that the journal holds wholly are still answered.

    `store_away` says why, for the health page; it is None as long as the last read reached the store. A range that
    needs the store raises Unavailable.
    """

    def __init__(self, store: ReadingStore, journal: Journal, intervals: QualityIntervals | None = None) -> None:
        """Without `intervals` readings are as they came (for the checks themselves)."""
        self._store = store
        self._journal = journal
        self._intervals = intervals
        self.store_away: str | None = None

    def leaving_out(self, reasons: frozenset[str]) -> MergedReadings:
        """The same readings as if nothing had been judged for these reasons."""
        intervals = None if self._intervals is None else QualityLeftOut(self._intervals, reasons)
        return MergedReadings(self._store, self._journal, intervals)

    def latest(self, selection: Selection) -> list[Reading]:
        """The newest reading of each matching series, by site, device, metric."""
        arrived = self._journal.latest(selection)
        stored = self._ask(lambda: self._store.latest(selection), instead=list[Reading])
        newest = {(r.series.device, r.series.metric): r for r in stored}
        for reading in arrived:
            key = (reading.series.device, reading.series.metric)
            if key not in newest or newer(reading.time, reading.received_at, newest[key].time):
                newest[key] = reading
        found = sorted(newest.values(), key=lambda r: (r.series.site, r.series.device, r.series.metric))
        return self._judged_lately(found)

    def raw(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """Every reading with start <= time < stop, by time."""
        tail = self._journal.tail(device, metric, start, stop)
        found = self._with_tail(tail, device, metric, start, stop)
        return overlaid(found, self._lowering(device, metric, start, stop))

    def series(self, device: str, metric: str, start: Millis, stop: Millis, max_points: int) -> list[Bucket]:
        """At most `max_points` buckets of a round width covering [start, stop)."""
        if stop <= start:
            return []
        return self._buckets(device, metric, start, stop, nice_width(start, stop, max(1, max_points)))

    def daily(
        self, device: str, metric: str, first: date, last: date, zone: ZoneInfo, max_gap: Millis
    ) -> list[DaySummary]:
        """One summary for each local day from first to last (inclusive) that has readings."""
        if last < first:
            return []
        starts = midnights(first, last, zone)
        minutes = self._buckets(device, metric, starts[0] - max_gap, starts[-1] + max_gap, MINUTE)
        return summarise_days(minutes, first, starts, max_gap)

    def states(self, device: str, metric: str, start: Millis, stop: Millis, max_gap: Millis) -> list[StateSpan]:
        """Machine states from a run metric; exact to the reading in ranges of up to two days, else to the minute."""
        if stop <= start:
            return []
        return spans(self._samples(device, metric, start - max_gap, stop), start, stop, max_gap)

    def _samples(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Sample]:
        if stop - start <= EXACT_STATES:
            readings = self.raw(device, metric, start, stop)
            return [(r.time, r.value) for r in readings if r.usable and r.value is not None]
        minutes = good(self._buckets(device, metric, start, stop, MINUTE))
        return [(minute.time, minute.mean) for minute in minutes if minute.mean is not None]

    def _buckets(self, device: str, metric: str, start: Millis, stop: Millis, width: Millis) -> list[Bucket]:
        """The store's buckets, those that the journal's tail touches made anew from readings.

        Buckets of many hours are made anew by the hour, so that few readings are unpacked for them.
        """
        tail = self._journal.tail(device, metric, start, stop)
        intervals = self._lowering(device, metric, start, stop)
        try:
            buckets = self._merged(tail, intervals, device, metric, start, stop, width)
        except AWAY as error:
            self._need_journal(start, error)
            return summarise_readings(overlaid(tail, intervals), width)
        self.store_away = None
        return buckets

    def _merged(
        self,
        tail: list[Reading],
        intervals: list[QualityInterval],
        device: str,
        metric: str,
        start: Millis,
        stop: Millis,
        width: Millis,
    ) -> list[Bucket]:
        buckets = {b.time: b for b in self._store.buckets(device, metric, start, stop, width)}
        arrived = {reading.time // width for reading in tail}
        anew = set(arrived)
        for number, touching in slots(intervals, start, stop, width).items():
            before = buckets.get(number * width)
            if before is None or number in arrived:
                continue
            after = lowered(before, touching, start, stop, width)
            if after is None:
                anew.add(number)
            else:
                buckets[number * width] = after
        for low, high in _stretches(sorted(anew)):
            begin, end = max(start, low * width), min(stop, high * width)
            inside = [reading for reading in tail if begin <= reading.time < end]
            around = [one for one in intervals if one.start < end and begin < one.stop]
            if width > HOUR and width % HOUR == 0:
                hours = self._merged(inside, around, device, metric, begin, end, HOUR)
                again = combine(hours, width)
            else:
                readings = self._with_tail(inside, device, metric, begin, end)
                again = summarise_readings(overlaid(readings, around), width)
            for bucket in again:
                buckets[bucket.time] = bucket
        return [buckets[time] for time in sorted(buckets)]

    def _lowering(self, device: str, metric: str, start: Millis, stop: Millis) -> list[QualityInterval]:
        if self._intervals is None:
            return []
        return [one for one in self._intervals.overlapping(device, metric, start, stop) if one.lowers]

    def _judged_lately(self, newest: list[Reading]) -> list[Reading]:
        """The newest readings under what was judged of the last day; older ones stand as they came."""
        if self._intervals is None or not newest:
            return newest
        of: dict[tuple[str, str], list[QualityInterval]] = {}
        for one in self._intervals.since(max(reading.time for reading in newest) - DAY):
            if one.lowers:
                of.setdefault((one.device, one.metric), []).append(one)
        if not of:
            return newest
        return [overlaid([r], of.get((r.series.device, r.series.metric), ()))[0] for r in newest]

    def _with_tail(self, tail: list[Reading], device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        try:
            stored = self._store.raw(device, metric, start, stop)
            self.store_away = None
        except AWAY as error:
            self._need_journal(start, error)
            return tail
        if not tail:
            return stored
        merged = {reading.time: reading for reading in stored}
        merged.update((reading.time, reading) for reading in tail)
        return [merged[time] for time in sorted(merged)]

    def _ask(self, read: Callable[[], T], instead: Callable[[], T]) -> T:
        try:
            answer = read()
        except AWAY as error:
            self._note(error)
            return instead()
        self.store_away = None
        return answer

    def _need_journal(self, start: Millis, error: PantauError) -> None:
        """Go on without the store only if everything since `start` must still be in the journal."""
        self._note(error)
        oldest = self._journal.read(0, 1)
        if not oldest or start < oldest[0].reading.received_at + AHEAD:
            raise error

    def _note(self, error: PantauError) -> None:
        if self.store_away is None:
            _log.warning("reading_without_store", error=str(error))
        self.store_away = str(error)


def _stretches(numbers: list[int]) -> list[tuple[int, int]]:
    """Runs of consecutive numbers as half-open pairs."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs
