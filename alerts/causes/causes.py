"""Who is not judged right now, and for which alert's sake: one parent instead of a storm of children.

How the evaluator uses it, in the order of one tick:

1. While it judges slices: `hear` with the newest receipt of every device that spoke in a slice, `connection` for
   every reading of a gateway's own `online` (`gateways` names them). Both cost what arrived.
2. `Work.change` asks `quieted` about every transition that would ring: an alert raised behind a cause, or in a
   place out of operation, is suppressed in the same breath, and neither step is told.
3. After the slices, once a tick and only when the journal was read to its head: `judge`, in a piece of work that is
   committed before silence falls due. It raises and returns the parents, and moves the children.
4. When silence falls due, `parent_of` (not judged: `RuleStatus.NOT_JUDGED`, `parent`; look again after
   `LOOK_AGAIN`), then `listening` (since when silence counts: the end of the last cause), then `hold` (wait until
   then: the whole group may be silent). `freed` are the devices whose cause ended in this tick: their wait begins
   anew.
5. `forget` whenever the evaluator drops its memory (a commit was refused): everything is read from the book again.

Rule states of system rules (`system.*`) belong to this package; the evaluator leaves them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from alerts.attention import AHEAD
from alerts.causes import recollection
from alerts.causes.checks import Checks
from alerts.causes.children import PAUSE, SYSTEM, Children, alert_of
from alerts.causes.conditions import EVERYTHING, Trouble
from alerts.causes.groups import Group, groups_of
from alerts.causes.resting import Resting
from alerts.causes.silences import Silences
from alerts.causes.situation import GROUPS, LOOK_AGAIN, OFFLINE, SILENT, Cover, Situation
from alerts.causes.standing import Standing
from alerts.derived_service import of_plan
from alerts.lifecycle import suppress, unsuppress
from alerts.state_diagram import ACKNOWLEDGED, UNACKNOWLEDGED
from domain.alert import Alert, RuleStatus, Transition
from domain.ports import AlertBook, Heartbeats, Journal, Pauses, Registry
from domain.reading import Millis
from domain.rule import ANY_METRIC, NoDataRule
from domain.system_condition import SystemCondition

if TYPE_CHECKING:
    from alerts.rulebook import Compiled
    from alerts.work import Work

LOST: Final = "lost"  # what was behind a cause that was over by the time we began


class Causes:
    """Not for several threads. Everything that must survive a restart is in the book."""

    def __init__(
        self,
        book: AlertBook,
        journal: Journal,
        pauses: Pauses | None = None,
        heartbeats: Heartbeats | None = None,
        free_disk: Callable[[], float | None] | None = None,
        registry: Registry | None = None,
        due: Callable[[Millis], Mapping[str, int]] | None = None,
        services: Callable[[Millis], Mapping[str, int]] | None = None,
    ) -> None:
        """Without pauses or heartbeats nothing is concluded from them. `free_disk`: the free share (0 to 1) of the
        fullest disk that is written to. `registry`: the stages of devices, before the first `judge`. `due`:
        the days left until calibrations that are due, by device; `services`: until services by the calendar.
        """
        self._book = book
        self._journal = journal
        self._checks = Checks(book, journal, heartbeats, free_disk, due, services)
        self._now = Situation(Resting(pauses, registry))
        self._children = Children(book, self._now.parent_of)
        self._covers: dict[str, Cover] = {}
        self._rules: Compiled | None = None
        self._spoke: set[str] = set()
        self._last: Millis | None = None
        self.gateways: frozenset[str] = frozenset()
        self.freed: frozenset[str] = frozenset()

    def hear(self, heard: Mapping[str, Millis]) -> None:
        """These devices spoke (`alerts.silence.speaks`): the newest receipt of each in this slice."""
        for device, received in heard.items():
            self._now.silences.hear(device, received)
        self._spoke.update(heard)

    def connection(self, gateway: str, online: bool, received: Millis) -> None:
        """The broker's word about a gateway's connection (its `online`), in order of arrival."""
        if online:
            self._now.offline.pop(gateway, None)
        elif gateway in self.gateways:
            self._now.offline.setdefault(gateway, received)

    def judge(
        self,
        work: Work,
        rules: Compiled,
        heard: Callable[[str], Millis | None],
        now: Millis,
        *,
        listening: Millis | None = None,
        bad: Mapping[str, str] | None = None,
    ) -> None:
        """Once a tick. `heard`: when a device was last heard, as far as memory goes (asked for every device only
        after a restart or a change of the registry). `listening`: `Attention.since`. `bad`: rules that cannot be
        judged, with their error.
        """
        if self._last is not None and now < self._last - AHEAD:
            self._now.silences.set_back(now)
            self.forget()
        standing = self._follow(rules, heard, now)
        self._now.silences.since = max(self._now.deaf_until, listening or 0)
        standing.fetch(work)
        self._judge_deaf(work, standing, now)
        self._judge_gateways(work, standing, now)
        if not self._now.deaf():
            self._judge_groups(work, standing, now)
        self._move(work, now)
        for condition, troubles in self._checks.others(standing, rules, self._last, bad or {}, now):
            standing.judge(work, condition, troubles, now)
        self._spoke.clear()
        self._last = now

    def parent_of(self, device: str) -> str | None:
        """The id of the alert for whose sake the device is not judged, "pause:N" for a place out of operation."""
        return self._now.parent_of(device)

    def listening(self, device: str) -> Millis | None:
        """Since when silence of the device counts: the end of the last cause it was behind."""
        return self._now.listening(device) or None

    def hold(self, device: str, due: Millis, now: Millis) -> Millis | None:
        """Its own wait ended at `due`: look again then, for its whole group may be silent. None: it is its own."""
        return self._now.hold(device, due, now)

    def quieted(self, alert: Alert, transition: Transition, now: Millis) -> tuple[Alert, Transition] | None:
        """The suppression that follows a transition of an alert whose device is not judged; None when it may ring."""
        if alert.kind == SYSTEM or transition.to_state not in (UNACKNOWLEDGED, ACKNOWLEDGED):
            return None
        if alert.kind == "no_data" and alert.active and alert.metric == ANY_METRIC:
            self._now.silences.away.add(alert.device)
        resting = self._now.resting
        parent = resting.pause_now(alert, now) or self.parent_of(alert.device)
        if parent is None and (told := self._told_of_service(alert)) is not None:
            return suppress(alert, told, None, now)
        return None if parent is None else suppress(alert, alert_of(parent), resting.why(parent), now)

    def release_at(self, alert: Alert, now: Millis) -> Millis | None:
        """When a suppressed alert comes back to life by itself; None while its cause holds."""
        if alert.kind == SYSTEM or self.parent_of(alert.device) is not None or self._told_of_service(alert):
            return None
        return min(self._now.listening(alert.device), now) + self._now.wait(alert.device)

    def _told_of_service(self, alert: Alert) -> str | None:
        """The alert that told of the machine's service by the calendar, before its running hours did."""
        if not of_plan(alert.rule) or self._now.standing is None:
            return None
        state = self._now.standing.open.get((SystemCondition.SERVICE_DUE, alert.device))
        return None if state is None or state.status is not RuleStatus.ACTIVE else state.alert

    def forget(self) -> None:
        """Read everything from the book again before the next `judge`; what was heard is kept."""
        self._now.standing = None

    def _follow(self, rules: Compiled, heard: Callable[[str], Millis | None], now: Millis) -> Standing:
        """Take over a change of the registry or of the pauses, or read everything again."""
        present = self._now
        changed, standing = present.resting.follow(rules, now), present.standing
        if standing is not None and self._rules is rules and not changed:
            return standing
        if standing is None or self._rules is not rules:
            standing = present.standing = Standing(self._book, rules)
        before = present.silences
        present.silences = Silences(groups_of(rules, present.resting.paused), present.after)
        present.silences.away = before.away
        began, self._rules = self._rules is None, rules
        self.gateways = frozenset(key[1] for key in present.groups.all if key[0] is SILENT)
        recollection.recall_clocks(present.silences, before, heard, self._journal)
        suppressed = recollection.load(present, standing, self._book, self.gateways, now)
        self._recall_covers({*suppressed, *present.freed_since(now - LOOK_AGAIN)})
        for word in recollection.connections(self._journal, self.gateways) if began else ():
            self.connection(*word)
        present.silences.begin(now)
        return standing

    def _recall_covers(self, freed: set[str]) -> None:
        """Who was not judged before. Causes move their children in the transaction in which they are raised; pauses
        begin and end outside, and perhaps nobody started the wait of those `freed` anew before we began.
        """
        paused = {name: cover for name, cover in self._covers.items() if name.startswith(PAUSE)}
        causes = {name: cover for name, cover in self._now.covers().items() if not name.startswith(PAUSE)}
        lost = frozenset(device for device in freed if self.parent_of(device) is None)
        self._covers = {**causes, **paused, LOST: Cover(lost)}

    def _judge_deaf(self, work: Work, standing: Standing, now: Millis) -> None:
        """Collector and broker: while nothing can be heard, nobody is silent."""
        present = self._now
        was_deaf = bool(present.deaf())
        heard = max((group.heard for group in present.groups.all.values() if not group.uppers), default=0)
        for condition, troubles in self._checks.signs(heard, now):
            standing.judge(work, condition, troubles, now)
        if was_deaf and not present.deaf():
            present.deaf_until = present.silences.since = now

    def _judge_gateways(self, work: Work, standing: Standing, now: Millis) -> None:
        """Gateways whose connection broke; what is behind one that speaks all the same shows that it came back."""
        troubles: list[Trouble] = []
        for gateway, since in list(self._now.offline.items()):
            group = self._now.groups.all.get((SILENT, gateway))
            if group is None or group.heard > since:
                del self._now.offline[gateway]
            elif group.state.status is not RuleStatus.ACTIVE:
                troubles.append(Trouble(OFFLINE, since, gateway, gateway, group.site))
        standing.judge(work, OFFLINE, troubles, now)

    def _judge_groups(self, work: Work, standing: Standing, now: Millis) -> None:
        """Silent groups that were heard return; those whose patience is over are decided, the largest first."""
        present = self._now
        for key in [key for key in standing.open if key[0] in GROUPS]:
            group = present.groups.all.get(key)
            if group is None:  # nothing speaks through it any more
                standing.take(work, key, None, now)
            elif not group.silent or group.patience is None or present.after(group) is None:
                group.state = standing.take(work, key, None, now)
        for group in present.silences.due(now):
            if present.offline_of(group) is not None:
                present.silences.later(group, now)
            elif present.silences.decide(group, partial(self._no_evidence, now), now):
                group.state = standing.take(work, group.key, self._trouble(group), now)

    def _no_evidence(self, now: Millis, group: Group, device: str) -> bool:
        """Whether the device's silence says nothing of the group: something smaller explains it, or nobody expects it
        to speak, for its rules' schedules are closed, or opened less than its patience ago.
        """
        if self._now.explained(group, device) or self._rules is None:
            return True
        found, patience = self._rules.devices.get(device), group.patience_of.get(device, 0)
        if found is None:
            return True
        silences = [rule for rule in self._rules.of_device(found) if isinstance(rule, NoDataRule)]
        return not any(
            all(self._rules.open(rule, found.site, at) for at in (now - patience, now)) for rule in silences
        )

    def _trouble(self, group: Group) -> Trouble:
        device = group.subject if group.condition is SILENT else EVERYTHING
        return Trouble(group.condition, self._now.silences.base(group), group.subject, device, group.site)

    def _move(self, work: Work, now: Millis) -> None:
        """Suppress what is behind a new cause, release what was behind one that is over."""
        before, covers = self._covers, self._now.covers()
        self._covers = covers
        freed: set[str] = set()
        for name in before.keys() - covers.keys():
            freed.update(device for device in before[name].devices if self.parent_of(device) is None)
            self._children.release(work, before[name].devices, self._spoke, self._now.wait, now)
        for name, cover in covers.items():
            if name not in before:
                self._children.cover(work, cover.devices, cover.why, now)
        if before.keys() != covers.keys():
            self._move_parents(work, now)
        self._children.spoke(work, self._spoke, now)
        self.freed = frozenset(freed)

    def _move_parents(self, work: Work, now: Millis) -> None:
        """A smaller cause has the larger as its parent; when that is over and it still holds, it is one again."""
        for state, parent in self._now.parents():
            alert = work.alert(state.alert)
            if alert is None:
                continue
            done = suppress(alert, parent, None, now) if parent is not None else unsuppress(alert, now)
            if done is not None:
                work.change(*done)
