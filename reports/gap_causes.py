"""What is known of a stretch without good readings: what people wrote down, and whether others were heard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.condition import Category
from domain.errors import NotFound
from domain.function_check import REASON as FUNCTION_CHECK
from domain.quality import QualityInterval
from domain.reading import Millis, Reason
from domain.registry import Device, Installation, Site
from domain.report_measured import GapCause
from reports.sources import Sources

Stretch = tuple[Millis, Millis]
Why = tuple[GapCause, str | None]
Explanation = tuple[Stretch, Why]

LISTENED: Final[Millis] = 3_600_000  # whether others were heard is asked of the first hour of a silence
CALIBRATIONS: Final = frozenset({Reason.CALIBRATION.value, Category.EQUIPMENT_CALIBRATION.value, FUNCTION_CHECK})
CHECKS: Final = "check:"  # who says so, where it is no person
UNKNOWN: Final[Why] = (GapCause.NO_DATA, None)


class GapCauses:
    """Asked only where a slot is empty; holds the pauses of the period."""

    def __init__(self, sources: Sources, installation: Installation, site: Site, span: Stretch) -> None:
        self._sources = sources
        self._site = site
        self._span = span
        self._devices = {one.id: one for one in installation.devices if one.site == site.id}
        self._metrics = {name: self._metric(one) for name, one in self._devices.items()}
        self._pauses: dict[str, list[Stretch]] = {}

    def explained(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Explanation]:
        """Stretches of [start, stop) with their cause. Where several lie over each other, the last one holds."""
        book = self._sources.quality
        intervals = book.overlapping(device, metric, start, stop) if book else []
        found = [
            *self._conditions(start, stop),
            *_judged(intervals),
            *((pause, (GapCause.PAUSE, None)) for pause in self._rests(device)),
            *self._calibrated(device, metric, start, stop),
            *_in_calibration(intervals),
        ]
        return [((max(a, start), min(b, stop)), why) for (a, b), why in found if a < stop and b > start]

    def silent(self, device: str, start: Millis, stop: Millis) -> Why:
        """Of a silence nobody explained: whether the device alone was silent, or nobody was heard."""
        until = min(stop, start + LISTENED)
        others = [(name, metric) for name, metric in self._metrics.items() if name != device and metric]
        if not others:
            return UNKNOWN
        heard = any(self._sources.readings.series(*other, start, until, 1) for other in others)
        return (GapCause.DEVICE_SILENT if heard else GapCause.NOBODY_HEARD), None

    def _conditions(self, start: Millis, stop: Millis) -> Iterable[Explanation]:
        book = self._sources.conditions
        for one in book.conditions(self._site.id, start, stop) if book else ():
            why: Why = (GapCause.CONDITION, one.category)
            if one.category == Category.POWER_CUT:
                why = (GapCause.POWER_CUT, None)
            yield (one.start, stop if one.stop is None else one.stop), why

    def _calibrated(self, device: str, metric: str, start: Millis, stop: Millis) -> Iterable[Explanation]:
        book = self._sources.calibrations
        for one in book.calibrations(device, start, stop) if book else ():
            if one.metric == metric:
                yield (one.start, stop if one.stop is None else one.stop), (GapCause.CALIBRATION, None)

    def _rests(self, device: str) -> list[Stretch]:
        book = self._sources.pauses
        if device not in self._pauses:
            stage = self._devices[device].stage
            self._pauses[device] = book.pauses(self._site.id, stage, device, *self._span) if book else []
        return self._pauses[device]

    def _metric(self, device: Device) -> str:
        """What tells whether it was heard; empty where its profile is not known."""
        try:
            metrics = self._sources.profiles.profile(device.profile).metrics
        except NotFound:
            return ""
        return metrics[0].metric if metrics else ""


def _judged(intervals: Iterable[QualityInterval]) -> Iterable[Explanation]:
    """By people, whole; what the checks find stands in the readings."""
    for one in intervals:
        if one.lowers and one.reason not in CALIBRATIONS and not one.who.startswith(CHECKS):
            yield (one.start, one.stop), (GapCause.BY_HAND, one.reason)


def _in_calibration(intervals: Iterable[QualityInterval]) -> Iterable[Explanation]:
    """Judged as calibration; calibration mode, which makes its device pause, with who switched it on."""
    for one in intervals:
        if one.reason in CALIBRATIONS:
            reason = f"{FUNCTION_CHECK}:{one.who}" if one.reason == FUNCTION_CHECK else None
            yield (one.start, one.stop), (GapCause.CALIBRATION, reason)
