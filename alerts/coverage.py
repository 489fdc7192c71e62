"""When the registry changed: new series begin to be expected, those no longer watched come to rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from alerts.attention import AHEAD, MARK
from alerts.lifecycle import Step, back_in_service, retire
from alerts.rulebook import Compiled
from alerts.silence import expect, patience
from alerts.state_diagram import over
from alerts.work import Work
from domain.alert import AlertState, RuleState, RuleStatus
from domain.ports import AlertBook
from domain.reading import Millis
from domain.registry import DeviceStatus
from domain.rule import ANY_METRIC, NoDataRule

Key = tuple[str, str, str]
PAGE = 500
PART = 2_000  # devices


class Coverage:
    """Brings the rule states in line with the registry, so many devices at a time; each part goes into a work."""

    def __init__(self, book: AlertBook, rules: Compiled) -> None:
        self.rules = rules
        self._book = book
        self._known: dict[str, set[Key]] = {}
        for key in book.known():
            if key[0] != MARK.rule:
                self._known.setdefault(key[1], set()).add(key)
        self._ahead = sorted(self._known.keys() | rules.devices.keys(), reverse=True)
        self.done = False

    def part(self, work: Work, now: Millis) -> None:
        """The next devices; at the end, what is watched again comes back into service."""
        devices = [self._ahead.pop() for _ in range(min(PART, len(self._ahead)))]
        known = {key for device in devices for key in self._known.get(device, ())}
        wanted = {key: rule for device in devices for rule, key in self._expected(device)}
        for key, rule in wanted.items():
            if key not in known:
                work.write(expect(rule, key[1], key[2], now))
        states = _states_of(self._book, known)
        gone = [states[key] for key in known if key in states and not self.rules.in_force(*key)]
        work.fetch(state.alert for state in gone if state.alert is not None)
        for state in gone:
            _rest(state, self.rules, work, now)
        for key in wanted.keys() & states.keys():
            if states[key].status is RuleStatus.NORMAL and not _waits(states[key], wanted[key], now):
                anew = expect(wanted[key], key[1], key[2], now)
                work.write(replace(anew, raised=states[key].raised, alert=states[key].alert))
        if not self._ahead:
            _return_to_service(self._book, self.rules, work, now)
            self.done = True

    def _expected(self, device: str) -> Iterator[tuple[NoDataRule, Key]]:
        """Every silence that is watched: the device as a whole, or a metric its profile has."""
        found = self.rules.devices.get(device)
        if found is None or found.status is DeviceStatus.OUT_OF_SERVICE:
            return
        for rule in self.rules.of_device(found):
            metric = rule.scope.metric
            if isinstance(rule, NoDataRule) and (metric == ANY_METRIC or metric in self.rules.metrics_of(found)):
                yield rule, (rule.id, device, metric)


def _waits(state: RuleState, rule: NoDataRule, now: Millis) -> bool:
    """Whether it will fall due in time. A deadline further away stems from before the clock was set back, or
    from a rule that was more patient; one with a schedule waits for that to begin.
    """
    if rule.schedule is not None:
        return state.deadline is not None
    return state.deadline is not None and state.deadline <= now + patience(rule) + AHEAD


def _states_of(book: AlertBook, keys: Iterable[Key]) -> dict[Key, RuleState]:
    series = sorted({(device, metric) for _, device, metric in keys})
    return {(state.rule, state.device, state.metric): state for state in book.states(series)}


def _rest(state: RuleState, rules: Compiled, work: Work, now: Millis) -> None:
    """A rule state nobody watches any more: no deadline, and its alert no longer claims to be true."""
    why, for_good = reason(state, rules)
    alert = work.alert(state.alert)
    rests = replace(state, status=RuleStatus.NORMAL, since=None, deadline=None, peak=None)
    done = None if alert is None else retire(alert, now, why, for_good=for_good)
    work.take(state, Step(rests, alert) if done is None else Step(rests, *done))


def reason(state: RuleState, rules: Compiled) -> tuple[str, bool]:
    """Why it is not watched, and whether that is for good."""
    rule, device = rules.all.get(state.rule), rules.devices.get(state.device)
    if rule is None:
        return "rule removed", True
    if not rule.enabled:
        return "rule disabled", False
    if device is not None and device.status is DeviceStatus.OUT_OF_SERVICE:
        return "device out of service", False
    return "no longer in the rule's scope", True


def _return_to_service(book: AlertBook, rules: Compiled, work: Work, now: Millis) -> None:
    after: str | None = None
    while True:
        page = book.page(after, PAGE, AlertState.OUT_OF_SERVICE, None, None, True)
        work.adopt(page.items)
        for alert in page.items:
            key = (alert.rule, alert.device, alert.metric)
            present = work.alert(alert.id)
            if present is not None and not over(present) and rules.in_force(*key):
                done = back_in_service(present, now)
                if done is not None:
                    work.change(*done)
        after = page.next
        if after is None:
            return
