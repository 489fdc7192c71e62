"""Readings with the corrections in force, computed as they are read (`domain.ports.ReadingQuery`).

What is stored stays as it came; whoever wants that reads the query underneath.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from domain.calibration import Correction, CorrectionBook, corrected
from domain.ports_readings import ReadingQuery
from domain.reading import Millis, Reading
from domain.series import Bucket, DaySummary, Selection, StateSpan
from storage.buckets import MINUTE, nice_width, summarise_readings
from storage.days import midnights, summarise_days


class CorrectedReadings:
    """A series without corrections costs one query more and nothing else."""

    def __init__(self, readings: ReadingQuery, corrections: CorrectionBook) -> None:
        self._readings = readings
        self._corrections = corrections

    def latest(self, selection: Selection) -> list[Reading]:
        """The newest reading of each matching series."""
        return [self._corrected([reading])[0] for reading in self._readings.latest(selection)]

    def raw(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """Every reading with start <= time < stop, by time; not those as they came, but those corrected."""
        return self._corrected(self._readings.raw(device, metric, start, stop))

    def series(self, device: str, metric: str, start: Millis, stop: Millis, max_points: int) -> list[Bucket]:
        """At most `max_points` buckets of a round width covering [start, stop)."""
        found = self._readings.series(device, metric, start, stop, max_points)
        steps = self._corrections.in_force(device, metric, start, stop) if found else []
        if not steps:
            return found
        width = nice_width(start, stop, max(1, max_points))
        return [made for one in found for made in self._bucket(device, metric, one, steps, width, start, stop)]

    def daily(
        self, device: str, metric: str, first: date, last: date, zone: ZoneInfo, max_gap: Millis
    ) -> list[DaySummary]:
        """One summary for each local day from first to last (inclusive) that has readings."""
        starts = midnights(first, last, zone) if first <= last else [0]
        begin, end = starts[0] - max_gap, starts[-1] + max_gap
        if not self._corrections.in_force(device, metric, begin, end):
            return self._readings.daily(device, metric, first, last, zone, max_gap)
        minutes = self.series(device, metric, begin, end, -(-end // MINUTE) - begin // MINUTE)
        return summarise_days(minutes, first, starts, max_gap)

    def states(self, device: str, metric: str, start: Millis, stop: Millis, max_gap: Millis) -> list[StateSpan]:
        """Machine states are not corrected."""
        return self._readings.states(device, metric, start, stop, max_gap)

    def _corrected(self, readings: Sequence[Reading]) -> list[Reading]:
        if not readings:
            return []
        series = readings[0].series
        steps = self._corrections.in_force(series.device, series.metric, readings[0].time, readings[-1].time + 1)
        if not steps:
            return list(readings)
        return [replace(one.raw, value=one.value) for one in corrected(readings, steps)]

    def _bucket(
        self,
        device: str,
        metric: str,
        bucket: Bucket,
        steps: Sequence[Correction],
        width: Millis,
        start: Millis,
        stop: Millis,
    ) -> list[Bucket]:
        """The figures under the one correction that holds in all of it; made anew where one begins inside."""
        begin, end = max(bucket.time, start), min(bucket.time + width, stop)
        if any(begin < step.start < end for step in steps):
            return summarise_readings(self.raw(device, metric, begin, end), width)
        before = [step for step in steps if step.start <= begin]
        return [_under(bucket, before[-1]) if before else bucket]


def _under(bucket: Bucket, correction: Correction) -> Bucket:
    """Least, mean and greatest of corrected values: a straight line that rises keeps their order."""
    if bucket.min is None or bucket.mean is None or bucket.max is None:
        return bucket
    low, mean, high = (correction.of(value) for value in (bucket.min, bucket.mean, bucket.max))
    return replace(bucket, min=low, mean=mean, max=high)
