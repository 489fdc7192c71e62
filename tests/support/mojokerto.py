"""Scenes of the example installation: all well, nothing yet, and much that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from domain.alert import Alert, AlertEvent, AlertState, Priority, Transition
from domain.counters import Tally
from domain.metrics import MetricInfo, MetricKind
from domain.ports import TickChange
from domain.reading import FAIL, GOOD, MISSING, SUSPECT, Millis, Reading, Series
from domain.registry import Device, Installation
from domain.rule import LimitRule, Rule
from domain.services import Services
from service.installation import read_installation
from support.app import MovedClock, build_services

EXAMPLES: Final = sorted((Path(__file__).parents[2] / "examples" / "mojokerto").glob("*.toml"))
MINUTE: Final = 60_000

# values of the ranges in which the example's sensors and limits are at peace
CALM: Final = {
    "ph": 7.25,
    "temperature": 29.4,
    "tss": 31.0,
    "cod": 96.0,
    "nh3n": 3.2,
    "do": 4.1,
    "level": 62.0,
    "flow_rate": 1.84,
    "flow_total": 20_413.0,
    "dose_rate": 3.5,
    "stock": 71.0,
    "run": 1.0,
    "online": 1.0,
    "cycle_count": 48_210.0,
    "run_hours": 1_204.5,
    "power": 0.42,
}


def mojokerto() -> Installation:
    """Both centres as the example files describe them."""
    return read_installation(EXAMPLES)


def mojokerto_services(folder: Path, clock: MovedClock | None = None) -> Services:
    """Services with both centres registered and nothing measured yet."""
    return build_services(folder, clock, mojokerto())


def series_of(device: Device, info: MetricInfo) -> Series:
    """The series of one metric of a device."""
    return Series(device.site, device.id, info.metric, info.unit, device.stage)


def calm_value(info: MetricInfo, step: int) -> float:
    """A value that disturbs nobody, a little different at every step."""
    base = CALM[info.metric]
    if info.kind is MetricKind.STATE:
        return 0.0 if info.metric == "run" and step % 11 == 0 else base
    if info.kind is MetricKind.COUNTER:
        return base + step
    return round(base * (1 + 0.01 * (step % 7 - 3)), 3)


def append(services: Services, readings: list[Reading]) -> None:
    """Readings into the journal, counted as one message each."""
    tally = Tally()
    for reading in readings:
        counted = tally.of(reading.series.device)
        counted.received += 1
        counted.written += 1
        counted.readings += 1
    services.journal.append(readings, tally)


def one(
    services: Services,
    device: str,
    metric: str,
    value: float | None,
    *,
    age: Millis = 0,
    quality: int = GOOD,
    reason: str | None = None,
) -> Reading:
    """One reading of a device of the installation."""
    found = services.registry.device(device)
    info = next(info for info in services.profiles.profile(found.profile).metrics if info.metric == metric)
    at = services.clock() - age
    return Reading(series_of(found, info), at, value, quality, reason, at)


def all_well(services: Services, minutes: int = 90, without: frozenset[str] = frozenset()) -> None:
    """Every device has spoken every minute until now, and every part of the system is alive."""
    now = services.clock()
    readings = []
    for device in mojokerto().devices:
        if device.id in without:
            continue
        for info in services.profiles.profile(device.profile).metrics:
            if info.metric == "online":
                readings.append(Reading(series_of(device, info), now - minutes * MINUTE, 1.0, GOOD, None, now))
                continue
            readings += [
                Reading(
                    series_of(device, info), now - step * MINUTE, calm_value(info, minutes - step), GOOD, None, now
                )
                for step in range(minutes, -1, -1)
            ]
    append(services, readings)
    beat(services)


def beat(services: Services) -> None:
    """All parts give a sign of life."""
    now = services.clock()
    services.heartbeats.beat("collector", now, {"state": "running", "in_flight": 0, "last_message_at": now})
    services.heartbeats.beat("broker", now, {"state": "connected", "host": "127.0.0.1", "port": 1883})
    services.heartbeats.beat("store", now, {"state": "ok", "kind": "sqlite", "behind": 0})
    services.heartbeats.beat("alerts", now, {"state": "ok", "ticks": 1200, "missed": 0, "duration": 0.0121})


def much_wrong(services: Services) -> list[Alert]:
    """Effluent over its limit, sensors not to be trusted, silent machines, parts in trouble, open alerts."""
    all_well(services, without=frozenset({"bak-anaerob", "bak-filtrasi", "jahit-2", "press-1"}))
    wrong = [
        one(services, "ipal-outlet", "ph", 9.72),
        one(services, "ipal-outlet", "cod", 999.0, quality=FAIL, reason="sentinel"),
        one(services, "ipal-outlet", "tss", 47.5, quality=SUSPECT, reason="device_flagged"),
        one(services, "ipal-outlet", "nh3n", None, quality=MISSING, reason="no_value"),
        one(services, "bak-anaerob", "ph", 6.9, age=47 * MINUTE),
        one(services, "bak-anaerob", "online", 0.0, age=46 * MINUTE),
        one(services, "bak-ekualisasi", "level", 93.0),
        one(services, "jahit-2", "run", 1.0, age=135 * MINUTE),
        one(services, "lasting-1", "run", 0.0),
    ]
    append(services, wrong)
    services.heartbeats.beat("broker", services.clock(), {"state": "away", "error": "connection refused"})
    return [
        raised(services, "alert-ph", "ipal-outlet", "ph", 9.72, 9.0, Priority.CRITICAL, 12 * MINUTE),
        raised(services, "alert-level", "bak-ekualisasi", "level", 93.0, 90.0, Priority.HIGH, 4 * MINUTE),
        raised(services, "alert-silent", "jahit-2", "run", None, None, Priority.LOW, 134 * MINUTE),
    ]


def raised(
    services: Services,
    name: str,
    device: str,
    metric: str,
    value: float | None,
    limit: float | None,
    priority: Priority,
    age: Millis = 0,
) -> Alert:
    """An alert that nobody has acknowledged yet, as a tick leaves it."""
    found = services.registry.device(device)
    kind = "no_data" if limit is None else "limit"
    rules = [rule.id for rule in services.rules.rules_for(found) if says(rule, kind, metric, limit)]
    info = next(info for info in services.profiles.profile(found.profile).metrics if info.metric == metric)
    at = services.clock() - age
    alert = Alert(
        id=name,
        site=found.site,
        device=device,
        metric=metric,
        unit=info.unit,
        rule=rules[0] if rules else f"gone.{metric}",
        kind=kind,
        priority=priority,
        state=AlertState.UNACKNOWLEDGED,
        active=True,
        since=at,
        value=value,
        limit=limit,
        peak=value,
        version=1,
    )
    step = Transition(name, at, AlertEvent.RAISED, AlertState.NORMAL, AlertState.UNACKNOWLEDGED, value=value)
    book = services.book
    book.commit(TickChange(book.cursor(), [], [alert], [step], {}), services.clock())
    return alert


def says(rule: Rule, kind: str, metric: str, limit: float | None) -> bool:
    """Whether a rule is the one that would raise such an alert."""
    if isinstance(rule, LimitRule):
        return kind == "limit" and rule.scope.metric == metric and limit in (rule.above, rule.below)
    return kind == "no_data"
