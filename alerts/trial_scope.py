"""Where a rule would be tried: the devices in its scope, their metrics, and what the kinds must know of each."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from alerts.kinds.finding import Place
from alerts.kinds.machine import Where
from alerts.silence import CONNECTION_METRIC
from alerts.trial_series import Hours
from domain.errors import NotFound
from domain.metrics import MetricInfo
from domain.ports import ProfileBook
from domain.references_rules import covers
from domain.registry import Device, DeviceStatus, Installation
from domain.rule import ANY_METRIC, CompositeRule, Rule
from domain.rule import Place as Around
from domain.shift_schedules import rule_schedules


class Ground:
    """The installation as it is now. History is judged by it, also where it was another then."""

    def __init__(self, installation: Installation, profiles: ProfileBook) -> None:
        self._profiles = profiles
        self._zones = {site.id: ZoneInfo(site.timezone) for site in installation.sites}
        self._schedules = rule_schedules(installation)
        self._devices = sorted(installation.devices, key=lambda device: device.id)

    def devices(self, rule: Rule) -> list[Device]:
        """Those in the rule's scope that are in service and measure its metric, by id."""
        return [
            device
            for device in self._devices
            if device.status is DeviceStatus.IN_SERVICE and covers(rule.scope, device) and self.metrics(rule, device)
        ]

    def metrics(self, rule: Rule, device: Device) -> list[str]:
        """The metrics the rule listens to: its own, or all that speak."""
        known = [info.metric for info in self._infos(device)]
        if rule.scope.metric == ANY_METRIC:
            return [metric for metric in known if metric != CONNECTION_METRIC]
        return [rule.scope.metric] if rule.scope.metric in (*known, CONNECTION_METRIC) else []

    def hours(self, rule: Rule, device: Device) -> Hours:
        """The rule's schedule in the device's own days."""
        return Hours(self._schedules.get(rule.schedule or ""), self._zones[device.site])

    def place(self, rule: Rule, device: Device) -> tuple[Where, Place]:
        """What the kinds must know. A metric that the profile does not declare is plain and without interval."""
        info = next((one for one in self._infos(device) if one.metric == rule.scope.metric), None)
        zone, unit = self._zones[device.site], "1" if info is None else info.unit
        where = Where(device.site, device.id, rule.scope.metric, unit)
        return where, Place(zone, unit) if info is None else Place.of(info, zone)

    def _infos(self, device: Device) -> tuple[MetricInfo, ...]:
        try:
            return self._profiles.profile(device.profile).metrics
        except NotFound:
            return ()


def around(rule: CompositeRule, devices: list[Device]) -> Iterator[list[Device]]:
    """The devices that count as one place for a composite, place by place."""
    groups: dict[str, list[Device]] = {}
    for device in devices:
        names = {Around.DEVICE: device.id, Around.STAGE: f"{device.site}/{device.stage}", Around.SITE: device.site}
        groups.setdefault(names[rule.place], []).append(device)
    yield from groups.values()
