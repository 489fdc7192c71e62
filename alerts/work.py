"""What one slice of work decides, gathered until it is committed in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from alerts.causeless import NoCauses
from alerts.causes import Causes
from alerts.chattering import rung
from alerts.lifecycle import Step, tells
from alerts.routing import targets
from alerts.rulebook import Compiled
from alerts.state_diagram import over
from domain.alert import Alert, AlertEvent, RuleState, RuleStatus, Target, Transition
from domain.ports import AlertBook, TickChange
from domain.reading import Millis

NO_CAUSES: Final = NoCauses()


class TickReport(Struct):
    """What one tick did. `late`: episodes found late. `bad`: rules that could not be judged, with their error.

    `caught_up` is False when the journal held more than one tick may take; the next one goes on from there.
    """

    judged: int = 0
    raised: int = 0
    reoccurred: int = 0
    returned: int = 0
    late: int = 0
    conflicts: int = 0
    cursor: int = 0
    caught_up: bool = True
    bad: dict[str, str] = field(default_factory=dict)


class Work:
    """Alerts as read and as they are to be, states to write, transitions with who is told of them."""

    def __init__(
        self,
        book: AlertBook,
        rules: Compiled,
        cursor: int,
        now: Millis,
        *,
        causes: Causes | NoCauses = NO_CAUSES,
        term: int | None = None,
    ) -> None:
        """`term` is that of the evaluator's lease. `now` is the tick's, for whoever is told."""
        self._book = book
        self._rules = rules
        self._causes = causes
        self._term = term
        self._read: dict[str, Alert] = {}
        self._changed: dict[str, Alert] = {}
        self._states: dict[tuple[str, str, str], RuleState] = {}
        self._transitions: list[Transition] = []
        self._told: dict[int, list[Target]] = {}
        self.cursor = cursor
        self.now = now

    def fetch(self, ids: Iterable[str]) -> None:
        """Read alerts in bulk, as people may have changed them since."""
        wanted = [alert for alert in ids if alert not in self._read]
        if wanted:
            self._read.update((alert.id, alert) for alert in self._book.alerts_by_id(wanted))

    def adopt(self, alerts: Iterable[Alert]) -> None:
        """Alerts just read from the book."""
        for alert in alerts:
            self._read.setdefault(alert.id, alert)

    def alert(self, alert: str | None) -> Alert | None:
        """One alert as it stands after what was decided so far."""
        if alert is None:
            return None
        self.fetch([] if alert in self._changed else [alert])
        return self._changed.get(alert) or self._read.get(alert)

    def changed(self) -> list[Alert]:
        """The alerts decided on so far."""
        return list(self._changed.values())

    def states(self) -> list[RuleState]:
        """The rule states to be written so far."""
        return list(self._states.values())

    def take(self, previous: RuleState, step: Step) -> RuleState:
        """Remember a step; returns the state to go on with."""
        state = step.state
        if step.alert is not None:
            state, alert, note = rung(state, step.alert, step.transition, self.now)
            self.change(alert, step.transition, note)
            if state.status is RuleStatus.NORMAL and state.alert is not None and over(alert):
                state = replace(state, alert=None)
        if matters(previous, state):
            self.write(state)
        return state

    def write(self, state: RuleState) -> None:
        """Write this state with the commit."""
        self._states[(state.rule, state.device, state.metric)] = state

    def change(self, alert: Alert, transition: Transition | None, note: Transition | None = None) -> None:
        """A new or changed alert; unchanged ones cost nothing. `note` is recorded right after the transition.

        What would ring although its place is not judged is suppressed in the same breath, and none of it is told.
        """
        self._keep(alert)
        if transition is None:
            return
        quiet = self._causes.quieted(alert, transition, self.now)
        for step in (transition, note):
            if step is not None:
                self._record(alert, step, told=quiet is None)
        if quiet is not None:
            self._keep(quiet[0])
            self._record(*quiet, told=False)

    def _keep(self, alert: Alert) -> None:
        if self._changed.get(alert.id, self._read.get(alert.id)) != alert:
            self._changed[alert.id] = alert

    def _record(self, alert: Alert, transition: Transition, *, told: bool) -> None:
        rule = self._rules.all.get(alert.rule)
        if told and rule is not None and tells(alert, transition):
            self._told[len(self._transitions)] = targets(self._rules, alert, rule, self.now)
        self._transitions.append(transition)

    def commit(self, now: int, report: TickReport) -> None:
        """All of it, the cursor with it, or nothing. Raises Conflict, Deposed."""
        alerts = [
            replace(alert, version=self._read[name].version + 1 if name in self._read else 1)
            for name, alert in self._changed.items()
        ]
        states = list(self._states.values())
        change = TickChange(self.cursor, states, alerts, self._transitions, self._told, self._term)
        self._book.commit(change, now)
        for transition in self._transitions:
            report.raised += transition.event is AlertEvent.RAISED
            report.reoccurred += transition.event is AlertEvent.REOCCURRED
            report.returned += transition.event is AlertEvent.RETURNED
            report.late += transition.event is AlertEvent.FOUND_LATE
        report.cursor = self.cursor

    @property
    def empty(self) -> bool:
        """Nothing to commit but perhaps the cursor."""
        return not (self._states or self._changed or self._transitions)


def matters(before: RuleState, after: RuleState) -> bool:
    """Whether the row must be written: a calm series that stays calm writes nothing."""
    if (before.status, before.since, before.alert, before.deadline, before.raised, before.parent) != (
        after.status, after.since, after.alert, after.deadline, after.raised, after.parent
    ):  # fmt: skip
        return True
    return after.status is RuleStatus.PENDING and before.peak != after.peak
