"""One flow meter's days in order: by its totaliser or by its flow, whichever speaks for more of the day.

What the totaliser counted over a silence across midnight is carried: it belongs to the period, but is no day's own.
Water that a day's flow told already is not counted by the totaliser once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from domain.metrics import MetricInfo
from domain.ports import ReadingQuery
from domain.reading import Millis, Reading
from domain.report_water import VolumeDay, VolumeMethod
from reports.flow import FLOW, TO_M3_AN_HOUR, integral
from reports.gap_causes import Stretch
from reports.kept import rounded
from reports.minutes import HOUR, MINUTE, Minutes, read_minutes
from reports.totaliser import LOOK_BACK, TO_M3, TOTAL, Counted, Totaliser

DAY: Final[Millis] = 24 * HOUR
FURTHER: Final = (LOOK_BACK, DAY, 7 * DAY, 31 * DAY)  # how far before a period the totaliser's last reading is sought

Seen = list[tuple[str, str, Minutes]]
"""(device, metric, minutes) that a volume was made from."""


class Meter(Struct, frozen=True):
    """A flow meter: its device and what of it is known to be in a unit that can be counted in m3."""

    device: str
    flow: MetricInfo | None
    total: MetricInfo | None

    @property
    def infos(self) -> tuple[MetricInfo, ...]:
        """What it has."""
        return tuple(info for info in (self.flow, self.total) if info is not None)


def meter_of(device: str, infos: Sequence[MetricInfo]) -> Meter | None:
    """None for a device that meters no flow."""
    flow = next((one for one in infos if one.metric == FLOW and one.unit in TO_M3_AN_HOUR), None)
    total = next((one for one in infos if one.metric == TOTAL and one.unit in TO_M3), None)
    return None if flow is None and total is None else Meter(device, flow, total)


def gap_of(info: MetricInfo | None, max_gap: Millis) -> Millis:
    """The longest silence that a metric's readings are joined across: `max_gap`, or what its device is allowed."""
    spacing = None if info is None else info.spacing
    return max(max_gap, -(-round((spacing or 0.0) * 1000) // MINUTE) * MINUTE)


class MeterCourse:
    """Gathers one meter's days in order."""

    def __init__(self, readings: ReadingQuery, meter: Meter, max_gap: Millis) -> None:
        self.meter = meter
        self._readings = readings
        self._gap, self._flow_gap = gap_of(meter.total, max_gap), gap_of(meter.flow, max_gap)
        self._totaliser = None if meter.total is None else Totaliser(meter.total, self._gap, self._raw)
        self._by_flow: list[Stretch] = []  # days since the totaliser's last reading
        self._begun = False

    def day(self, day: date, span: Stretch, seen: Seen) -> tuple[VolumeDay, Millis]:
        """One local day, and since when what it carries was counted."""
        if not self._begun:
            self._begun = True
            self._begin(day, span[0])
        return self._day(day, span, seen)

    def _raw(self, start: Millis, stop: Millis) -> list[Reading]:
        assert self.meter.total is not None
        return self._readings.raw(self.meter.device, self.meter.total.metric, start, stop)

    def _minutes(self, info: MetricInfo, start: Millis, stop: Millis) -> Minutes:
        return read_minutes(self._readings, self.meter.device, info.metric, start, stop)

    # ── before the first day ────────────────────────────────────────────────────────────────────

    def _begin(self, day: date, start: Millis) -> None:
        """Where the totaliser was silent when the period began, the days since its last reading are walked first,
        as the period before counted them (each of 24 h).
        """
        last = self._last_before(start)
        if self._totaliser is None or self.meter.total is None or last is None:
            return
        days = -(-(start - last) // DAY) if start - last > self._gap + MINUTE else 0
        first = start - days * DAY
        self._totaliser.begin(self._minutes(self.meter.total, first - LOOK_BACK, first), first - LOOK_BACK, first)
        for begin in range(first, start, DAY):
            self._day(day, (begin, begin + DAY), [])

    def _last_before(self, start: Millis) -> Millis | None:
        if self.meter.total is None:
            return None
        for back in FURTHER:
            good = self._minutes(self.meter.total, start - back, start).usable()
            if len(good.time):
                return int(good.time[-1])
        return None

    # ── one day ─────────────────────────────────────────────────────────────────────────────────

    def _day(self, day: date, span: Stretch, seen: Seen) -> tuple[VolumeDay, Millis]:
        start, stop = span
        counted = self._counted(span, seen)
        speaks = 0 if counted is None else counted.until - counted.since
        area, flowed = (0.0, 0) if speaks + self._flow_gap >= stop - start else self._flowed(span, seen)
        by_flow = flowed > 0 and (counted is None or flowed > speaks + self._flow_gap)
        carried, since = self._carried(counted, span, by_flow)
        if counted is not None:
            self._by_flow.clear()
        if by_flow:
            self._by_flow.append(span)
            return self._told(day, VolumeMethod.INTEGRAL, area, flowed, span, carried), since
        if counted is None:
            return VolumeDay(day, None, 0.0, None), start
        own = self._m3(counted.inside) + (0.0 if counted.silent else carried)
        carried = carried if counted.silent else 0.0
        resets = counted.resets
        return self._told(day, VolumeMethod.TOTALISER, own, speaks, span, carried, resets), since

    def _told(
        self,
        day: date,
        method: VolumeMethod,
        own: float,
        speaks: Millis,
        span: Stretch,
        carried: float,
        resets: int = 0,
    ) -> VolumeDay:
        covered = rounded(speaks / (span[1] - span[0])) or 0.0
        return VolumeDay(
            day, rounded(own), covered, method, rounded(carried) or 0.0, resets, device=self.meter.device
        )

    def _counted(self, span: Stretch, seen: Seen) -> Counted | None:
        info = self.meter.total
        if info is None or self._totaliser is None:
            return None
        minutes = self._minutes(info, *span)
        seen.append((self.meter.device, info.metric, minutes))
        return self._totaliser.day(minutes, *span)

    def _flowed(self, span: Stretch, seen: Seen) -> tuple[float, Millis]:
        """(m3, ms that they rest on)."""
        info, gap = self.meter.flow, self._flow_gap
        if info is None:
            return 0.0, 0
        start, stop = span
        minutes = self._minutes(info, start - gap, stop + gap)
        seen.append((self.meter.device, info.metric, minutes.between(start, stop)))
        area, hours = integral(minutes, start, stop, gap)
        return area * TO_M3_AN_HOUR[info.unit], round(hours * HOUR)

    def _carried(self, counted: Counted | None, span: Stretch, by_flow: bool) -> tuple[float, Millis]:
        """m3 of the totaliser that no flow told already, and since when: up to the day's first reading; on a day
        that is told by the flow, up to its last.
        """
        if counted is None or (counted.over is None and not by_flow):
            return 0.0, span[0]
        over = counted.over
        since = span[0] if over is None else over.start
        amount = self._m3((0.0 if over is None else over.amount) + (counted.inside if by_flow else 0.0))
        told = [(max(since, begin), end) for begin, end in self._by_flow if end > since]
        if by_flow:
            told.append((max(since, span[0]), counted.last))
        rest = amount - sum(self.between(*one)[0] for one in told)
        return (max(0.0, rest) if told else rest), since

    def _m3(self, amount: float) -> float:
        assert self.meter.total is not None
        return amount * TO_M3[self.meter.total.unit]

    def between(self, start: Millis, stop: Millis) -> tuple[float, Millis]:
        """m3 that the flow integrates to over any stretch, and the ms of it that rest on readings."""
        volume, covered = 0.0, 0
        for begin in range(start, stop, DAY):
            area, flowed = self._flowed((begin, min(stop, begin + DAY)), [])
            volume, covered = volume + area, covered + flowed
        return volume, covered
