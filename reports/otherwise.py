"""Parameters and volume as another view of the readings gives them: raw, or without judgement by hand.

Only days that people touched are read again; the others are the same in every view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.metrics import MetricInfo
from domain.ports import ReadingQuery
from domain.reading import Millis, Reading
from domain.registry import Limit
from domain.report_edits import Compared, ComparedDay, ComparedVolume, ComparedVolumeDay, Figures
from domain.report_head import Label, Policy
from domain.report_measured import GapCause, Parameter, ParameterDay
from domain.report_water import Volume
from reports.episodes import Beyond
from reports.gap_causes import Stretch
from reports.meter_course import Meter
from reports.minutes import Minutes, read_minutes
from reports.parameter import ParameterCourse
from reports.volumes import VolumeCourse

Key = tuple[str, str]
Touched = Mapping[Key, Sequence[Stretch]]


def shares(start: Millis, stop: Millis, stretches: Sequence[Stretch]) -> bool:
    """Whether [start, stop) shares a moment with one of them."""
    return any(begin < stop and start < end for begin, end in stretches)


class Otherwise:
    """`touched`: per (device, metric) the stretches in which this view differs from what the report counts."""

    def __init__(self, readings: ReadingQuery, touched: Touched, policy: Policy, meters: Sequence[Meter]) -> None:
        self.touched = touched
        self.courses: dict[Key, ParameterCourse] = {}
        self._readings, self._policy = readings, policy
        metered = any(key in touched for key in series_of(meters))
        self._volumes = VolumeCourse(readings, meters, policy.max_gap * 1000) if metered else None

    def follow(self, device: str, info: MetricInfo, watch: Sequence[Stretch]) -> None:
        """Gather this parameter too, where anybody touched it."""
        if (device, info.metric) in self.touched:

            def raw(start: Millis, stop: Millis) -> list[Reading]:
                return self._readings.raw(device, info.metric, start, stop)

            silent = (GapCause.NO_DATA, None)
            self.courses[device, info.metric] = ParameterCourse(
                info, self._policy, raw, lambda start, stop: silent, watch
            )

    def add_day(
        self, device: str, metric: str, day: date, span: Stretch, minutes: Minutes, limit: Limit | None
    ) -> None:
        """One day; `minutes` are those that the report counts."""
        course = self.courses.get((device, metric))
        if course is None:
            return
        if shares(*span, self.touched[device, metric]):
            minutes = read_minutes(self._readings, device, metric, *span)
        course.add_day(day, span, minutes, limit, list)

    def add_volume_day(self, day: date, span: Stretch) -> None:
        """The volume of one day, where anybody touched the meter."""
        if self._volumes is not None:
            self._volumes.add_day(day, span)

    def episodes(self, device: str, metric: str) -> list[Beyond]:
        """The exceedances of this view in what was touched, by time."""
        return self.courses[device, metric].episodes.watched()

    def compared(self, parameters: Sequence[Parameter], edges: Mapping[date, Stretch]) -> tuple[Compared, ...]:
        """Every parameter that was touched, both ways; `edges` are the days in ms."""
        return tuple(
            self._compared(one, one.device, edges)
            for one in parameters
            if one.device is not None and (one.device, one.metric) in self.courses
        )

    def _compared(self, counted: Parameter, device: str, edges: Mapping[date, Stretch]) -> Compared:
        key = (device, counted.metric)
        other = self.courses[key].finished(Label("", ""), device, ())
        days = tuple(
            ComparedDay(after.day, figures_of(before), figures_of(after))
            for before, after in zip(other.days, counted.days, strict=True)
            if shares(*edges[after.day], self.touched[key])
        )
        return Compared(device, counted.metric, days, figures_of(other), figures_of(counted))

    def compared_volume(self, counted: Volume) -> ComparedVolume | None:
        """The volume both ways; None where nobody touched the meter."""
        if self._volumes is None or counted.device is None:
            return None
        other = self._volumes.finished()
        days = tuple(
            ComparedVolumeDay(after.day, before.volume, after.volume)
            for before, after in zip(other.days, counted.days, strict=True)
            if before.volume != after.volume
        )
        return ComparedVolume(counted.device, days, other.total, counted.total)


def series_of(meters: Sequence[Meter]) -> list[Key]:
    """What a volume is made from."""
    return [(meter.device, info.metric) for meter in meters for info in meter.infos]


def figures_of(one: Parameter | ParameterDay) -> Figures:
    """What is compared of a day or a period."""
    return Figures(one.min, one.mean, one.max, one.good, one.beyond, one.judgement.value)
