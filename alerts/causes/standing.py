"""Where every system rule stands, kept in the book as rule states like those of any other rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from alerts.causes.conditions import Trouble, gone, step
from alerts.causes.defaults import rule_for
from alerts.lifecycle import unsuppress
from domain.alert import Alert, RuleState, RuleStatus
from domain.ports import AlertBook
from domain.reading import Millis
from domain.rule import SystemRule
from domain.system_condition import SystemCondition

if TYPE_CHECKING:
    from alerts.rulebook import Compiled
    from alerts.work import Work

Key = tuple[SystemCondition, str]
CONDITIONS: Final = {condition.value: condition for condition in SystemCondition}


def subject_of(alert: Alert) -> str:
    """Whom a system alert's rule state is about."""
    if alert.metric in (SystemCondition.SITE_SILENT, SystemCondition.FLOOD):
        return alert.site
    return alert.device


class Standing:
    """The states of system rules by condition and subject, and the rules themselves."""

    def __init__(self, book: AlertBook, rules: Compiled) -> None:
        self._book = book
        self._about: dict[SystemCondition, list[SystemRule]] = {}
        self._found: dict[tuple[SystemCondition, str], SystemRule | None] = {}
        for rule in rules.all.values():
            if isinstance(rule, SystemRule):
                self._about.setdefault(rule.condition, []).append(rule)
        self.states: dict[Key, RuleState] = {}
        self.open: dict[Key, RuleState] = {}  # pending or active

    def rule(self, condition: SystemCondition, site: str) -> SystemRule | None:
        """The rule about a condition at a site; None where it is switched off."""
        key = (condition, site)
        if key not in self._found:
            self._found[key] = rule_for(condition, site, self._about.get(condition, ()))
        return self._found[key]

    def load(self, keys: Iterable[Key], now: Millis) -> None:
        """Read the states of these from the book, in bulk; those known are left alone."""
        wanted = [key for key in keys if key not in self.states]
        if not wanted:
            return
        ids = {rule.id for rules in self._about.values() for rule in rules}
        ids |= {f"system.{condition}" for condition in SystemCondition}
        for key in wanted:
            self.states[key] = RuleState(f"system.{key[0]}", key[1], key[0])
        for state in self._book.states(sorted({(subject, condition.value) for condition, subject in wanted})):
            if state.rule in ids:
                self._note((CONDITIONS[state.metric], state.device), state, now)

    def _note(self, key: Key, state: RuleState, now: Millis) -> None:
        """Of the states of two rules about one thing the one that is open counts."""
        if self.states[key].status is RuleStatus.NORMAL:
            self.states[key] = _past(state, now)
        if state.status is not RuleStatus.NORMAL:
            self.open[key] = self.states[key]

    def fetch(self, work: Work) -> None:
        """Read the alerts of all open states at once."""
        work.fetch([state.alert for state in self.open.values() if state.alert is not None])

    def judge(self, work: Work, condition: SystemCondition, troubles: Sequence[Trouble], now: Millis) -> None:
        """Everything there is of one condition: what is not in trouble any more returns."""
        found = {trouble.subject: trouble for trouble in troubles}
        subjects = [subject for about, subject in self.open if about is condition and subject not in found]
        self.load([(condition, subject) for subject in found], now)
        for subject in (*subjects, *found):
            self.take(work, (condition, subject), found.get(subject), now)

    def take(self, work: Work, key: Key, trouble: Trouble | None, now: Millis) -> RuleState:
        """One condition of one subject; returns where it stands now."""
        self.load([key], now)
        state = self.states[key]
        if trouble is None and state.status is RuleStatus.NORMAL:
            return state
        alert = work.alert(state.alert)
        site = trouble.site if trouble else (alert.site if alert else "")
        rule = self.rule(key[0], site)
        if state.status is not RuleStatus.NORMAL and (rule is None or rule.id != state.rule):
            state = self._keep(key, work.take(state, gone(state, alert, now)))
            alert = None
        if rule is None:
            return state
        if rule.id != state.rule:
            state = RuleState(rule.id, key[1], key[0])
        after = self._keep(key, work.take(state, step(state, alert, trouble, rule, now)))
        _free(work, after, now)
        return after

    def _keep(self, key: Key, state: RuleState) -> RuleState:
        self.states[key] = state
        if state.status is RuleStatus.NORMAL:
            self.open.pop(key, None)
        else:
            self.open[key] = state
        return state


def _free(work: Work, state: RuleState, now: Millis) -> None:
    """What returned while something larger was its cause is over with that."""
    alert = work.alert(state.alert) if state.status is RuleStatus.NORMAL else None
    done = unsuppress(alert, now) if alert is not None else None
    if done is not None:
        work.change(*done)


def _past(state: RuleState, now: Millis) -> RuleState:
    """What was noted before the clock was set back is noted now."""
    since = None if state.since is None else min(state.since, now)
    return replace(state, since=since, watermark=None if state.watermark is None else min(state.watermark, now))
