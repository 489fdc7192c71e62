"""Judging composites: after each slice those whose rules moved, by the states of the rules they name.

Their delays run by our own clock, both ends: there is no reading whose time could be meant.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from alerts.kinds import machine
from alerts.kinds.composite import HOLDS, judge
from alerts.kinds.finding import Finding
from alerts.kinds.machine import Where
from alerts.lifecycle import Step
from alerts.raising import ready
from alerts.rulebook import Compiled
from alerts.spots import Spot
from alerts.work import Work
from domain.alert import RuleState, RuleStatus
from domain.ports import AlertBook
from domain.reading import Millis
from domain.rule import ANY_METRIC

Name = tuple[str, str]  # rule, device


class Composites:
    """Which of the rules named by composites hold where, and the composites' own states."""

    def __init__(self, book: AlertBook, rules: Compiled) -> None:
        self._rules = rules
        self._holding: dict[Name, set[str]] = {}  # metrics for which the rule holds at the device
        self._spots: dict[Name, list[Name]] = {}  # by member
        self._states: dict[Name, RuleState] = {}
        self._moved: set[Name] = set(rules.spots)
        for name, spot in rules.spots.items():
            for rule, devices in spot.members.items():
                for device in devices:
                    self._spots.setdefault((rule, device), []).append(name)
        if rules.spots:
            self._load(book)

    def _load(self, book: AlertBook) -> None:
        series = {(device, self._rules.all[rule].scope.metric) for rule, device in self._spots}
        series |= {(device, ANY_METRIC) for _, device in self._rules.spots}
        for state in book.states(sorted(series)):
            self._note(state)

    def _note(self, state: RuleState) -> None:
        name = (state.rule, state.device)
        if name in self._rules.spots:
            self._states[name] = state
        if name not in self._spots:
            return
        metrics = self._holding.setdefault(name, set())
        before = bool(metrics)
        (metrics.add if state.status in HOLDS else metrics.discard)(state.metric)
        if bool(metrics) != before:
            self._moved.update(self._spots[name])

    def judge(self, work: Work, now: Millis) -> None:
        """Those touched by what `work` decides."""
        if not self._rules.spots:
            return
        for state in work.states():
            self._note(state)
        moved, self._moved = self._moved, set()
        for name in sorted(moved):
            self._judge(self._rules.spots[name], work, now)

    def fall_due(self, state: RuleState, work: Work, now: Millis) -> None:
        """A delay is over, or a schedule begins or ends."""
        spot = self._rules.spots.get((state.rule, state.device))
        if spot is None:
            work.write(replace(state, deadline=None))
        else:
            self._judge(spot, work, now)

    def _judge(self, spot: Spot, work: Work, now: Millis) -> None:
        name = (spot.rule.id, spot.device)
        before = self._states.get(name) or RuleState(*name, ANY_METRIC)
        state = ready(before, work.alert(before.alert))
        if state is None:
            return
        alert = work.alert(state.alert)
        if not self._rules.open(spot.rule, spot.site, now):
            step = machine.drop(state, alert, now)
        else:
            found = Finding(judge(spot.rule, self._held(spot)), now, None)
            where = Where(spot.site, spot.device, ANY_METRIC, "")
            step = machine.step(state, alert, where, found, spot.rule, now)
        self._states[name] = work.take(before, self._armed(spot, step, now))

    def _held(self, spot: Spot) -> Iterable[str]:
        for rule, devices in spot.members.items():
            if any(self._holding.get((rule, device)) for device in devices):
                yield rule

    def _armed(self, spot: Spot, step: Step, now: Millis) -> Step:
        """With its next moment: the end of a delay, or a change of its schedule."""
        on_delay, off_delay = machine.delays(spot.rule)
        waits = {RuleStatus.PENDING: on_delay, RuleStatus.RETURNING: off_delay}.get(step.state.status)
        ends = [] if waits is None or step.state.since is None else [step.state.since + round(waits)]
        change = self._rules.changes(spot.rule, spot.site, now)
        deadline = min([*ends, *([] if change is None else [change])], default=None)
        return Step(replace(step.state, deadline=deadline), step.alert, step.transition)
