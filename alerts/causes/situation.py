"""What is known right now: which system rules hold, who rests, which groups are silent; and whom that concerns."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from msgspec import Struct

from alerts.causes.conditions import EVERYTHING
from alerts.causes.groups import SOONEST, Group, Groups
from alerts.causes.resting import Resting
from alerts.causes.silences import Silences
from alerts.causes.standing import CONDITIONS, Key, Standing
from domain.alert import RuleState, RuleStatus
from domain.reading import Millis
from domain.system_condition import SystemCondition

LOOK_AGAIN: Final[Millis] = 600_000  # a device that is not judged is looked at again, if nothing happened before
DEAF: Final = (SystemCondition.COLLECTOR_DOWN, SystemCondition.COLLECTOR_BLOCKED, SystemCondition.BROKER_DOWN)
OFFLINE: Final = SystemCondition.GATEWAY_OFFLINE
SILENT: Final = SystemCondition.GATEWAY_SILENT
GROUPS: Final = (SystemCondition.ALL_SILENT, SystemCondition.SITE_SILENT, SILENT)
MINUTE: Final[Millis] = 60_000


class Cover(Struct, frozen=True):
    """Devices that are not judged, for one reason."""

    devices: Collection[str]
    why: str | None = None


class Situation:
    """`standing` is None until the book was read. `deaf_until`: when the last of `DEAF` ended. `offline`: gateways
    without a connection, since when.
    """

    def __init__(self, resting: Resting) -> None:
        self.resting = resting
        self.standing: Standing | None = None
        self.silences = Silences(Groups(), self.after)
        self.offline: dict[str, Millis] = {}
        self.deaf_until: Millis = 0

    @property
    def groups(self) -> Groups:
        """The groups of the installation."""
        return self.silences.groups

    def of(self, device: str) -> tuple[Group, ...]:
        """The groups a device is part of, the largest first."""
        return self.groups.of.get(device, ())

    def after(self, group: Group) -> Millis | None:
        """How long a group must be silent besides its patience (ms), None where its rule is switched off."""
        rule = self.standing.rule(group.condition, group.site) if self.standing else None
        return None if rule is None else round(rule.after * 1000)

    def deaf(self) -> list[RuleState]:
        """What keeps us from hearing anybody, or seems to."""
        found = [self.standing.open.get((about, EVERYTHING)) for about in DEAF] if self.standing else []
        return [state for state in found if state is not None]

    def offline_of(self, group: Group) -> RuleState | None:
        """The broken connection of a gateway, pending or active."""
        if group.condition is not SILENT or self.standing is None:
            return None
        return self.standing.open.get((OFFLINE, group.subject))

    def parent_of(self, device: str) -> str | None:
        """The alert or the pause for whose sake the device is not judged, the largest first."""
        pause = self.resting.pause_of(device)
        if pause is not None or self.standing is None:
            return pause
        for state in self.deaf():
            if state.status is RuleStatus.ACTIVE:
                return state.alert
        for group in self.of(device):
            if group.silent:
                return group.state.alert
            offline = self.offline_of(group)
            if offline is not None and offline.status is RuleStatus.ACTIVE:
                return offline.alert
        return None

    def listening(self, device: str) -> Millis:
        """When the last cause ended that the device was behind; 0 without any."""
        ended = max((self.ended_at(group) for group in self.of(device)), default=0)
        return max(self.deaf_until, ended, self.resting.resumed.get(device, 0))

    def ended_at(self, group: Group) -> Millis:
        """When a group's silence, or its gateway's broken connection, last ended; 0 without any."""
        gateway = self.standing.states.get((OFFLINE, group.subject)) if self.standing else None
        offline = (gateway.watermark or 0) if gateway is not None and group.condition is SILENT else 0
        return max(group.ended, offline)

    def freed_since(self, at: Millis) -> list[str]:
        """The devices whose cause ended since then."""
        if self.deaf_until > at:
            return list(self.groups.of)
        ended = [group for group in self.groups.all.values() if self.ended_at(group) > at]
        resumed = [device for device, when in self.resting.resumed.items() if when > at]
        return [*resumed, *(device for group in ended for device in group.devices)]

    def hold(self, device: str, due: Millis, now: Millis) -> Millis | None:
        """When to look at a device's silence again, whose wait ended at `due`; None: it is its own."""
        pending = [*self.deaf(), *(self.offline_of(group) for group in self.of(device))]
        for state in pending:
            if state is not None and state.status is RuleStatus.PENDING:
                return max(now + SOONEST, self._rings_at(state))
        return self.silences.hold(device, due, now)

    def _rings_at(self, state: RuleState) -> Millis:
        """When something that holds becomes an alert."""
        rule = self.standing.rule(CONDITIONS[state.metric], "") if self.standing else None
        return (state.since or 0) + round((rule.after if rule else 0) * 1000)

    def explained(self, group: Group, device: str) -> bool:
        """Whether something smaller than the group is known to be the cause for this device."""
        return any(
            len(other.uppers) > len(group.uppers) and (other.silent or self.offline_of(other) is not None)
            for other in self.of(device)
        )

    def covers(self) -> dict[str, Cover]:
        """Who is not judged now, by reason."""
        covers: dict[str, Cover] = {}
        for state in self.deaf():
            if state.status is RuleStatus.ACTIVE:
                covers[state.metric] = Cover(self.groups.of.keys())
        for key, _, group in self._active():
            covers["/".join(key)] = Cover(group.devices)
        for name in self.resting.names():
            covers[name] = Cover(self.resting.devices(name), self.resting.why(name))
        return covers

    def parents(self) -> Iterator[tuple[RuleState, str | None]]:
        """Every active cause, with the alert of the largest that has it as a part."""
        for _, state, group in self._active():
            above = [*self.deaf(), *(upper.state for upper in group.uppers)]
            yield state, next((one.alert for one in above if one.status is RuleStatus.ACTIVE), None)

    def _active(self) -> Iterator[tuple[Key, RuleState, Group]]:
        for key, state in list(self.standing.open.items()) if self.standing else []:
            group = self.groups.all.get((SILENT if key[0] is OFFLINE else key[0], key[1]))
            if group is not None and state.status is RuleStatus.ACTIVE:
                yield key, state, group

    def wait(self, device: str) -> Millis:
        """How long a device is given to speak."""
        return self.groups.patience.get(device, MINUTE)
