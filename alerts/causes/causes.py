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

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from alerts.attention import AHEAD
from alerts.causes.checks import Checks
from alerts.causes.children import PAUSE, SYSTEM, Children, alert_of, all_open
from alerts.causes.conditions import EVERYTHING, Trouble
from alerts.causes.groups import SOONEST, Group, Groups, groups_of
from alerts.causes.resting import Resting
from alerts.causes.silences import Silences
from alerts.causes.standing import CONDITIONS, Key, Standing, subject_of
from alerts.lifecycle import ACKNOWLEDGED, UNACKNOWLEDGED, suppress, unsuppress
from domain.alert import Alert, AlertState, RuleState, RuleStatus, Transition
from domain.ports import AlertBook, Heartbeats, Journal, Pauses, Registry
from domain.reading import Millis
from domain.rule import ANY_METRIC
from domain.series import Selection
from domain.system_condition import SystemCondition

if TYPE_CHECKING:
    from alerts.rulebook import Compiled
    from alerts.work import Work

LOOK_AGAIN: Final[Millis] = 600_000  # a device that is not judged is looked at again, if nothing happened before
ONLINE: Final = "online"
DEAF: Final = (SystemCondition.COLLECTOR_DOWN, SystemCondition.COLLECTOR_BLOCKED, SystemCondition.BROKER_DOWN)
OFFLINE: Final = SystemCondition.GATEWAY_OFFLINE
SILENT: Final = SystemCondition.GATEWAY_SILENT
GROUPS: Final = (SystemCondition.ALL_SILENT, SystemCondition.SITE_SILENT, SILENT)
MINUTE: Final[Millis] = 60_000
LOST: Final = "lost"  # what was suppressed and has no cause by the time we begin


class Cover(Struct, frozen=True):
    """Devices that are not judged, for one reason."""

    devices: Collection[str]
    why: str | None = None


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
    ) -> None:
        """Without pauses or heartbeats nothing is concluded from them. `free_disk`: the free share (0 to 1) of the
        fullest disk that is written to. `registry`: the stages of devices, before the first `judge`.
        """
        self._book = book
        self._journal = journal
        self._resting = Resting(pauses, registry)
        self._checks = Checks(book, journal, heartbeats, free_disk)
        self._rules: Compiled | None = None
        self._standing: Standing | None = None
        self._silences = Silences(Groups(), lambda group: 0)
        self._children = Children(book, self.parent_of)
        self._covers: dict[str, Cover] = {}
        self._offline: dict[str, Millis] = {}  # gateways without a connection, since when
        self._spoke: set[str] = set()
        self._deaf_until: Millis = 0  # when the last of `DEAF` ended
        self._last: Millis | None = None
        self.gateways: frozenset[str] = frozenset()
        self.freed: frozenset[str] = frozenset()

    def hear(self, heard: Mapping[str, Millis]) -> None:
        """These devices spoke (`alerts.silence.speaks`): the newest receipt of each in this slice, told before the
        slice is judged.
        """
        for device, received in heard.items():
            self._silences.hear(device, received)
        self._spoke.update(heard)

    def connection(self, gateway: str, online: bool, received: Millis) -> None:
        """The broker's word about a gateway's connection (its `online`), in order of arrival."""
        if online:
            self._offline.pop(gateway, None)
        elif gateway in self.gateways:
            self._offline.setdefault(gateway, received)

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
            self._silences.set_back(now)
        standing = self._follow(rules, heard, now)
        self._silences.since = max(self._deaf_until, listening or 0)
        standing.fetch(work)
        self._judge_deaf(work, standing, now)
        self._judge_gateways(work, standing, now)
        if not self._deaf():
            self._judge_groups(work, standing, now)
        self._move(work, now)
        for condition, troubles in self._checks.others(standing, rules, self._last, bad or {}, now):
            standing.judge(work, condition, troubles, now)
        self._spoke.clear()
        self._last = now

    def parent_of(self, device: str) -> str | None:
        """The id of the alert for whose sake the device is not judged, "pause:N" for a place out of operation."""
        pause = self._resting.pause_of(device)
        if pause is not None or self._standing is None:
            return pause
        for condition in DEAF:
            state = self._standing.open.get((condition, EVERYTHING))
            if state is not None and state.status is RuleStatus.ACTIVE:
                return state.alert
        for group in self._silences.groups.of.get(device, ()):
            if group.silent:
                return group.state.alert
            state = self._offline_state(group)
            if state is not None and state.status is RuleStatus.ACTIVE:
                return state.alert
        return None

    def listening(self, device: str) -> Millis | None:
        """Since when silence of the device counts: the end of the last cause it was behind."""
        return max(self._deaf_until, self._ended(device), self._resting.resumed.get(device, 0)) or None

    def hold(self, device: str, due: Millis, now: Millis) -> Millis | None:
        """Its own wait ended at `due`: look again then, for its whole group may be silent. None: it is its own."""
        pending = [self._standing.open.get((about, EVERYTHING)) for about in DEAF] if self._standing else []
        pending += [self._offline_state(group) for group in self._silences.groups.of.get(device, ())]
        for state in pending:
            if state is not None and state.status is RuleStatus.PENDING:
                return max(now + SOONEST, self._rings_at(state))
        return self._silences.hold(device, due, now)

    def _rings_at(self, state: RuleState) -> Millis:
        """When something that holds becomes an alert."""
        rule = self._standing.rule(CONDITIONS[state.metric], "") if self._standing else None
        return (state.since or 0) + round((rule.after if rule else 0) * 1000)

    def quieted(self, alert: Alert, transition: Transition, now: Millis) -> tuple[Alert, Transition] | None:
        """The suppression that follows a transition of an alert whose device is not judged; None when it may ring."""
        if alert.kind == SYSTEM or transition.to_state not in (UNACKNOWLEDGED, ACKNOWLEDGED):
            return None
        if alert.kind == "no_data" and alert.active and alert.metric == ANY_METRIC:
            self._silences.away.add(alert.device)
        parent = self._resting.pause_now(alert, now) or self.parent_of(alert.device)
        return None if parent is None else suppress(alert, alert_of(parent), self._resting.why(parent), now)

    def release_at(self, alert: Alert, now: Millis) -> Millis | None:
        """When a suppressed alert comes back to life by itself; None while its cause holds."""
        if alert.kind == SYSTEM or self.parent_of(alert.device) is not None:
            return None
        return min((self.listening(alert.device) or 0) + self._wait(alert.device), now + self._wait(alert.device))

    def forget(self) -> None:
        """Read everything from the book again before the next `judge`; what was heard is kept."""
        self._standing = None

    def _follow(self, rules: Compiled, heard: Callable[[str], Millis | None], now: Millis) -> Standing:
        """Take over a change of the registry or of the pauses, or read everything again."""
        changed, standing = self._resting.follow(rules, now), self._standing
        if standing is not None and self._rules is rules and not changed:
            return standing
        if standing is None or self._rules is not rules:
            standing = self._standing = Standing(self._book, rules)
        before, groups = self._silences, groups_of(rules, self._resting.paused)
        self._silences = Silences(groups, self._after)
        self._silences.away = before.away
        fresh = self._rules is None
        self._rules = rules
        self.gateways = frozenset(key[1] for key in groups.all if key[0] is SILENT)
        self._recall(before, heard)
        self._load(standing, now)
        if fresh:
            self._recall_connections()
        self._silences.begin(now)
        return standing

    def _recall(self, before: Silences, heard: Callable[[str], Millis | None]) -> None:
        """The groups' clocks: as they were, or of what memory knows, or of the newest rows of all."""
        groups = self._silences.groups
        for key, group in groups.all.items():
            known = before.groups.all.get(key)
            if known is not None:
                group.heard, group.since = known.heard, known.since
        if not self._unheard():
            return
        for device in groups.of:
            at = heard(device)
            if at is not None:
                self._silences.tell(device, at)
        if self._unheard():
            for reading in self._journal.latest(Selection()):
                if reading.value is not None and reading.series.metric != ONLINE:
                    self._silences.tell(reading.series.device, reading.received_at or reading.time)

    def _unheard(self) -> bool:
        groups = self._silences.groups.all.values()
        return any(group.heard == 0 and group.patience is not None for group in groups)

    def _recall_connections(self) -> None:
        """What the broker last said of the gateways."""
        if self.gateways:
            for reading in self._journal.latest(Selection(devices=self.gateways, metric=ONLINE)):
                if reading.value is not None:
                    self.connection(reading.series.device, reading.value > 0, reading.received_at or reading.time)

    def _load(self, standing: Standing, now: Millis) -> None:
        """Where the system rules stand, which devices are silent by themselves, and what was suppressed."""
        groups = self._silences.groups
        standing.load([key for key, group in groups.all.items() if group.patience is not None], now)
        standing.load([(OFFLINE, gateway) for gateway in sorted(self.gateways)], now)
        standing.load([(condition, EVERYTHING) for condition in SystemCondition], now)
        suppressed: list[str] = []
        for alert in all_open(self._book):
            if alert.kind == SYSTEM and alert.metric in CONDITIONS:
                standing.load([(CONDITIONS[alert.metric], subject_of(alert))], now)
            elif alert.kind == "no_data" and alert.active and alert.metric == ANY_METRIC:
                self._silences.away.add(alert.device)
            if alert.state is AlertState.SUPPRESSED:
                suppressed.append(alert.device)
        for key, group in groups.all.items():
            group.state = standing.states.get(key, group.state)
        ended = max(standing.states[condition, EVERYTHING].watermark or 0 for condition in DEAF)
        self._deaf_until = max(self._deaf_until, ended)
        was_paused = {name: cover for name, cover in self._covers.items() if name.startswith(PAUSE)}
        self._covers = {name: cover for name, cover in self._covering().items() if not name.startswith(PAUSE)}
        self._covers |= was_paused
        lost = [*suppressed, *self._freed_lately(now)]
        self._covers[LOST] = Cover(frozenset(device for device in lost if self.parent_of(device) is None))

    def _freed_lately(self, now: Millis) -> list[str]:
        """Whose cause ended so shortly before we began that perhaps nobody started their wait anew."""
        lately = now - LOOK_AGAIN
        groups = self._silences.groups
        if self._deaf_until > lately:
            return list(groups.of)
        ended = [group for key, group in groups.all.items() if self._ended_at(key, group) > lately]
        resumed = [device for device, at in self._resting.resumed.items() if at > lately]
        return [*resumed, *(device for group in ended for device in group.devices)]

    def _ended_at(self, key: Key, group: Group) -> Millis:
        offline = self._standing.states.get((OFFLINE, key[1])) if self._standing and key[0] is SILENT else None
        return max(group.ended, (offline.watermark or 0) if offline is not None else 0)

    def _after(self, group: Group) -> Millis | None:
        rule = self._standing.rule(group.condition, group.site) if self._standing else None
        return None if rule is None else round(rule.after * 1000)

    def _deaf(self) -> bool:
        """Whether nothing can be heard, or so it seems."""
        return self._standing is not None and any((about, EVERYTHING) in self._standing.open for about in DEAF)

    def _offline_state(self, group: Group) -> RuleState | None:
        if group.condition is not SILENT or self._standing is None:
            return None
        return self._standing.open.get((OFFLINE, group.subject))

    def _ended(self, device: str) -> Millis:
        return max(
            (self._ended_at(group.key, group) for group in self._silences.groups.of.get(device, ())), default=0
        )

    def _judge_deaf(self, work: Work, standing: Standing, now: Millis) -> None:
        """Collector and broker: while nothing can be heard, nobody is silent."""
        was_deaf = self._deaf()
        heard = max((group.heard for group in self._silences.groups.all.values() if not group.uppers), default=0)
        for condition, troubles in self._checks.signs(heard, now):
            standing.judge(work, condition, troubles, now)
        if was_deaf and not self._deaf():
            self._deaf_until = now
            self._silences.since = max(self._silences.since, now)

    def _judge_gateways(self, work: Work, standing: Standing, now: Millis) -> None:
        """Gateways whose connection broke; what is behind one that speaks all the same shows that it came back."""
        troubles: list[Trouble] = []
        for gateway, since in list(self._offline.items()):
            group = self._silences.groups.all.get((SILENT, gateway))
            if group is None or group.heard > since:
                del self._offline[gateway]
            elif group.state.status is not RuleStatus.ACTIVE:
                troubles.append(Trouble(OFFLINE, since, gateway, gateway, group.site))
        standing.judge(work, OFFLINE, troubles, now)

    def _judge_groups(self, work: Work, standing: Standing, now: Millis) -> None:
        """Silent groups that were heard return; those whose patience is over are decided, the largest first."""
        for key in [key for key in standing.open if key[0] in GROUPS]:
            group = self._silences.groups.all.get(key)
            if group is None:  # nothing speaks through it any more
                standing.take(work, key, None, now)
            elif not group.silent or group.patience is None or self._after(group) is None:
                group.state = standing.take(work, key, None, now)
        for group in self._silences.due(now):
            if self._offline_state(group) is None and self._silences.decide(group, self._explained, now):
                group.state = standing.take(work, group.key, self._trouble(group), now)

    def _trouble(self, group: Group) -> Trouble:
        device = group.subject if group.condition is SILENT else EVERYTHING
        return Trouble(group.condition, self._silences.base(group), group.subject, device, group.site)

    def _explained(self, group: Group, device: str) -> bool:
        """Whether something smaller than the group is known to be the cause for this device."""
        for other in self._silences.groups.of[device]:
            if len(other.uppers) > len(group.uppers) and (other.silent or self._offline_state(other) is not None):
                return True
        return False

    def _covering(self) -> dict[str, Cover]:
        """Who is not judged now, by reason, the strongest first."""
        if self._standing is None:
            return {}
        groups = self._silences.groups
        covers: dict[str, Cover] = {}
        for condition, subject in self._standing.open:
            state = self._standing.open[condition, subject]
            if state.status is not RuleStatus.ACTIVE:
                continue
            if condition in DEAF:
                covers[f"{condition}"] = Cover(groups.of.keys())
            group = groups.all.get((SILENT if condition is OFFLINE else condition, subject))
            if group is not None:
                covers[f"{condition}/{subject}"] = Cover(group.devices)
        for name in self._resting.names():
            covers[name] = Cover(self._resting.devices(name), self._resting.why(name))
        return covers

    def _move(self, work: Work, now: Millis) -> None:
        """Suppress what is behind a new cause, release what was behind one that is over."""
        before, covers = self._covers, self._covering()
        self._covers = covers
        freed: set[str] = set()
        for name in before.keys() - covers.keys():
            freed.update(device for device in before[name].devices if self.parent_of(device) is None)
            self._children.release(work, before[name].devices, self._spoke, self._wait, now)
        for name, cover in covers.items():
            if name not in before:
                self._children.cover(work, cover.devices, cover.why, now)
        if before.keys() != covers.keys():
            self._move_parents(work, now)
        self._children.spoke(work, self._spoke, now)
        self.freed = frozenset(freed)

    def _move_parents(self, work: Work, now: Millis) -> None:
        """A smaller cause has the larger as its parent; when that is over and it still holds, it is one again."""
        for state, parent in self._parents():
            alert = work.alert(state.alert)
            if alert is None:
                continue
            done = suppress(alert, parent, None, now) if parent is not None else unsuppress(alert, now)
            if done is not None:
                work.change(*done)

    def _parents(self) -> Iterator[tuple[RuleState, str | None]]:
        """Every active cause, with the alert of the largest that has it as a part."""
        standing = self._standing
        if standing is None:
            return
        deaf = [standing.open.get((about, EVERYTHING)) for about in DEAF]
        for (about, subject), state in list(standing.open.items()):
            group = self._silences.groups.all.get((SILENT if about is OFFLINE else about, subject))
            if group is not None and state.status is RuleStatus.ACTIVE:
                above = [one for one in deaf if one is not None] + [upper.state for upper in group.uppers]
                yield state, next((one.alert for one in above if one.status is RuleStatus.ACTIVE), None)

    def _wait(self, device: str) -> Millis:
        return self._silences.groups.patience.get(device, MINUTE)
