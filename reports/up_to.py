"""Readings up to a moment: a report depends on nothing that was measured after its last day."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from domain.ports import ReadingQuery
from domain.reading import Millis, Reading
from domain.report_period import midnight
from domain.series import Bucket, DaySummary, Selection, StateSpan


class UpTo:
    """A view of readings in which there is none at `stop` or later (ms UTC, a whole minute)."""

    def __init__(self, readings: ReadingQuery, stop: Millis) -> None:
        self._readings, self._stop = readings, stop

    def latest(self, selection: Selection) -> list[Reading]:
        """Those whose newest reading is not later."""
        return [one for one in self._readings.latest(selection) if one.time < self._stop]

    def raw(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """As `ReadingQuery`."""
        last = min(stop, self._stop)
        return self._readings.raw(device, metric, start, last) if start < last else []

    def series(self, device: str, metric: str, start: Millis, stop: Millis, max_points: int) -> list[Bucket]:
        """As `ReadingQuery`; the buckets keep the width they would have had."""
        last = min(stop, self._stop)
        if start >= last:
            return []
        points = max_points if last == stop else max(1, max_points * (last - start) // (stop - start))
        return self._readings.series(device, metric, start, last, points)

    def daily(
        self, device: str, metric: str, first: date, last: date, zone: ZoneInfo, max_gap: Millis
    ) -> list[DaySummary]:
        """Of the days that are over by then."""
        while last >= first and midnight(last + timedelta(days=1), zone) > self._stop:
            last -= timedelta(days=1)
        return self._readings.daily(device, metric, first, last, zone, max_gap) if last >= first else []

    def states(self, device: str, metric: str, start: Millis, stop: Millis, max_gap: Millis) -> list[StateSpan]:
        """As `ReadingQuery`."""
        last = min(stop, self._stop)
        return self._readings.states(device, metric, start, last, max_gap) if start < last else []
