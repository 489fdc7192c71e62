"""The rules in force, compiled once for each revision of the registry (and when a limit set begins or ends)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alerts.causes.defaults import system_rules
from alerts.derived import limit_rules, no_data_rules, quality_rules
from alerts.derived_service import service_rules
from alerts.kinds.finding import Place
from alerts.spots import Spot, spots_of
from domain.errors import NotFound
from domain.metrics import MetricInfo
from domain.ports import Clock, ProfileBook, Registry
from domain.reading import Millis
from domain.reference_names import missing
from domain.registry import Device, DeviceStatus, Installation, Schedule
from domain.rule import ANY_METRIC, CompositeRule, Rule, Scope, SystemRule
from domain.schedules import next_change, within
from domain.shift_schedules import rule_schedules

NEVER: Final[Millis] = 1 << 62
OF_NO_DEVICE: Final = (CompositeRule, SystemRule)
NO_METRICS: Final[Mapping[str, MetricInfo]] = {}


def derive_rules(installation: Installation, catalogue: ProfileBook, now: Millis | None = None) -> list[Rule]:
    """All rules by id: derived ones, and the installation's own over derived ones of the same id.

    With `now`, limits only of the limit sets in force; without, of all of them.
    """
    rules: dict[str, Rule] = {rule.id: rule for rule in system_rules()}
    rules.update((rule.id, rule) for rule in limit_rules(installation, catalogue, now))
    rules.update((rule.id, rule) for rule in no_data_rules(installation, catalogue))
    rules.update((rule.id, rule) for rule in quality_rules(installation, catalogue))
    rules.update((rule.id, rule) for rule in service_rules(installation, catalogue))
    rules.update((rule.id, rule) for rule in installation.rules)
    return [rules[name] for name in sorted(rules)]


def watches(scope: Scope, device: Device) -> bool:
    """Whether the scope takes the device in, its metric apart."""
    return (
        scope.device in (None, device.id)
        and scope.site in (None, device.site)
        and scope.stage in (None, device.stage)
    )


@dataclass
class Compiled:
    """One revision's rules, found by device without looking at the others."""

    revision: int
    until: Millis  # when a limit set begins or ends
    installation: Installation
    all: dict[str, Rule]
    metrics: dict[str, Mapping[str, MetricInfo]] = field(default_factory=dict)  # by profile
    devices: dict[str, Device] = field(default_factory=dict)
    own: dict[str, list[Rule]] = field(default_factory=dict)  # by the one device they name
    general: list[Rule] = field(default_factory=list)
    spots: dict[tuple[str, str], Spot] = field(default_factory=dict)  # of composites, by (rule, device)

    def __post_init__(self) -> None:
        self.devices = {device.id: device for device in self.installation.devices}
        self._zones = {site.id: ZoneInfo(site.timezone) for site in self.installation.sites}
        self._schedules = rule_schedules(self.installation)
        self._open: dict[tuple[str, str], tuple[Millis, Millis, bool]] = {}
        for rule in self.all.values():
            if not rule.enabled or isinstance(rule, OF_NO_DEVICE):
                continue
            if rule.scope.device is None:
                self.general.append(rule)
            elif rule.scope.device in self.devices:
                self.own.setdefault(rule.scope.device, []).append(rule)
        self.spots = spots_of(self.all, self.devices.values(), self.watched)

    def metrics_of(self, device: Device) -> Mapping[str, MetricInfo]:
        """The metrics of the device's profile; none for an unknown profile."""
        return self.metrics.get(device.profile, NO_METRICS)

    def of_device(self, device: Device) -> list[Rule]:
        """Enabled rules that judge the device or its readings, by id."""
        candidates = [*self.own.get(device.id, ()), *self.general]
        return sorted((r for r in candidates if watches(r.scope, device)), key=lambda rule: rule.id)

    def of_series(self, device: str, metric: str) -> list[Rule]:
        """The rules in force for one series; none for a device unknown or out of service."""
        found = self.devices.get(device)
        if found is None or found.status is DeviceStatus.OUT_OF_SERVICE:
            return []
        return [rule for rule in self.of_device(found) if rule.scope.metric in (metric, ANY_METRIC)]

    def watched(self, rule: Rule, device: Device) -> bool:
        """Whether an enabled rule of any kind but composites judges something of a device in service."""
        metric = rule.scope.metric
        known = metric == ANY_METRIC or metric in self.metrics_of(device)
        return (
            rule.enabled
            and known
            and device.status is not DeviceStatus.OUT_OF_SERVICE
            and watches(rule.scope, device)
        )

    def in_force(self, rule: str, device: str, metric: str) -> bool:
        """Whether a rule state is still about something that is watched."""
        found, where = self.all.get(rule), self.devices.get(device)
        if found is None or not found.enabled:
            return False
        if isinstance(found, SystemRule):
            return True
        if isinstance(found, CompositeRule):
            return (rule, device) in self.spots
        if where is None or where.status is DeviceStatus.OUT_OF_SERVICE:
            return False
        return found.scope.metric == metric and watches(found.scope, where)

    def zone(self, site: str) -> ZoneInfo:
        """By which a site's days are cut. Raises ValueError for an unknown site."""
        found = self._zones.get(site)
        if found is None:
            raise ValueError(f"there is no site {site!r}")
        return found

    def place(self, device: Device, metric: str, unit: str) -> Place:
        """What a kind needs to know of one series; `unit` where its profile does not say."""
        info = self.metrics_of(device).get(metric)
        zone = self.zone(device.site)
        return Place(zone, unit) if info is None else Place.of(info, zone)

    def schedule(self, rule: Rule) -> Schedule | None:
        """The rule's schedule. Raises ValueError for one that does not exist."""
        if rule.schedule is None:
            return None
        found = self._schedules.get(rule.schedule)
        if found is None:
            raise ValueError(f"there is no schedule {rule.schedule!r}")
        return found

    def open(self, rule: Rule, site: str, at: Millis) -> bool:
        """Whether the rule is judged at that moment."""
        return rule.schedule is None or self._stretch(rule, site, at)[2]

    def changes(self, rule: Rule, site: str, at: Millis) -> Millis | None:
        """When the rule begins or ceases to be judged next; None: never."""
        if rule.schedule is None:
            return None
        until = self._stretch(rule, site, at)[1]
        return None if until == NEVER else until

    def _stretch(self, rule: Rule, site: str, at: Millis) -> tuple[Millis, Millis, bool]:
        """The stretch around a moment within which nothing changes, as far as it was looked at."""
        schedule = self.schedule(rule)
        assert schedule is not None
        key = (schedule.id, site)
        known = self._open.get(key)
        if known is None or not known[0] <= at < known[1]:
            zone = self.zone(site)
            until = next_change(schedule, zone, at)
            known = self._open[key] = (at, NEVER if until is None else until, within(schedule, zone, at))
        return known


def next_border(installation: Installation, now: Millis | None) -> Millis:
    """The next local midnight at which a limit set begins or ends."""
    if now is None:
        return NEVER
    zones = {ZoneInfo(site.timezone) for site in installation.sites}
    borders = (
        datetime.combine(day, time(), zone).astimezone(UTC)
        for limits in installation.limit_sets
        for day in (limits.valid_from, *([limits.valid_until + timedelta(days=1)] if limits.valid_until else []))
        for zone in zones
    )
    return min((m for m in (round(b.timestamp() * 1000) for b in borders) if m > now), default=NEVER)


class CompiledRuleBook:
    """Implements `domain.ports.RuleBook`; the engine also takes the compiled rules themselves."""

    def __init__(self, registry: Registry, catalogue: ProfileBook, clock: Clock | None = None) -> None:
        """With a clock only the limit sets in force count, without one all of them."""
        self._clock = clock
        self._registry = registry
        self._catalogue = catalogue
        self._compiled: Compiled | None = None

    def current(self, now: Millis | None = None) -> Compiled:
        """The rules of the registry's present revision. Give `now` always or never: it decides on limit sets."""
        revision, known = self._registry.revision(), self._compiled
        if known is None or known.revision != revision or (now is not None and now >= known.until):
            installation = self._registry.installation()
            rules: dict[str, Rule] = {rule.id: rule for rule in derive_rules(installation, self._catalogue, now)}
            known = self._compiled = Compiled(
                revision, next_border(installation, now), installation, rules, self._metrics(installation)
            )
        return known

    def _metrics(self, installation: Installation) -> dict[str, Mapping[str, MetricInfo]]:
        known = {info.name: info for info in self._catalogue.profiles()}
        used = {device.profile for device in installation.devices} & known.keys()
        return {name: {info.metric: info for info in known[name].metrics} for name in used}

    def _now(self) -> Compiled:
        return self.current(self._clock() if self._clock else None)

    def rules(self) -> list[Rule]:
        """All enabled rules, by id."""
        return [rule for rule in self._now().all.values() if rule.enabled]

    def rules_for(self, device: Device) -> list[Rule]:
        """The enabled rules that watch the device or one of its metrics, by id."""
        compiled = self._now()
        wanted = {ANY_METRIC, *compiled.metrics_of(device)}
        return [rule for rule in compiled.of_device(device) if rule.scope.metric in wanted]

    def rule(self, rule: str) -> Rule:
        """One, also a disabled one. Raises NotFound."""
        known = self._now().all
        found = known.get(rule)
        if found is None:
            raise NotFound(missing("rule", rule, known))
        return found
