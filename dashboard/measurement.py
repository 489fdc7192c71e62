"""One series as a page shows it: its newest value, how far that can be trusted, and what it is held against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from dashboard.plan import Bound, Plan
from domain.metrics import MetricInfo, MetricKind
from domain.reading import MISSING, Millis, Reading, Series
from domain.registry import Device

STALE_AFTER: Final = 300_000  # ms, where a profile does not say how often a device speaks
ONLINE: Final = "online"


class Standing(StrEnum):
    """What a page may say of a value."""

    WITHIN = "within"
    OUTSIDE = "outside"
    FREE = "free"  # nothing it is held against
    BAD = "bad"  # not to be trusted: suspect, failed, or no value
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True)
class Measurement:
    """The newest of one series. `reading` is None where the device never sent it."""

    series: Series
    info: MetricInfo | None
    reading: Reading | None
    bounds: tuple[Bound, ...]
    standing: Standing
    stale_after: Millis

    @property
    def broken(self) -> Bound | None:
        """The first bound that the value lies outside of, whatever its age."""
        reading = self.reading
        if reading is None or not reading.usable or reading.value is None:
            return None
        return next((bound for bound in self.bounds if bound.broken_by(reading.value)), None)

    @property
    def held_to(self) -> Bound | None:
        """What to print beside the value: the law's limit, else the narrowest of the house's own."""
        if not self.bounds or self.bounds[0].source:
            return self.bounds[0] if self.bounds else None
        low = max((one.low for one in self.bounds if one.low is not None), default=None)
        high = min((one.high for one in self.bounds if one.high is not None), default=None)
        return Bound(low, high, self.bounds[0].name)

    @property
    def under(self) -> bool:
        """Whether the value lies below the bound it breaks."""
        bound, reading = self.broken, self.reading
        low = bound.low if bound else None
        return low is not None and reading is not None and reading.value is not None and reading.value < low

    @property
    def is_state(self) -> bool:
        """Whether the value is a yes or a no."""
        return self.series.metric == ONLINE or (self.info is not None and self.info.kind is MetricKind.STATE)

    @property
    def decimals(self) -> int:
        """The resolution to show."""
        return self.info.decimals if self.info else 1

    @property
    def legal(self) -> bool:
        """Whether the law holds this value to a limit."""
        return any(bound.source for bound in self.bounds)


def stale_after(info: MetricInfo | None) -> Millis:
    """How old the newest reading may be before it no longer speaks of now."""
    if info is None or info.interval is None:
        return STALE_AFTER
    return int((info.interval + (info.grace or 0)) * 1000)


def standing(reading: Reading | None, bounds: Iterable[Bound], patience: Millis, now: Millis) -> Standing:
    """What may be said of the newest reading of a series."""
    if reading is None:
        return Standing.NEVER
    if now - reading.time > patience:
        return Standing.STALE
    if not reading.usable or reading.value is None:
        return Standing.BAD
    held = list(bounds)
    if not held:
        return Standing.FREE
    value = reading.value
    return Standing.OUTSIDE if any(bound.broken_by(value) for bound in held) else Standing.WITHIN


def measure(plan: Plan, series: Series, reading: Reading | None, today: date, now: Millis) -> Measurement:
    """One series of a page."""
    info = plan.metric(series.device, series.metric)
    bounds = tuple(plan.bounds(series, today))
    patience = stale_after(info)
    # a retained status stays true until the broker says otherwise: it is never stale
    judged = Standing.FREE if series.metric == ONLINE and reading else standing(reading, bounds, patience, now)
    return Measurement(series, info, reading, bounds, judged, patience)


def measurements_of(
    plan: Plan, device: Device, latest: dict[tuple[str, str], Reading], today: date, now: Millis
) -> list[Measurement]:
    """Every metric of a device: those its profile declares, spoken or not, then others it sent."""
    declared = [info.metric for info in plan.metrics_of(device)]
    others = [metric for (name, metric) in latest if name == device.id and metric not in declared]
    found = []
    for metric in (name for name in (*declared, *others) if name != ONLINE):
        reading = latest.get((device.id, metric))
        info = plan.metric(device.id, metric)
        unit = info.unit if info else "1"
        series = reading.series if reading else Series(device.site, device.id, metric, unit, device.stage)
        found.append(measure(plan, series, reading, today, now))
    return found


def by_series(readings: Iterable[Reading]) -> dict[tuple[str, str], Reading]:
    """Readings by (device, metric)."""
    return {(reading.series.device, reading.series.metric): reading for reading in readings}


def is_missing(reading: Reading) -> bool:
    """Whether the device said that it has no value."""
    return reading.quality == MISSING or reading.value is None
