"""The state diagram of an alert by ISA-18.2-2016, and one move along it.

`STATES` is the standard's diagram: in this state, on this event, go there. What is not in it cannot
happen and is refused with the present state.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from domain.alert import Alert, AlertEvent, AlertState, Transition
from domain.errors import Conflict
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
    SHELVED: {  # leaving it is decided by `UNSHELVED`: by hand in `deeds`, by itself in `lifecycle`
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
# fmt: on

PANTAU: Final = "pantau"  # who, where no person did it
PUT_ASIDE: Final = frozenset({SHELVED, SUPPRESSED, OUT_OF_SERVICE})
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


def over(alert: Alert) -> bool:
    """Whether the alert has ended; such an alert never moves again."""
    return alert.state is NORMAL


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
