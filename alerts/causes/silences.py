"""Which groups are silent as a whole: decided from the largest to the smallest, when their patience is over. Pure
but for the groups' own clocks; what follows for alerts is decided by `Causes`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Final

from alerts.attention import AHEAD
from alerts.causes.groups import Group, Groups, Key, look_again
from domain.alert import RuleStatus
from domain.reading import Millis

Rules = Callable[[Group], Millis | None]
"""How long a group must be silent besides its patience (ms), None where its rule is switched off."""


class Silences:
    """`since`: when silence of anybody began to count (nobody listened before). `away`: devices that are left out of
    the evidence, because they are known to be silent for a reason of their own.
    """

    def __init__(self, groups: Groups, after: Rules) -> None:
        self.groups = groups
        self.since: Millis = 0
        self.away: set[str] = set()
        self._after = after
        self._agenda: list[tuple[Millis, int, Key]] = []
        self._order: Final = {key: number for number, key in enumerate(groups.all)}

    def begin(self, now: Millis) -> None:
        """Put every group on the agenda; one that was never heard is waited for from now on."""
        self._agenda = []
        for group in self.groups.all.values():
            if group.since == 0 and group.heard == 0:
                group.since = now
            if group.patience is not None:
                self._look(group, self.base(group) + group.patience)

    def hear(self, device: str, received: Millis) -> None:
        """A device spoke."""
        self.away.discard(device)
        self.tell(device, received)

    def tell(self, device: str, received: Millis) -> None:
        """When a device spoke some time ago."""
        for group in self.groups.of.get(device, ()):
            if received > group.heard:
                group.heard = received

    def set_back(self, now: Millis) -> None:
        """The clock was set back: what was noted in the future is noted now."""
        self.since = min(self.since, now)
        for group in self.groups.all.values():
            group.heard, group.since, group.held = min(group.heard, now), now, 0
        self.begin(now)

    def base(self, group: Group) -> Millis:
        """Since when its silence counts: when it was heard, or when somebody began to listen again."""
        ended = max([group.ended, *(upper.ended for upper in group.uppers)])
        return max(group.heard, group.since, self.since, ended)

    def deadline(self, group: Group) -> Millis | None:
        """When it is silent as a whole, if nobody speaks."""
        after = self._after(group)
        if group.patience is None or after is None:
            return None
        return self.base(group) + max(group.patience, after)

    def due(self, now: Millis) -> list[Group]:
        """The groups to decide on, the largest first."""
        found: list[Group] = []
        while self._agenda and self._agenda[0][0] <= now:
            group = self.groups.all[heapq.heappop(self._agenda)[2]]
            deadline = self.deadline(group)
            if deadline is None or group.state.status is RuleStatus.ACTIVE:
                self.later(group, now)
            elif deadline > now:
                self._look(group, deadline)
            else:
                found.append(group)
        return sorted(found, key=lambda group: len(group.uppers))

    def decide(self, group: Group, covered: Callable[[Group, str], bool], now: Millis) -> bool:
        """Whether a due group is silent for a reason of its own. `covered`: whether a device of the group is not
        judged for the sake of something smaller than the group, which is no evidence for the group.
        """
        group.held = 0
        wait = group.overdue(d for d in group.patience_of if d in self.away or covered(group, d))
        if wait is None or any(upper.silent for upper in group.uppers):
            self.later(group, now)
            return False
        due = self.base(group) + max(wait, self._after(group) or 0)
        if now < due:
            self._look(group, due)
            return False
        until = self._of_others(group.uppers, due, None, now)
        if until is not None:
            group.held = until
            self._look(group, until)
            return False
        self.later(group, now)
        return True

    def later(self, group: Group, now: Millis) -> None:
        """Look at a due group again after its patience."""
        self._look(group, now + (group.patience or AHEAD))

    def hold(self, device: str, due: Millis, now: Millis) -> Millis | None:
        """Look at a device's own silence again then, as a group of it may be silent; None: it is its own."""
        return self._of_others(self.groups.of.get(device, ()), due, self.groups.patience.get(device), now)

    def _of_others(self, groups: Iterable[Group], due: Millis, patience: Millis | None, now: Millis) -> Millis | None:
        """Whoever of a group spoke after `due` shows that the group is not silent."""
        for group in groups:
            if group.held > now:
                return group.held
            until = self.deadline(group)
            if until is None or group.heard >= due or until <= now:
                continue
            if patience is None or until - due <= patience:
                return look_again(now, until, patience or group.patience or 0)
        return None

    def _look(self, group: Group, at: Millis) -> None:
        heapq.heappush(self._agenda, (at, self._order[group.key], group.key))
