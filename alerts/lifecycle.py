"""What happens to an alert by itself, as pure functions of what was and what happened.

Nothing here reads a clock or a store.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from alerts.state_diagram import (
    ACKNOWLEDGED,
    NORMAL,
    OUT_OF_SERVICE,
    PUT_ASIDE,
    RETURNED,
    SHELVED,
    SUPPRESSED,
    UNACKNOWLEDGED,
    can,
    move,
    over,
    target,
)
from domain.alert import Alert, AlertEvent, AlertState, RuleState, Transition
from domain.reading import Millis

UNSHELVED: Final = {True: UNACKNOWLEDGED, False: NORMAL}  # by "is it active?" (11.7.3)
SILENTLY_OVER: Final = frozenset({AlertEvent.UNSHELVED, AlertEvent.UNSUPPRESSED})  # news only when they ring again
TOLD: Final = SILENTLY_OVER | {
    AlertEvent.RAISED,
    AlertEvent.REOCCURRED,
    AlertEvent.RETURNED,
    AlertEvent.REALARMED,
    AlertEvent.CHATTERING,
    AlertEvent.CALMED,
}


class Step(Struct, frozen=True):
    """What one step decided. `alert` is None when none exists, `transition` when nothing moved."""

    state: RuleState
    alert: Alert | None = None
    transition: Transition | None = None


def tells(alert: Alert, transition: Transition) -> bool:
    """Whether people are told of a transition, `alert` being what it led to.

    Not of what is put aside (shelved, suppressed, out of service), nor of the comings and goings of one that
    chatters: of that once when it begins, and of its present state when it is calm.
    """
    if transition.to_state in PUT_ASIDE:
        return False
    if alert.chattering:
        return transition.event is AlertEvent.CHATTERING
    if transition.event in SILENTLY_OVER and transition.to_state is not UNACKNOWLEDGED:
        return False
    return transition.event in TOLD


def expire_shelf(
    alert: Alert, now: Millis, *, parent: str | None = None, quiet: bool = False
) -> tuple[Alert, Transition] | None:
    """Back by itself once its time is over: unacknowledged again, over when the condition had returned.

    `quiet`: it is not judged right now (for the sake of `parent`); what still holds is suppressed instead.
    """
    if alert.state is not SHELVED or alert.shelved_until is None or now < alert.shelved_until:
        return None
    back = replace(alert, shelved_until=None, acknowledged_by=None, acknowledged_at=None, due=None)
    if quiet and alert.active:
        return move(replace(back, parent=parent), AlertEvent.UNSHELVED, SUPPRESSED, now, value=alert.value)
    return move(back, AlertEvent.UNSHELVED, UNSHELVED[alert.active], now, value=alert.value)


def returned_to(alert: Alert) -> AlertState:
    """Where a return leads. What somebody acknowledged is over with it, unless it waits for a person (latching) or
    is held down (then it is over when it is calm, and rings no new alert until then).
    """
    if alert.state is ACKNOWLEDGED and (alert.latching or alert.chattering):
        return RETURNED
    return target(alert, AlertEvent.RETURNED)


def reoccurred_to(alert: Alert) -> AlertState:
    """Where it leads when it holds again: what somebody acknowledged while it is held down stays acknowledged."""
    if alert.state is RETURNED and alert.chattering and alert.acknowledged_by is not None:
        return ACKNOWLEDGED
    return target(alert, AlertEvent.REOCCURRED)


def realarm(alert: Alert, after: Millis, now: Millis) -> tuple[Alert, Transition] | None:
    """Acknowledged `after` ms ago, and it still holds: it rings again."""
    if alert.state is not ACKNOWLEDGED or not alert.active or now < (alert.acknowledged_at or 0) + after:
        return None
    again = replace(alert, acknowledged_by=None, acknowledged_at=None, due=None)
    to = target(alert, AlertEvent.REALARMED)
    return move(again, AlertEvent.REALARMED, to, now, value=alert.value)


def calm(alert: Alert, now: Millis) -> tuple[Alert, Transition] | None:
    """Chattering is over; so is the alert, when somebody had acknowledged it and it does not hold any more."""
    if over(alert) or not alert.chattering:
        return None
    settled = alert.state is RETURNED and alert.acknowledged_by is not None and not alert.latching
    quiet = replace(alert, chattering=False, due=None)
    return move(quiet, AlertEvent.CALMED, NORMAL if settled else alert.state, now, value=alert.value)


def suppress(alert: Alert, parent: str | None, why: str | None, now: Millis) -> tuple[Alert, Transition] | None:
    """By design: for the sake of `parent`, or because its place is out of operation. What has returned, is shelved
    or out of service stays where it is.
    """
    if not alert.active or not can(alert, AlertEvent.SUPPRESSED):
        return None
    put = replace(alert, parent=parent, due=None)
    return move(put, AlertEvent.SUPPRESSED, SUPPRESSED, now, value=alert.value, comment=why)


def unsuppressed_to(alert: Alert) -> AlertState:
    """While it holds, back to where people had it; else it is over (or waits for a person, where it is latching)."""
    if alert.active:
        return ACKNOWLEDGED if alert.acknowledged_by is not None else UNACKNOWLEDGED
    return RETURNED if alert.latching else NORMAL


def unsuppress(alert: Alert, now: Millis) -> tuple[Alert, Transition] | None:
    """Its cause is over, or its place in operation again. `parent` stays, for the record."""
    if alert.state is not SUPPRESSED:
        return None
    back = replace(alert, due=now)
    return move(back, AlertEvent.UNSUPPRESSED, unsuppressed_to(alert), now, value=alert.value)


def by_hand(alert: Alert) -> bool:
    """Whether it was a person who took the alert out of service: it is theirs, and only a person puts it back."""
    return alert.state is OUT_OF_SERVICE and alert.acknowledged_by is not None


def retire(alert: Alert, now: Millis, why: str, *, for_good: bool) -> tuple[Alert, Transition] | None:
    """Nobody watches any more. `for_good` ends it (rule or scope is gone), else it waits out of service, nobody's."""
    if over(alert) or (alert.state is OUT_OF_SERVICE and not for_good):
        return None
    to = NORMAL if for_good else OUT_OF_SERVICE
    rests = replace(alert, active=False, shelved_until=None, chattering=False, parent=None, due=None)
    if not for_good:
        rests = replace(rests, acknowledged_by=None, acknowledged_at=None)
    return move(rests, AlertEvent.OUT_OF_SERVICE, to, now, comment=why)


def back_in_service(alert: Alert, now: Millis) -> tuple[Alert, Transition] | None:
    """Watched again: the old alert is over, what arrives from now on is judged afresh. Not for one that a person
    took out (`by_hand`).
    """
    if alert.state is not OUT_OF_SERVICE or by_hand(alert):
        return None
    return move(alert, AlertEvent.IN_SERVICE, target(alert, AlertEvent.IN_SERVICE), now)
