"""The life of an alert by ISA-18.2-2016, as pure functions of what was and what happened.

`STATES` is the standard's diagram: in this state, on this event, go there. What is not in it cannot
happen and is refused with the present state. Nothing here reads a clock or a store.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from domain.alert import Alert, AlertEvent, AlertState, RuleState, Transition
from domain.errors import Conflict, Invalid
from domain.reading import Millis

NORMAL = AlertState.NORMAL  # A
UNACKNOWLEDGED = AlertState.UNACKNOWLEDGED  # B
ACKNOWLEDGED = AlertState.ACKNOWLEDGED  # C
RETURNED = AlertState.RETURNED  # D
SHELVED = AlertState.SHELVED  # E
SUPPRESSED = AlertState.SUPPRESSED  # F
OUT_OF_SERVICE = AlertState.OUT_OF_SERVICE  # G

# fmt: off
STATES: Final[dict[AlertState, dict[AlertEvent, AlertState]]] = {
    NORMAL: {
        AlertEvent.RAISED: UNACKNOWLEDGED,
    },
    UNACKNOWLEDGED: {
        AlertEvent.ACKNOWLEDGED: ACKNOWLEDGED,
        AlertEvent.RETURNED: RETURNED,
        AlertEvent.SHELVED: SHELVED,
        AlertEvent.OUT_OF_SERVICE: OUT_OF_SERVICE,
    },
    ACKNOWLEDGED: {
        AlertEvent.RETURNED: NORMAL,
        AlertEvent.SHELVED: SHELVED,
        AlertEvent.OUT_OF_SERVICE: OUT_OF_SERVICE,
    },
    RETURNED: {
        AlertEvent.ACKNOWLEDGED: NORMAL,
        AlertEvent.REOCCURRED: UNACKNOWLEDGED,
        AlertEvent.SHELVED: SHELVED,
        AlertEvent.OUT_OF_SERVICE: OUT_OF_SERVICE,
    },
    SHELVED: {  # leaving it is decided by `UNSHELVED_BY_HAND` and `UNSHELVED_BY_ITSELF`
        AlertEvent.RETURNED: SHELVED,
        AlertEvent.REOCCURRED: SHELVED,
        AlertEvent.OUT_OF_SERVICE: OUT_OF_SERVICE,
    },
    SUPPRESSED: {
        AlertEvent.RETURNED: SUPPRESSED,
        AlertEvent.REOCCURRED: SUPPRESSED,
        AlertEvent.OUT_OF_SERVICE: OUT_OF_SERVICE,
    },
    OUT_OF_SERVICE: {
        AlertEvent.IN_SERVICE: NORMAL,
    },
}
UNSHELVED_BY_HAND: Final = {True: ACKNOWLEDGED, False: NORMAL}  # by "is it active?" (11.7.3)
UNSHELVED_BY_ITSELF: Final = {True: UNACKNOWLEDGED, False: NORMAL}
# fmt: on

PUT_ASIDE: Final = frozenset({SHELVED, SUPPRESSED, OUT_OF_SERVICE})
SILENTLY_OVER: Final = frozenset({AlertEvent.UNSHELVED, AlertEvent.UNSUPPRESSED})  # news only when they ring again
TOLD: Final = SILENTLY_OVER | {
    AlertEvent.RAISED,
    AlertEvent.REOCCURRED,
    AlertEvent.RETURNED,
    AlertEvent.REALARMED,
    AlertEvent.CHATTERING,
    AlertEvent.CALMED,
}
LONGEST_SHELF: Final[Millis] = 7 * 86_400_000


class Step(Struct, frozen=True):
    """What one step decided. `alert` is None when none exists, `transition` when nothing moved."""

    state: RuleState
    alert: Alert | None = None
    transition: Transition | None = None


def over(alert: Alert) -> bool:
    """Whether the alert has ended; such an alert never moves again."""
    return alert.state is NORMAL


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


def can(alert: Alert, event: AlertEvent) -> bool:
    """Whether the diagram has an arrow for the event."""
    return event in STATES[alert.state]


def target(alert: Alert, event: AlertEvent) -> AlertState:
    """Where the event leads. Raises Conflict where the diagram has no such arrow."""
    found = STATES[alert.state].get(event)
    if found is None:
        raise Conflict(f"alert {alert.id} is {alert.state}; it cannot be {event} now", alert.state)
    return found


def move(
    alert: Alert,
    event: AlertEvent,
    to: AlertState,
    at: Millis,
    *,
    who: str = "pantau",
    value: float | None = None,
    comment: str | None = None,
) -> tuple[Alert, Transition]:
    """The alert in its new state, closed when that is the end, and the transition that says so."""
    ended = to is NORMAL and event is not AlertEvent.COMMENTED
    moved = replace(alert, state=to, closed_at=at if ended else alert.closed_at)
    return moved, Transition(alert.id, at, event, alert.state, to, who, value, comment)


def acknowledge(alert: Alert, who: str, comment: str | None, now: Millis) -> tuple[Alert, Transition]:
    """Somebody saw it and took it on; one that had returned is over with that."""
    to = target(alert, AlertEvent.ACKNOWLEDGED)
    seen = replace(alert, acknowledged_by=who, acknowledged_at=now)
    return move(seen, AlertEvent.ACKNOWLEDGED, to, now, who=who, value=alert.value, comment=comment)


def comment(alert: Alert, who: str, text: str, now: Millis) -> tuple[Alert, Transition]:
    """A note, possible in every state, also after the end; the state stays."""
    if not text.strip():
        raise Invalid("a comment needs words", "comment")
    return move(alert, AlertEvent.COMMENTED, alert.state, now, who=who, comment=text.strip())


def shelve(alert: Alert, who: str, until: Millis, reason: str, now: Millis) -> tuple[Alert, Transition]:
    """Put aside until a time at most seven days ahead. A reason is needed."""
    if not reason.strip():
        raise Invalid("shelving needs a reason", "comment")
    if not now < until <= now + LONGEST_SHELF:
        raise Invalid("shelving ends in the future, at most seven days ahead", "until")
    to = target(alert, AlertEvent.SHELVED)
    put = replace(alert, shelved_until=until)
    return move(put, AlertEvent.SHELVED, to, now, who=who, value=alert.value, comment=reason.strip())


def unshelve(alert: Alert, who: str, comment: str | None, now: Millis) -> tuple[Alert, Transition]:
    """Taken back by hand: acknowledged by who did it, over when the condition had returned."""
    if alert.state is not SHELVED:
        raise Conflict(f"alert {alert.id} is {alert.state}, not shelved", alert.state)
    taken = replace(alert, shelved_until=None, acknowledged_by=who, acknowledged_at=now)
    to = UNSHELVED_BY_HAND[alert.active]
    return move(taken, AlertEvent.UNSHELVED, to, now, who=who, value=alert.value, comment=comment)


def expire_shelf(alert: Alert, now: Millis) -> tuple[Alert, Transition] | None:
    """Back by itself once its time is over: unacknowledged again, over when the condition had returned."""
    if alert.state is not SHELVED or alert.shelved_until is None or now < alert.shelved_until:
        return None
    back = replace(alert, shelved_until=None, acknowledged_by=None, acknowledged_at=None)
    return move(back, AlertEvent.UNSHELVED, UNSHELVED_BY_ITSELF[alert.active], now, value=alert.value)


def retire(alert: Alert, now: Millis, why: str, *, for_good: bool) -> tuple[Alert, Transition] | None:
    """Nobody watches any more. `for_good` ends it (rule or scope is gone), else it waits out of service."""
    if over(alert) or (alert.state is OUT_OF_SERVICE and not for_good):
        return None
    to = NORMAL if for_good else OUT_OF_SERVICE
    rests = replace(alert, active=False, shelved_until=None)
    return move(rests, AlertEvent.OUT_OF_SERVICE, to, now, comment=why)


def back_in_service(alert: Alert, now: Millis) -> tuple[Alert, Transition] | None:
    """Watched again: the old alert is over, what arrives from now on is judged afresh."""
    if alert.state is not OUT_OF_SERVICE:
        return None
    return move(alert, AlertEvent.IN_SERVICE, target(alert, AlertEvent.IN_SERVICE), now)
