"""How a rule's finding becomes an alert's step: raise, happen again, return. Pure."""

from __future__ import annotations

from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from alerts.lifecycle import NORMAL, UNACKNOWLEDGED, can, move, over, target
from domain.alert import Alert, AlertEvent, Transition
from domain.reading import Millis
from domain.rule import LimitRule, NoDataRule


class Cause(Struct, frozen=True):
    """What a rule found: where, since when, which value against which bound; `at` when that was certain."""

    site: str
    device: str
    metric: str
    unit: str
    since: Millis
    at: Millis
    value: float | None
    limit: float | None
    peak: float | None = None


def alert_id(rule: str, cause: Cause, now: Millis) -> str:
    """Sixteen hex digits, the same whenever the same decision is made from the same journal."""
    text = f"{rule}|{cause.device}|{cause.metric}|{cause.since}|{cause.at}|{now}"
    return blake2b(text.encode(), digest_size=8).hexdigest()


def new_alert(rule: LimitRule | NoDataRule, cause: Cause, now: Millis) -> Alert:
    """A fresh alert, not yet raised (state normal, version 0)."""
    return Alert(
        id=alert_id(rule.id, cause, now), site=cause.site, device=cause.device, metric=cause.metric,
        unit=cause.unit, rule=rule.id, kind=rule.kind, priority=rule.priority, state=NORMAL, active=False,
        since=cause.since, value=cause.value, limit=cause.limit, peak=cause.peak,
    )  # fmt: skip


def raise_alert(
    previous: Alert | None, rule: LimitRule | NoDataRule, cause: Cause, now: Millis
) -> tuple[Alert, Transition]:
    """Raise a new alert, or the one whose return nobody has acknowledged yet (it then counts one more)."""
    if previous is None or over(previous) or not can(previous, AlertEvent.REOCCURRED):
        alert = replace(new_alert(rule, cause, now), active=True)
        return move(alert, AlertEvent.RAISED, UNACKNOWLEDGED, cause.at, value=cause.value)
    again = replace(
        previous, active=True, value=cause.value, limit=cause.limit, occurrences=previous.occurrences + 1,
        peak=previous.peak if cause.peak is None else cause.peak, returned_at=None, priority=rule.priority,
    )  # fmt: skip
    to = target(again, AlertEvent.REOCCURRED)
    return move(again, AlertEvent.REOCCURRED, to, cause.at, value=cause.value)


def return_alert(
    alert: Alert, returned_at: Millis, at: Millis, value: float | None
) -> tuple[Alert, Transition] | None:
    """The condition is gone. None when the alert had ended otherwise meanwhile."""
    if over(alert) or not can(alert, AlertEvent.RETURNED):
        return None
    gone = replace(alert, active=False, returned_at=returned_at, value=value)
    return move(gone, AlertEvent.RETURNED, target(alert, AlertEvent.RETURNED), at, value=value)
