"""The installation as pages need it: looked up by site, device and series, read anew when its revision changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from domain.errors import NotFound
from domain.metrics import MetricInfo
from domain.reading import Series
from domain.registry import CompliancePoint, Device, Installation, LimitSet, Site, SiteKind
from domain.rule import LimitRule, Rule
from domain.services import Services


@dataclass(frozen=True)
class Bound:
    """What a value is held against. `source` is the legal source, None for a rule of the house's own."""

    low: float | None
    high: float | None
    name: object  # a domain Text
    source: str | None = None
    note: str | None = None

    def broken_by(self, value: float) -> bool:
        """Whether a value lies outside."""
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)


@dataclass(frozen=True)
class Plan:
    """One revision of the installation with the rules in force."""

    installation: Installation
    rules: tuple[Rule, ...]
    metrics: dict[tuple[str, str], MetricInfo]  # (profile, metric)

    @cached_property
    def sites(self) -> dict[str, Site]:
        """By id: the IPAL first, for it is what the law looks at; then in the order of the files."""
        ordered = sorted(self.installation.sites, key=lambda site: site.kind is not SiteKind.IPAL)
        return {site.id: site for site in ordered}

    @cached_property
    def devices(self) -> dict[str, Device]:
        """By id, in the order of the files."""
        return {device.id: device for device in self.installation.devices}

    @cached_property
    def _devices_by_site(self) -> dict[str, list[Device]]:
        found: defaultdict[str, list[Device]] = defaultdict(list)
        for device in self.installation.devices:
            found[device.site].append(device)
        return found

    @cached_property
    def _rules_by_metric(self) -> dict[str, list[LimitRule]]:
        found: defaultdict[str, list[LimitRule]] = defaultdict(list)
        for rule in self.rules:
            if isinstance(rule, LimitRule):
                found[rule.scope.metric].append(rule)
        return found

    def site(self, site: str) -> Site:
        """Raises NotFound."""
        if site not in self.sites:
            raise NotFound(site)
        return self.sites[site]

    def device(self, device: str) -> Device:
        """Raises NotFound."""
        if device not in self.devices:
            raise NotFound(device)
        return self.devices[device]

    def devices_of(self, site: str) -> list[Device]:
        """The devices of a site."""
        return self._devices_by_site.get(site, [])

    def metric(self, device: str, metric: str) -> MetricInfo | None:
        """What the device's profile says of a metric; None for one it does not know (`online`)."""
        found = self.devices.get(device)
        return self.metrics.get((found.profile, metric)) if found else None

    def metrics_of(self, device: Device) -> list[MetricInfo]:
        """The metrics that the device's profile declares, in its order."""
        return [info for (profile, _), info in self.metrics.items() if profile == device.profile]

    def compliance_points(self, site: str) -> list[tuple[CompliancePoint, LimitSet]]:
        """The points of a site, each with its limit set."""
        sets = {limits.id: limits for limits in self.installation.limit_sets}
        points = [point for point in self.installation.compliance_points if point.site == site]
        return [(point, sets[point.limit_set]) for point in points if point.limit_set in sets]

    def bounds(self, series: Series, today: date) -> list[Bound]:
        """What values of a series are held against: limits of the law first, then the house's own rules."""
        found = legal_bounds(self, series, today)
        for rule in self._rules_by_metric.get(series.metric, []):
            known = any(bound.low == rule.below and bound.high == rule.above for bound in found)
            covered = rule.source is not None and any(bound.source for bound in found)
            if watches(rule, series) and not known and not covered:
                found.append(Bound(rule.below, rule.above, rule.name, rule.source))
        return found


def watches(rule: Rule, series: Series) -> bool:
    """Whether a rule's scope takes in a series."""
    scope = rule.scope
    pairs = ((scope.metric, series.metric), (scope.site, series.site), (scope.device, series.device))
    return all(want in (None, got) for want, got in (*pairs, (scope.stage, series.point)))


def in_force(limits: LimitSet, today: date) -> bool:
    """Whether a limit set holds on a day (both ends inclusive)."""
    return limits.valid_from <= today <= (limits.valid_until or today + timedelta(1))


def legal_bounds(plan: Plan, series: Series, today: date) -> list[Bound]:
    """The limits of the compliance points that a device measures, judged on-line."""
    found: list[Bound] = []
    for point, limits in plan.compliance_points(series.site):
        if series.device not in point.devices or not in_force(limits, today):
            continue
        for limit in limits.limits:
            if limit.metric == series.metric and limit.unit == series.unit and not limit.laboratory:
                found.append(Bound(limit.min, limit.max, limits.name, limits.source, limit.note))
    return found


class PlanBook:
    """Keeps the plan of the newest revision. Two requests at once may both read it; either result is right."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept: tuple[int, Plan] | None = None

    def current(self) -> Plan:
        """The plan in force. Raises Unavailable while the registry is away."""
        revision = self._services.registry.revision()
        kept = self._kept
        if kept is None or kept[0] != revision:
            kept = self._kept = (revision, self._read())
        return kept[1]

    def _read(self) -> Plan:
        profiles = self._services.profiles.profiles()
        metrics = {(profile.name, info.metric): info for profile in profiles for info in profile.metrics}
        installation = self._services.registry.installation()
        return Plan(installation, tuple(self._services.rules.rules()), metrics)
