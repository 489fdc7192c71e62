"""Debit at a compliance point: m3 on each local day, of the meter that speaks for more of it.

Meters of a point that follow each other in time are joined day by day. Where several measured on a day, the one that
covers more of it counts, else the one the point names first; never two for the same water.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from domain.ports import ReadingQuery
from domain.reading import Millis
from domain.report_water import Volume, VolumeDay
from reports.gap_causes import Stretch
from reports.kept import rounded
from reports.meter_course import Meter, MeterCourse, Seen


class VolumeCourse:
    """Gathers a point's days in order. `max_gap`: ms, what a flow is joined across at least."""

    def __init__(self, readings: ReadingQuery, meters: Sequence[Meter], max_gap: Millis) -> None:
        self._meters = [MeterCourse(readings, meter, max_gap) for meter in meters]
        self._days: list[VolumeDay] = []
        self._last_of: dict[str, Millis] = {}  # when the last day ended that a meter was chosen for
        self._share = (0, 0.0)  # ms of all days, of them covered

    def add_day(self, day: date, span: Stretch) -> Seen:
        """One local day; what it was made from."""
        seen: Seen = []
        found = [meter.day(day, span, seen) for meter in self._meters]
        best, since = max(found, key=lambda one: one[0].covered, default=(VolumeDay(day, None, 0.0, None), span[0]))
        if best.carried and any(stop > since for name, stop in self._last_of.items() if name != best.device):
            best = replace(best, carried=0.0)  # another meter counted that water
        if best.device is not None:
            self._last_of[best.device] = span[1]
        self._days.append(best)
        length = span[1] - span[0]
        self._share = (self._share[0] + length, self._share[1] + best.covered * length)
        return seen

    def between(self, start: Millis, stop: Millis) -> tuple[float | None, float]:
        """m3 that the flow integrates to over any stretch, and the share of it that rests on readings."""
        if stop <= start:
            return None, 0.0
        found = (meter.between(start, stop) for meter in self._meters)
        volume, covered = max(found, key=lambda one: one[1], default=(0.0, 0))
        return (rounded(volume) if covered else None), rounded(covered / (stop - start)) or 0.0

    def finished(self) -> Volume:
        """The whole period."""
        volumes = [day.volume for day in self._days if day.volume is not None]
        carried = sum(day.carried for day in self._days)
        used = list(dict.fromkeys(day.device for day in self._days if day.device is not None))
        first = self._meters[0].meter.device if self._meters else None
        total, covered = self._share
        return Volume(
            used[0] if used else first,
            tuple(self._days),
            rounded(sum(volumes) + carried) if volumes else None,
            len(volumes),
            rounded(covered / total) or 0.0 if total else 0.0,
            rounded(carried) or 0.0,
            tuple(used),
        )
