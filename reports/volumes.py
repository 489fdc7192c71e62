"""Debit at a compliance point: m3 on each local day, from a totaliser where there is one, else from the flow."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from domain.metrics import MetricInfo
from domain.ports import ReadingQuery
from domain.reading import Millis
from domain.report import Volume, VolumeDay, VolumeMethod
from reports.flow import FLOW, TO_M3_AN_HOUR, integral
from reports.gap_causes import Stretch
from reports.gaps import Raw
from reports.minutes import HOUR, Minutes, read_minutes
from reports.parameter import rounded
from reports.totaliser import TO_M3, TOTAL, Totaliser

DAY: Millis = 24 * HOUR


class Meter(Struct, frozen=True):
    """The flow meter of a point: its device and what of it is known to be in a unit that can be counted in m3."""

    device: str
    flow: MetricInfo | None
    total: MetricInfo | None


def meter_of(device: str, infos: tuple[MetricInfo, ...]) -> Meter | None:
    """None for a device that meters no flow."""
    flow = next((one for one in infos if one.metric == FLOW and one.unit in TO_M3_AN_HOUR), None)
    total = next((one for one in infos if one.metric == TOTAL and one.unit in TO_M3), None)
    return None if flow is None and total is None else Meter(device, flow, total)


class VolumeCourse:
    """Gathers a meter's days in order."""

    def __init__(self, readings: ReadingQuery, meter: Meter, max_gap: Millis) -> None:
        self._readings, self._meter, self._max_gap = readings, meter, max_gap
        self._days: list[VolumeDay] = []
        self._share = (0, 0.0)  # ms of all days, of them covered
        total = meter.total
        self._totaliser = None if total is None else Totaliser(total, max_gap, self._raw(total.metric))

    def _raw(self, metric: str) -> Raw:
        return lambda start, stop: self._readings.raw(self._meter.device, metric, start, stop)

    def add_day(self, day: date, span: Stretch) -> list[tuple[str, Minutes]]:
        """One local day; the minutes it was made from, by metric."""
        seen: list[tuple[str, Minutes]] = []
        found = self._counted(day, span, seen) or self._integrated(day, span, seen)
        found = found or VolumeDay(day, None, 0.0, None)
        self._days.append(found)
        length = span[1] - span[0]
        self._share = (self._share[0] + length, self._share[1] + found.covered * length)
        return seen

    def _counted(self, day: date, span: Stretch, seen: list[tuple[str, Minutes]]) -> VolumeDay | None:
        info, totaliser = self._meter.total, self._totaliser
        if info is None or totaliser is None:
            return None
        start, stop = span
        minutes = read_minutes(self._readings, self._meter.device, info.metric, start - self._max_gap, stop)
        inside = minutes.between(start, stop)
        seen.append((info.metric, inside))
        if not self._days:
            totaliser.begin(minutes.between(start - self._max_gap, start))
        counted = totaliser.day(inside, start, stop)
        if counted is None:
            return None
        factor = TO_M3[info.unit]
        covered = (counted.until - counted.since) / (stop - start)
        return VolumeDay(
            day,
            rounded(counted.amount * factor),
            rounded(covered) or 0.0,
            VolumeMethod.TOTALISER,
            rounded(counted.carried * factor) or 0.0,
            counted.resets,
        )

    def _integrated(self, day: date, span: Stretch, seen: list[tuple[str, Minutes]]) -> VolumeDay | None:
        info, gap = self._meter.flow, self._max_gap
        if info is None:
            return None
        start, stop = span
        minutes = read_minutes(self._readings, self._meter.device, info.metric, start - gap, stop + gap)
        seen.append((info.metric, minutes.between(start, stop)))
        area, hours = integral(minutes, start, stop, gap)
        if not hours:
            return None
        volume = rounded(area * TO_M3_AN_HOUR[info.unit])
        return VolumeDay(day, volume, rounded(hours * HOUR / (stop - start)) or 0.0, VolumeMethod.INTEGRAL)

    def between(self, start: Millis, stop: Millis) -> tuple[float | None, float]:
        """m3 that the flow integrates to over any stretch, and the share of it that rests on readings."""
        info, gap = self._meter.flow, self._max_gap
        if info is None or stop <= start:
            return None, 0.0
        volume = covered = 0.0
        for begin in range(start, stop, DAY):
            end = min(stop, begin + DAY)
            minutes = read_minutes(self._readings, self._meter.device, info.metric, begin - gap, end + gap)
            area, hours = integral(minutes, begin, end, gap)
            volume, covered = volume + area * TO_M3_AN_HOUR[info.unit], covered + hours
        return (rounded(volume) if covered else None), rounded(covered * HOUR / (stop - start)) or 0.0

    def finished(self) -> Volume:
        """The whole period."""
        volumes = [day.volume for day in self._days if day.volume is not None]
        total, covered = self._share
        return Volume(
            self._meter.device,
            tuple(self._days),
            rounded(sum(volumes)) if volumes else None,
            len(volumes),
            rounded(covered / total) or 0.0 if total else 0.0,
        )
