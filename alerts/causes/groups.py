"""Devices that share a way to us (a gateway, a site, all), and when such a group was last heard.

A group's clock moves only when one of its devices speaks, so a tick costs what arrived and never what is silent. Its
patience is the second shortest of its devices': once it is over, at least two of them are overdue, which is more
than one broken device can explain.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from domain.alert import RuleState, RuleStatus
from domain.reading import Millis
from domain.registry import Device, DeviceStatus
from domain.rule import ANY_METRIC, NoDataRule
from domain.system_condition import SystemCondition

if TYPE_CHECKING:
    from alerts.rulebook import Compiled

EVERYTHING: Final = "pantau"
LOOKS: Final = 4  # within one patience, at a group or device that is held
SOONEST: Final[Millis] = 5_000

Key = tuple[SystemCondition, str]


class Group:
    """`devices` are all of it, `patience_of` (ms) those that are expected to speak. `uppers`: larger groups it is
    part of, the largest first. `since`: when somebody began to listen. `held`: not decided before then, for a larger
    group may be silent. `state` is its rule's, durable.
    """

    __slots__ = (
        "condition", "devices", "heard", "held", "patience", "patience_of", "since", "site", "state", "subject",
        "uppers",
    )  # fmt: skip

    def __init__(self, condition: SystemCondition, subject: str, site: str, uppers: tuple[Group, ...]) -> None:
        self.condition = condition
        self.subject = subject
        self.site = site
        self.uppers = uppers
        self.devices: list[str] = []
        self.patience_of: dict[str, Millis] = {}
        self.patience: Millis | None = None
        self.heard: Millis = 0
        self.since: Millis = 0
        self.held: Millis = 0
        self.state = RuleState(f"system.{condition}", subject, condition)

    @property
    def key(self) -> Key:
        """What it is told apart by."""
        return self.condition, self.subject

    @property
    def silent(self) -> bool:
        """Whether it is silent as a whole, by what was decided and by what was heard since."""
        return self.state.status is RuleStatus.ACTIVE and self.heard <= (self.state.since or 0)

    @property
    def ended(self) -> Millis:
        """When its silence last ended; 0 where it never was silent."""
        return self.state.watermark or 0

    def overdue(self, left_out: Iterable[str]) -> Millis | None:
        """The patience after which two devices are overdue, those left out not counted; None with fewer."""
        gone = frozenset(left_out)
        waits = nsmallest(2, (wait for device, wait in self.patience_of.items() if device not in gone))
        return waits[1] if len(waits) > 1 else None


class Groups:
    """The groups of one installation, and of each device those it is part of, the largest first."""

    def __init__(self) -> None:
        self.all: dict[Key, Group] = {}
        self.of: dict[str, tuple[Group, ...]] = {}
        self.patience: dict[str, Millis] = {}

    def offered(self, condition: SystemCondition, subject: str, site: str, uppers: tuple[Group, ...]) -> Group:
        """The group, made when it is first asked for."""
        found = self.all.get((condition, subject))
        if found is None:
            found = self.all[condition, subject] = Group(condition, subject, site, uppers)
        return found


def patience_of(rules: Compiled, device: Device) -> Millis | None:
    """How long a device may be silent (ms); None where nobody expects anything of it."""
    if device.status is DeviceStatus.OUT_OF_SERVICE:
        return None
    silences = [rule for rule in rules.of_device(device) if isinstance(rule, NoDataRule)]
    whole = [rule.after for rule in silences if rule.scope.metric == ANY_METRIC]
    waits = whole or [rule.after for rule in silences if rule.scope.metric in rules.metrics_of(device)]
    return round(min(waits) * 1000) if waits else None


def groups_of(rules: Compiled, left_out: Mapping[str, str]) -> Groups:
    """All groups of an installation. Nothing is expected of devices left out (out of operation), but they belong to
    their groups. There is one of everything only where there are two sites.
    """
    groups = Groups()
    sites = {device.site for device in rules.devices.values()}
    top = (groups.offered(SystemCondition.ALL_SILENT, EVERYTHING, "", ()),) if len(sites) > 1 else ()
    alike: dict[tuple[str, str, str], Millis | None] = {}
    used = {device.gateway for device in rules.devices.values()}
    for device in rules.devices.values():
        site = groups.offered(SystemCondition.SITE_SILENT, device.site, device.site, top)
        path: tuple[Group, ...] = (*top, site)
        for gateway in gateways_of(device, rules.devices, used):
            where = rules.devices.get(gateway, device).site
            path = (*path, groups.offered(SystemCondition.GATEWAY_SILENT, gateway, where, path))
        wait = None if device.id in left_out else _patience(rules, device, alike)
        _join(groups, device.id, path, wait)
    for group in groups.all.values():
        group.patience = group.overdue(())
    return groups


def _patience(rules: Compiled, device: Device, alike: dict[tuple[str, str, str], Millis | None]) -> Millis | None:
    """As `patience_of`; devices without rules of their own are alike when profile and place are the same."""
    if device.id in rules.own or device.status is DeviceStatus.OUT_OF_SERVICE:
        return patience_of(rules, device)
    key = (device.profile, device.site, device.stage)
    if key not in alike:
        alike[key] = patience_of(rules, device)
    return alike[key]


def gateways_of(device: Device, devices: Mapping[str, Device], used: Container[str | None]) -> list[str]:
    """The gateways through which a device speaks, the one nearest to us first; a gateway that is used speaks
    through itself.
    """
    found: list[str] = []
    next_one = device.id if device.id in used else device.gateway
    while next_one is not None and next_one not in found:
        found.append(next_one)
        above = devices.get(next_one)
        next_one = above.gateway if above else None
    return found[::-1]


def _join(groups: Groups, device: str, path: tuple[Group, ...], wait: Millis | None) -> None:
    groups.of[device] = path
    if wait is not None:
        groups.patience[device] = wait
    for group in path:
        group.devices.append(device)
        if wait is not None:
            group.patience_of[device] = wait


def look_again(now: Millis, until: Millis, patience: Millis) -> Millis:
    """When to look at something held until then: a few times before, for it may be decided sooner."""
    return min(until, now + max(SOONEST, patience // LOOKS))
