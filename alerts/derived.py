"""Rules nobody has to write: limits from the compliance points' limit sets, silence from the profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from alerts.actions import SENSOR_ACTION, SILENT_ACTION, VOLUME_ACTION, action_of, deadband_of
from domain.alert import Priority
from domain.errors import NotFound
from domain.measures import FLOWS, VOLUMES
from domain.metrics import MetricInfo, MetricKind, ProfileInfo, name_of
from domain.ports import ProfileBook
from domain.reading import Millis
from domain.registry import CompliancePoint, Device, Installation, Limit, LimitSet, Site
from domain.rule import ANY_METRIC, LimitRule, NoDataRule, QualityRule, Scope, VolumeRule
from domain.shift_schedules import shift_schedule_id, shifts_of
from domain.text import Text

DAILY_VOLUMES: Final = frozenset({"m3/d", "m3/day", "m3/hari"})
BAD_SHARE: Final = 0.5  # of an hour's readings, before a sensor of a compliance point is called faulty
BAD_WINDOW: Final = 3600.0  # s
FEWEST_BAD: Final = 10  # readings, where the profile expects none in time; else half of the window's

log = structlog.get_logger()


def local_day(site: Site, now: Millis) -> date:
    """The day it is at a site."""
    return datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(site.timezone)).date()


def holds(limits: LimitSet, day: date) -> bool:
    """Whether a limit set is in force on a day (both ends inclusive)."""
    return limits.valid_from <= day and (limits.valid_until is None or day <= limits.valid_until)


def limit_rules(
    installation: Installation, profiles: ProfileBook, now: Millis | None
) -> Iterator[LimitRule | VolumeRule]:
    """One rule for each parameter that a compliance point's devices measure; laboratory parameters left out.
    A limit in m3 a day becomes a rule about the day's volume.

    With `now`, only of the limit sets in force that day at the site.
    """
    devices = {device.id: device for device in installation.devices}
    sites = {site.id: site for site in installation.sites}
    sets = {limits.id: limits for limits in installation.limit_sets}
    for point in installation.compliance_points:
        limits = sets[point.limit_set]
        if now is None or holds(limits, local_day(sites[point.site], now)):
            yield from _of_point(point, limits, devices, profiles)


def _of_point(
    point: CompliancePoint, limits: LimitSet, devices: Mapping[str, Device], profiles: ProfileBook
) -> Iterator[LimitRule | VolumeRule]:
    for limit in limits.limits:
        daily = limit.unit in DAILY_VOLUMES and limit.max is not None
        first = True
        for device in (devices[name] for name in point.devices if not limit.laboratory):
            if daily and _meters(device, limit, profiles):
                yield _volume_rule(point, limits, limit, device, first)
                first = False
            elif _measures(device, limit, profiles):
                yield _limit_rule(point, limits, limit, device, first)
                first = False


def _meters(device: Device, limit: Limit, profiles: ProfileBook) -> bool:
    """Whether a day's volume can be told from the metric: a totaliser, or a flow in another unit than the limit's."""
    info = next((m for m in _metrics(device, profiles) if m.metric == limit.metric), None)
    if info is None:
        return False
    total = info.unit in VOLUMES and info.kind in (MetricKind.COUNTER, MetricKind.DELTA)
    return total or (info.unit in FLOWS and info.unit != limit.unit)


def _measures(device: Device, limit: Limit, profiles: ProfileBook) -> bool:
    info = next((m for m in _metrics(device, profiles) if m.metric == limit.metric), None)
    if info is not None and info.unit != limit.unit:  # comparing mg/L with ug/L would be worse than silence
        log.error("limit_not_judged", device=device.id, metric=limit.metric, unit=info.unit, limit_unit=limit.unit)
    return info is not None and info.unit == limit.unit


def _limit_rule(point: CompliancePoint, limits: LimitSet, limit: Limit, device: Device, first: bool) -> LimitRule:
    name = limit.name or name_of(limit.metric)
    suffix = "" if first else f".{device.id}"
    return LimitRule(
        id=f"limit.{point.id}.{limit.metric}{suffix}",
        name=Text(
            id=f"{name.id} di {point.name.id} melebihi baku mutu", en=f"{name.en} at {point.name.en} beyond its limit"
        ),
        scope=Scope(metric=limit.metric, site=device.site, device=device.id),
        priority=Priority.HIGH, action=action_of(limit.metric), source=limits.source,
        above=limit.max, below=limit.min, deadband=deadband_of(limit.metric, limit.min, limit.max),
    )  # fmt: skip


def _volume_rule(point: CompliancePoint, limits: LimitSet, limit: Limit, device: Device, first: bool) -> VolumeRule:
    assert limit.max is not None
    suffix = "" if first else f".{device.id}"
    return VolumeRule(
        id=f"volume.{point.id}.{limit.metric}{suffix}",
        name=Text(id=f"Volume harian di {point.name.id} melebihi izin",
                  en=f"Daily volume at {point.name.en} beyond its permit"),
        scope=Scope(metric=limit.metric, site=device.site, device=device.id),
        priority=Priority.HIGH, action=VOLUME_ACTION, source=limits.source, above=limit.max,
    )  # fmt: skip


def quality_rules(installation: Installation, profiles: ProfileBook) -> Iterator[QualityRule]:
    """One rule for each metric with a limit that a device of a compliance point measures: is its sensor faulty?"""
    devices = {device.id: device for device in installation.devices}
    sets = {limits.id: limits for limits in installation.limit_sets}
    found: dict[str, QualityRule] = {}
    for point in installation.compliance_points:
        judged = {limit.metric for limit in sets[point.limit_set].limits if not limit.laboratory}
        for device in (devices[name] for name in point.devices):
            for info in _metrics(device, profiles):
                if info.metric in judged:
                    rule = _quality_rule(device, info)
                    found[rule.id] = rule
    yield from found.values()


def _quality_rule(device: Device, info: MetricInfo) -> QualityRule:
    expected = FEWEST_BAD if not info.interval else int(BAD_WINDOW / info.interval / 2)
    name = name_of(info.metric)
    return QualityRule(
        id=f"quality.{device.id}.{info.metric}",
        name=Text(id=f"Sensor {name.id} di {device.name.id} bermasalah",
                  en=f"{name.en} sensor of {device.name.en} is faulty"),
        scope=Scope(metric=info.metric, site=device.site, device=device.id),
        priority=Priority.MEDIUM, action=SENSOR_ACTION, share=BAD_SHARE, window=BAD_WINDOW,
        minimum=max(2, expected),
    )  # fmt: skip


def no_data_rules(installation: Installation, profiles: ProfileBook) -> Iterator[NoDataRule]:
    """One rule for each device as a whole, high where the law wants its record.

    A device is silent when none of its metrics spoke for the shortest (interval + grace) of its profile. A machine
    that works in shifts is missed only within them: it may be switched off at night.
    """
    legal = {device for point in installation.compliance_points for device in point.devices}
    shifts = {device.id for device, _ in shifts_of(installation)} - legal
    waits: dict[str, float | None] = {}
    for device in installation.devices:
        if device.profile not in waits:
            waits[device.profile] = longest_silence(_metrics(device, profiles))
        after = waits[device.profile]
        if after is not None:
            hours = shift_schedule_id(device.id) if device.id in shifts and _is_machine(device, profiles) else None
            yield _no_data_rule(device, after, Priority.HIGH if device.id in legal else Priority.MEDIUM, hours)


def longest_silence(metrics: tuple[MetricInfo, ...]) -> float | None:
    """Seconds a device may be silent; None where its profile expects nothing in time."""
    waits = [metric.interval + (metric.grace or 0.0) for metric in metrics if metric.interval]
    return min(waits) if waits else None


def _is_machine(device: Device, profiles: ProfileBook) -> bool:
    """Whether its profile says how it is known to run."""
    return profiles.profile(device.profile).run is not None


def _no_data_rule(device: Device, after: float, priority: Priority, schedule: str | None) -> NoDataRule:
    """Made of what was checked already, so not checked again: a hundred thousand devices have one each."""
    name = Text.model_construct(id=f"Tidak ada data dari {device.name.id}", en=f"No data from {device.name.en}")
    scope = Scope.model_construct(metric=ANY_METRIC, site=device.site, stage=None, device=device.id)
    return NoDataRule.model_construct(
        id=f"no-data.{device.id}", name=name, scope=scope, priority=priority, action=SILENT_ACTION, after=after,
        schedule=schedule,
    )  # fmt: skip


def _metrics(device: Device, profiles: ProfileBook) -> tuple[MetricInfo, ...]:
    info: ProfileInfo
    try:
        info = profiles.profile(device.profile)
    except NotFound:  # `pantau check` says so; here the other devices go on
        return ()
    return info.metrics
