"""When the registry changed: new series begin to be expected, those no longer watched come to rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from alerts.attention import AHEAD, MARK
from alerts.lifecycle import Step, back_in_service, over, retire
from alerts.rulebook import Compiled
from alerts.silence import ANY_METRIC, expect, patience
from alerts.work import Work
from domain.alert import AlertState, RuleState, RuleStatus
from domain.ports import AlertBook
from domain.reading import Millis
from domain.registry import DeviceStatus
from domain.rule import NoDataRule

Key = tuple[str, str, str]
PAGE = 500


def expected(rules: Compiled) -> Iterator[tuple[NoDataRule, Key]]:
    """Every silence that is watched: a device as a whole, or a metric its profile has."""
    for device in rules.devices.values():
        if device.status is DeviceStatus.OUT_OF_SERVICE:
            continue
        for rule in rules.of_device(device):
            metric = rule.scope.metric
            if isinstance(rule, NoDataRule) and (metric == ANY_METRIC or metric in rules.metrics_of(device)):
                yield rule, (rule.id, device.id, metric)


def cover(book: AlertBook, rules: Compiled, work: Work, now: Millis) -> None:
    """Bring the rule states in line with the registry; everything goes into `work`."""
    known = {key for key in book.known() if key[0] != MARK.rule}
    wanted = {key: rule for rule, key in expected(rules)}
    for key, rule in wanted.items():
        if key not in known:
            work.write(expect(rule, key[1], key[2], now))
    states = _states_of(book, known)
    gone = [states[key] for key in known if key in states and not rules.in_force(*key)]
    work.fetch(state.alert for state in gone if state.alert is not None)
    for state in gone:
        _rest(state, rules, work, now)
    for key in wanted.keys() & states.keys():
        if states[key].status is RuleStatus.NORMAL and not _waits(states[key], wanted[key], now):
            work.write(expect(wanted[key], key[1], key[2], now))
    _return_to_service(book, rules, work, now)


def _waits(state: RuleState, rule: NoDataRule, now: Millis) -> bool:
    """Whether it will fall due in time. A deadline further away stems from before the clock was set back, or
    from a rule that was more patient.
    """
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
