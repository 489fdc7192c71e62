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
        AlertEvent.SUPPRESSED: SUPPRESSED,
        AlertEvent.OUT_OF_SERVICE: OUT_OF_SERVICE,
    },
    ACKNOWLEDGED: {
        AlertEvent.RETURNED: NORMAL,  # where it waits for a person, or is held down: see `returned_to`
        AlertEvent.REALARMED: UNACKNOWLEDGED,
        AlertEvent.SHELVED: SHELVED,
        AlertEvent.SUPPRESSED: SUPPRESSED,
        AlertEvent.OUT_OF_SERVICE: OUT_OF_SERVICE,
    },
    RETURNED: {
        AlertEvent.ACKNOWLEDGED: NORMAL,
        AlertEvent.REOCCURRED: UNACKNOWLEDGED,  # held down and acknowledged before: see `reoccurred_to`
        AlertEvent.SHELVED: SHELVED,
        AlertEvent.OUT_OF_SERVICE: OUT_OF_SERVICE,
    },
    SHELVED: {  # leaving it is decided by `UNSHELVED_BY_HAND` and `UNSHELVED_BY_ITSELF`
        AlertEvent.RETURNED: SHELVED,
        AlertEvent.REOCCURRED: SHELVED,
        AlertEvent.OUT_OF_SERVICE: OUT_OF_SERVICE,
    },
    SUPPRESSED: {  # leaving it: `unsuppressed_to`
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

PANTAU: Final = "pantau"  # who, where no person did it
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
STANDS: Final = {
    NORMAL: "over",
    UNACKNOWLEDGED: "not acknowledged",
    ACKNOWLEDGED: "acknowledged",
    RETURNED: "back to normal, not acknowledged",
    SHELVED: "shelved",
    SUPPRESSED: "suppressed",
    OUT_OF_SERVICE: "out of service",
}  # how people call it
DEEDS: Final = {
    AlertEvent.UNSHELVED: "taken off the shelf",
    AlertEvent.OUT_OF_SERVICE: "taken out of service",
    AlertEvent.IN_SERVICE: "put back into service",
    AlertEvent.COMMENTED: "commented on",
}  # where the event's own name does not say what people do
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
        raise Conflict(f"alert {alert.id} is {STANDS[alert.state]}: it cannot be {_deed(event)} now", alert.state)
    return found


def _deed(event: AlertEvent) -> str:
    return DEEDS.get(event, event.replace("_", " "))


def move(
    alert: Alert,
    event: AlertEvent,
    to: AlertState,
    at: Millis,
    *,
    who: str = PANTAU,
    value: float | None = None,
    comment: str | None = None,
) -> tuple[Alert, Transition]:
    """The alert in its new state, closed when that is the end, and the transition that says so."""
    ended = to is NORMAL and event is not AlertEvent.COMMENTED
    moved = replace(alert, state=to, closed_at=at if ended else alert.closed_at, due=None if ended else alert.due)
    return moved, Transition(alert.id, at, event, alert.state, to, who, value, comment)


def acknowledge(alert: Alert, who: str, comment: str | None, now: Millis) -> tuple[Alert, Transition]:
    """Somebody saw it and took it on; one that had returned is over with that.

    The next tick looks at whether it is to ring again some day (`realarm`).
    """
    to = target(alert, AlertEvent.ACKNOWLEDGED)
    seen = replace(alert, acknowledged_by=who, acknowledged_at=now, due=now)
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
    put = replace(alert, shelved_until=until, due=until)
    return move(put, AlertEvent.SHELVED, to, now, who=who, value=alert.value, comment=reason.strip())


def unshelve(alert: Alert, who: str, comment: str | None, now: Millis) -> tuple[Alert, Transition]:
    """Taken back by hand: acknowledged by who did it, over when the condition had returned."""
    if alert.state is not SHELVED:
        raise Conflict(f"alert {alert.id} is {STANDS[alert.state]}, not shelved", alert.state)
    taken = replace(alert, shelved_until=None, acknowledged_by=who, acknowledged_at=now, due=now)
    to = UNSHELVED_BY_HAND[alert.active]
    return move(taken, AlertEvent.UNSHELVED, to, now, who=who, value=alert.value, comment=comment)


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
    return move(back, AlertEvent.UNSHELVED, UNSHELVED_BY_ITSELF[alert.active], now, value=alert.value)


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


def take_out(alert: Alert, who: str, reason: str, now: Millis) -> tuple[Alert, Transition]:
    """Out of service by hand: its condition is not judged until somebody puts it back. A reason is needed.

    Whoever does it has taken it on: it counts as acknowledged by them.
    """
    if not reason.strip():
        raise Invalid("taking out of service needs a reason", "comment")
    to = target(alert, AlertEvent.OUT_OF_SERVICE)
    rests = replace(
        alert, active=False, shelved_until=None, chattering=False, parent=None, due=now,
        acknowledged_by=who, acknowledged_at=now,
    )  # fmt: skip
    return move(rests, AlertEvent.OUT_OF_SERVICE, to, now, who=who, value=alert.value, comment=reason.strip())


def put_back(alert: Alert, who: str, comment: str | None, now: Millis) -> tuple[Alert, Transition]:
    """In service again, by hand: the old alert is over, what arrives from now on is judged afresh."""
    to = target(alert, AlertEvent.IN_SERVICE)
    return move(alert, AlertEvent.IN_SERVICE, to, now, who=who, comment=comment)


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
