"""The rules in force, compiled once for each revision of the registry (and when a limit set begins or ends)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.derived import limit_rules, no_data_rules
from alerts.silence import ANY_METRIC
from domain.errors import NotFound
from domain.ports import Clock, ProfileBook, Registry
from domain.reading import Millis
from domain.registry import Device, DeviceStatus, Installation, Route
from domain.rule import LimitRule, NoDataRule, Rule, Scope

NEVER: Millis = 1 << 62


def derive_rules(
    installation: Installation, catalogue: ProfileBook, now: Millis | None = None
) -> list[LimitRule | NoDataRule]:
    """All rules by id: derived ones, and the installation's own over derived ones of the same id.

    With `now`, limits only of the limit sets in force; without, of all of them.
    """
    rules: dict[str, LimitRule | NoDataRule] = {}
    for derived in (limit_rules(installation, catalogue, now), no_data_rules(installation, catalogue)):
        rules.update((rule.id, rule) for rule in derived)
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
    all: dict[str, LimitRule | NoDataRule]
    metrics: dict[str, frozenset[str]] = field(default_factory=dict)  # by profile
    devices: dict[str, Device] = field(default_factory=dict)
    own: dict[str, list[LimitRule | NoDataRule]] = field(default_factory=dict)  # by the one device they name
    general: list[LimitRule | NoDataRule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.devices = {device.id: device for device in self.installation.devices}
        for rule in self.all.values():
            if rule.enabled and rule.scope.device is None:
                self.general.append(rule)
            elif rule.enabled and rule.scope.device in self.devices:
                self.own.setdefault(rule.scope.device, []).append(rule)

    def metrics_of(self, device: Device) -> frozenset[str]:
        """The metrics of the device's profile; none for an unknown profile."""
        return self.metrics.get(device.profile, frozenset())

    def of_device(self, device: Device) -> list[LimitRule | NoDataRule]:
        """Enabled rules whose scope takes the device in, by id."""
        candidates = [*self.own.get(device.id, ()), *self.general]
        return sorted((r for r in candidates if watches(r.scope, device)), key=lambda rule: rule.id)

    def of_series(self, device: str, metric: str) -> list[LimitRule | NoDataRule]:
        """The rules in force for one series; none for a device unknown or out of service."""
        found = self.devices.get(device)
        if found is None or found.status is DeviceStatus.OUT_OF_SERVICE:
            return []
        return [rule for rule in self.of_device(found) if rule.scope.metric in (metric, ANY_METRIC)]

    def in_force(self, rule: str, device: str, metric: str) -> bool:
        """Whether a rule state is still about something that is watched."""
        found, where = self.all.get(rule), self.devices.get(device)
        if found is None or where is None or not found.enabled or where.status is DeviceStatus.OUT_OF_SERVICE:
            return False
        return found.scope.metric == metric and watches(found.scope, where)

    def routes(self, site: str, rule: LimitRule | NoDataRule) -> list[str]:
        """Who is told: routes by site and priority."""
        return [route.id for route in self.installation.routes if told(route, site, rule)]


def told(route: Route, site: str, rule: LimitRule | NoDataRule) -> bool:
    """Whether a route takes this; empty lists take all."""
    return (not route.sites or site in route.sites) and (not route.priorities or rule.priority in route.priorities)


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
            rules = {rule.id: rule for rule in derive_rules(installation, self._catalogue, now)}
            known = self._compiled = Compiled(
                revision, next_border(installation, now), installation, rules, self._metrics(installation)
            )
        return known

    def _metrics(self, installation: Installation) -> dict[str, frozenset[str]]:
        known = {info.name: info for info in self._catalogue.profiles()}
        used = {device.profile for device in installation.devices} & known.keys()
        return {name: frozenset(info.metric for info in known[name].metrics) for name in used}

    def _now(self) -> Compiled:
        return self.current(self._clock() if self._clock else None)

    def rules(self) -> list[Rule]:
        """All enabled rules, by id."""
        return [rule for rule in self._now().all.values() if rule.enabled]

    def rules_for(self, device: Device) -> list[Rule]:
        """The enabled rules that watch the device or one of its metrics, by id."""
        compiled = self._now()
        wanted = compiled.metrics_of(device) | {ANY_METRIC}
        return [rule for rule in compiled.of_device(device) if rule.scope.metric in wanted]

    def rule(self, rule: str) -> Rule:
        """One, also a disabled one. Raises NotFound."""
        found = self._now().all.get(rule)
        if found is None:
            raise NotFound(f"there is no rule {rule!r}")
        return found
