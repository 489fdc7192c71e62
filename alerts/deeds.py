"""What people do to an alert, as pure functions of the alert, of who does it, and of when."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from alerts.state_diagram import ACKNOWLEDGED, NORMAL, SHELVED, STANDS, move, target
from domain.alert import Alert, AlertEvent, Transition
from domain.errors import Conflict, Invalid
from domain.reading import Millis

LONGEST_SHELF: Final[Millis] = 7 * 86_400_000
UNSHELVED: Final = {True: ACKNOWLEDGED, False: NORMAL}  # by "is it active?" (11.7.3)


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
    to = UNSHELVED[alert.active]
    return move(taken, AlertEvent.UNSHELVED, to, now, who=who, value=alert.value, comment=comment)


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
