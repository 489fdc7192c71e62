"""How a rule's finding becomes an alert's step: raise, happen again, return. Pure."""

from __future__ import annotations

from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from alerts.lifecycle import reoccurred_to, returned_to
from alerts.state_diagram import ACKNOWLEDGED, NORMAL, SHELVED, UNACKNOWLEDGED, can, move, over
from domain.alert import Alert, AlertEvent, AlertState, RuleState, RuleStatus, Transition
from domain.reading import Millis
from domain.rule import Rule


class Cause(Struct, frozen=True):
    """What a rule found: where, since when, which value against which bound; `at` when that was certain.

    `rang`: how often the rule rang for the series in this very tick already.
    """

    site: str
    device: str
    metric: str
    unit: str
    since: Millis
    at: Millis
    value: float | None
    limit: float | None
    peak: float | None = None
    rang: int = 0


def alert_id(rule: str, cause: Cause, now: Millis) -> str:
    """Sixteen hex digits, the same whenever the same decision is made from the same journal, and another one for a
    second alert of the series at the same moments.
    """
    text = f"{rule}|{cause.device}|{cause.metric}|{cause.since}|{cause.at}|{now}"
    if cause.rang:
        text += f"|{cause.rang}"
    return blake2b(text.encode(), digest_size=8).hexdigest()


def new_alert(rule: Rule, cause: Cause, now: Millis) -> Alert:
    """A fresh alert, not yet raised (state normal, version 0)."""
    return Alert(
        id=alert_id(rule.id, cause, now), site=cause.site, device=cause.device, metric=cause.metric,
        unit=cause.unit, rule=rule.id, kind=rule.kind, priority=rule.priority, state=NORMAL, active=False,
        since=cause.since, value=cause.value, limit=cause.limit, peak=cause.peak, latching=rule.latching,
    )  # fmt: skip


def ready(state: RuleState, alert: Alert | None) -> RuleState | None:
    """The state to judge from; `alert` is the one it names. Fresh where that alert ended by a person's hand or by
    a change of the registry; None while it is out of service: its condition is not judged.
    """
    if alert is None:
        return state
    if alert.state is AlertState.OUT_OF_SERVICE:
        return None
    if over(alert):
        return replace(state, status=RuleStatus.NORMAL, alert=None, since=None, peak=None, parent=None)
    return state


def raise_alert(previous: Alert | None, rule: Rule, cause: Cause, now: Millis) -> tuple[Alert, Transition]:
    """Raise a new alert, or the one whose return nobody has acknowledged yet (it then counts one more)."""
    if previous is None or over(previous) or not can(previous, AlertEvent.REOCCURRED):
        alert = replace(new_alert(rule, cause, now), active=True)
        return move(alert, AlertEvent.RAISED, UNACKNOWLEDGED, cause.at, value=cause.value)
    to = reoccurred_to(previous)
    kept = to in (ACKNOWLEDGED, SHELVED)  # else whoever acknowledged it has not seen this
    again = replace(
        previous, active=True, value=cause.value, limit=cause.limit, occurrences=previous.occurrences + 1,
        peak=previous.peak if cause.peak is None else cause.peak, returned_at=None, priority=rule.priority,
        acknowledged_by=previous.acknowledged_by if kept else None,
        acknowledged_at=previous.acknowledged_at if kept else None,
    )  # fmt: skip
    return move(again, AlertEvent.REOCCURRED, to, cause.at, value=cause.value)


def return_alert(
    alert: Alert, returned_at: Millis, at: Millis, value: float | None
) -> tuple[Alert, Transition] | None:
    """The condition is gone. None when the alert had ended otherwise meanwhile."""
    if over(alert) or not alert.active or not can(alert, AlertEvent.RETURNED):
        return None
    gone = replace(alert, active=False, returned_at=returned_at, value=value)
    return move(gone, AlertEvent.RETURNED, returned_to(alert), at, value=value)
