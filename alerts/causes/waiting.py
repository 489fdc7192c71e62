"""What time alone does to alerts: shelves that end, re-alarms, chattering that calms, suppression that is over.

`Alert.due` says when an alert is to be looked at (a person's deed says "now"); what is done then, and when it is to
be looked at next, is decided here from the alert, its rule and its rule's state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from alerts.causes.children import alert_of
from alerts.causes.situation import LOOK_AGAIN
from alerts.chattering import CALM, chatters
from alerts.kinds.machine import delays
from alerts.lifecycle import calm, expire_shelf, realarm, unsuppress
from alerts.state_diagram import ACKNOWLEDGED, OUT_OF_SERVICE, SHELVED, SUPPRESSED, over
from domain.alert import Alert, RuleState, RuleStatus
from domain.ports import AlertBook
from domain.reading import Millis
from domain.rule import NoDataRule, Rule

if TYPE_CHECKING:
    from alerts.causes.causes import Causes
    from alerts.rulebook import Compiled
    from alerts.work import Work

BATCH: Final = 500
SETTLES: Final[Millis] = 60_000  # beyond an off-delay, for the reading that ends it


def alerts_due(book: AlertBook, work: Work, rules: Compiled, now: Millis, causes: Causes | None = None) -> bool:
    """Decide on one batch of alerts whose `due` has come; whether there may be more, once this is committed."""
    due = book.alerts_due(now, BATCH)
    work.adopt(due)
    series = sorted({(alert.device, alert.metric) for alert in due})
    states = {(state.rule, state.device, state.metric): state for state in book.states(series)} if due else {}
    for found in due:
        alert = work.alert(found.id)
        if alert is not None and alert.due is not None and alert.due <= now:
            state = states.get((alert.rule, alert.device, alert.metric))
            _look(work, alert, rules.all.get(alert.rule), state, now, causes)
    return len(due) == BATCH


def _look(
    work: Work, alert: Alert, rule: Rule | None, state: RuleState | None, now: Millis, causes: Causes | None
) -> None:
    alert = _unshelve(work, alert, now, causes)
    alert = _calm(work, alert, state, now)
    alert = _ring_again(work, alert, rule, now)
    alert = _release(work, alert, rule, state, now, causes)
    if alert.state is OUT_OF_SERVICE:
        _rest(work, alert, rule, state, now)
    work.change(replace(alert, due=next_look(alert, rule, state, now, causes)), None)


def next_look(
    alert: Alert, rule: Rule | None, state: RuleState | None, now: Millis, causes: Causes | None
) -> Millis | None:
    """When time alone moves the alert next; None when it never does."""
    if over(alert):
        return None
    wanted: list[Millis] = []
    if alert.state is SHELVED and alert.shelved_until is not None:
        wanted.append(alert.shelved_until)
    if alert.chattering and state is not None and state.raised:
        wanted.append(min(state.raised[-1], now) + CALM)
    if alert.state is ACKNOWLEDGED and alert.active and rule is not None and rule.realarm is not None:
        wanted.append(min(alert.acknowledged_at or now, now) + round(rule.realarm * 1000))
    if alert.state is SUPPRESSED and causes is not None:
        released = _released_at(alert, rule, state, now, causes)
        wanted += [] if released is None else [released]
    return min(wanted, default=None)


def _unshelve(work: Work, alert: Alert, now: Millis, causes: Causes | None) -> Alert:
    parent = causes.parent_of(alert.device) if causes is not None and alert.kind != "system" else None
    done = expire_shelf(alert, now, parent=alert_of(parent), quiet=parent is not None)
    if done is None:
        return alert
    work.change(*done)
    return done[0]


def _calm(work: Work, alert: Alert, state: RuleState | None, now: Millis) -> Alert:
    if state is not None and chatters(state.raised, now):
        return alert
    done = calm(alert, now)
    if done is None:
        return alert
    work.change(*done)
    return done[0]


def _ring_again(work: Work, alert: Alert, rule: Rule | None, now: Millis) -> Alert:
    if rule is None or rule.realarm is None:
        return alert
    done = realarm(alert, round(rule.realarm * 1000), now)
    if done is None:
        return alert
    work.change(*done)
    return work.alert(alert.id) or done[0]


def _released_at(
    alert: Alert, rule: Rule | None, state: RuleState | None, now: Millis, causes: Causes
) -> Millis | None:
    """When it comes back to life; where its condition seems to be gone, once that had time to prove itself."""
    at = causes.release_at(alert, now)
    if at is None or rule is None or state is None or state.status is not RuleStatus.RETURNING:
        return at
    return max(at, min(state.since or now, now) + round(delays(rule)[1]) + SETTLES)


def _release(
    work: Work, alert: Alert, rule: Rule | None, state: RuleState | None, now: Millis, causes: Causes | None
) -> Alert:
    if alert.state is not SUPPRESSED or alert.kind == "system":
        return alert
    at = now if causes is None else _released_at(alert, rule, state, now, causes)
    done = unsuppress(alert, now) if at is not None and at <= now else None
    if done is None:
        return alert
    work.change(*done)
    return done[0]


def _rest(work: Work, alert: Alert, rule: Rule | None, state: RuleState | None, now: Millis) -> None:
    """Taken out by hand: silence is not judged, but looked at again, so that it is noticed when it is put back."""
    if isinstance(rule, NoDataRule) and state is not None and state.alert == alert.id:
        rests = replace(state, status=RuleStatus.NOT_JUDGED, parent=alert.id, deadline=now + LOOK_AGAIN)
        work.write(rests)
