"""What one slice of work decides, gathered until it is committed in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from alerts.lifecycle import NORMAL, SHELVED, Step, over
from alerts.rulebook import Compiled
from domain.alert import Alert, AlertEvent, RuleState, RuleStatus, Transition
from domain.ports import AlertBook, TickChange
from domain.rule import LimitRule, NoDataRule

TOLD: Final = frozenset({AlertEvent.RAISED, AlertEvent.REOCCURRED, AlertEvent.RETURNED, AlertEvent.UNSHELVED})


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
    """Alerts as read and as they are to be, states to write, transitions with their routes."""

    def __init__(self, book: AlertBook, rules: Compiled, cursor: int) -> None:
        self._book = book
        self._rules = rules
        self._read: dict[str, Alert] = {}
        self._changed: dict[str, Alert] = {}
        self._states: dict[tuple[str, str, str], RuleState] = {}
        self._transitions: list[Transition] = []
        self._routes: dict[int, list[str]] = {}
        self.cursor = cursor

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

    def take(self, previous: RuleState, step: Step, *, keep: bool = True) -> RuleState:
        """Remember a step; returns the state to go on with."""
        state = step.state
        if step.alert is not None:
            self.change(step.alert, step.transition)
            if state.status is RuleStatus.NORMAL and state.alert is not None and over(step.alert):
                state = replace(state, alert=None)
        if keep and matters(previous, state):
            self.write(state)
        return state

    def write(self, state: RuleState) -> None:
        """Write this state with the commit."""
        self._states[(state.rule, state.device, state.metric)] = state

    def change(self, alert: Alert, transition: Transition | None) -> None:
        """A new or changed alert; unchanged ones cost nothing."""
        if self._changed.get(alert.id, self._read.get(alert.id)) != alert:
            self._changed[alert.id] = alert
        if transition is not None:
            self._route(alert, transition)
            self._transitions.append(transition)

    def _route(self, alert: Alert, transition: Transition) -> None:
        hidden = transition.to_state is SHELVED or (
            transition.event is AlertEvent.UNSHELVED and transition.to_state is NORMAL
        )
        rule = self._rules.all.get(alert.rule)
        if rule is not None and transition.event in TOLD and not hidden:
            self._routes[len(self._transitions)] = self.routes_of(alert, rule)

    def routes_of(self, alert: Alert, rule: LimitRule | NoDataRule) -> list[str]:
        """Who is told about the alert."""
        return self._rules.routes(alert.site, rule)

    def commit(self, now: int, report: TickReport) -> None:
        """All of it, the cursor with it, or nothing. Raises Conflict."""
        alerts = [
            replace(alert, version=self._read[name].version + 1 if name in self._read else 1)
            for name, alert in self._changed.items()
        ]
        states = list(self._states.values())
        self._book.commit(TickChange(self.cursor, states, alerts, self._transitions, self._routes), now)
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
    if (before.status, before.since, before.alert, before.deadline) != (
        after.status, after.since, after.alert, after.deadline
    ):  # fmt: skip
        return True
    return after.status is RuleStatus.PENDING and before.peak != after.peak
