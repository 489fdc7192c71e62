"""Alerts: the lasting record of what a rule found, with the states of ISA-18.2-2016."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from domain.reading import Millis


class Priority(StrEnum):
    """Low to critical."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class AlertState(StrEnum):
    """ISA-18.2 states A to G. An alert that reached `normal` is over and never changes again."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"  # returned to normal, unacknowledged
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class AlertEvent(StrEnum):
    """What moved an alert, or was noted on it."""

    RAISED = "raised"
    RETURNED = "returned"
    REOCCURRED = "reoccurred"  # out of limit again before the return was acknowledged
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    OUT_OF_SERVICE = "out_of_service"
    IN_SERVICE = "in_service"
    COMMENTED = "commented"
    FOUND_LATE = "found_late"
    SUPPRESSED = "suppressed"  # by design: its cause is an alert of its own, or its place is out of operation
    UNSUPPRESSED = "unsuppressed"
    REALARMED = "realarmed"  # acknowledged long ago, and it still holds
    CHATTERING = "chattering"  # raised three times within a minute; held down from now on
    CALMED = "calmed"  # chattering is over


RISES: Final = frozenset({AlertEvent.RAISED, AlertEvent.REOCCURRED})  # its condition came
RINGS: Final = RISES | {AlertEvent.UNSHELVED, AlertEvent.UNSUPPRESSED, AlertEvent.REALARMED}  # people are called


class Alert(Struct, frozen=True):
    """One alert. `active`: the condition holds now, whatever the state says of people.

    `since` is the time of the first reading of the breach, `value` the latest judged value, `peak` the worst,
    `limit` the bound it broke. `version` grows with every change (compare and set). `parent`: the alert that is
    its cause, while it is suppressed for that. `due`: when time alone moves it next (shelf, re-alarm, calm).
    `latching`: its rule's word at the time it was raised.
    """

    id: str
    site: str
    device: str
    metric: str
    unit: str
    rule: str
    kind: str
    priority: Priority
    state: AlertState
    active: bool
    since: Millis
    value: float | None
    limit: float | None
    peak: float | None = None
    returned_at: Millis | None = None
    acknowledged_by: str | None = None
    acknowledged_at: Millis | None = None
    shelved_until: Millis | None = None
    closed_at: Millis | None = None
    occurrences: int = 1
    found_late: bool = False
    version: int = 0
    parent: str | None = None
    due: Millis | None = None
    chattering: bool = False
    latching: bool = False


class Transition(Struct, frozen=True):
    """One step of an alert's life: who or what did it, when, from which state to which."""

    alert: str
    at: Millis
    event: AlertEvent
    from_state: AlertState
    to_state: AlertState
    who: str = "pantau"
    value: float | None = None
    comment: str | None = None
    id: int = 0


class RuleStatus(StrEnum):
    """Where a rule stands for one series."""

    NORMAL = "normal"
    PENDING = "pending"  # out of limit, waiting for the on-delay
    ACTIVE = "active"
    RETURNING = "returning"  # back, waiting for the off-delay
    NOT_JUDGED = "not_judged"  # its cause is an alert of its own (`parent`)


class RuleState(Struct, frozen=True):
    """The durable memory of one rule for one series.

    `since` is when the pending or returning stretch began (reading time). `watermark` is the newest
    reading time judged. `deadline` is the next moment (wall clock) at which the state can change
    without a reading; rows with one are found by an indexed query. `memo` is what the rule's kind remembers
    (JSON), right up to journal row `memo_seq`; newer rows are read again after a restart. `raised`: the newest
    times it rang, for chattering. `parent`: the alert for whose sake it is not judged.
    """

    rule: str
    device: str
    metric: str
    status: RuleStatus = RuleStatus.NORMAL
    since: Millis | None = None
    watermark: Millis | None = None
    deadline: Millis | None = None
    alert: str | None = None
    value: float | None = None
    peak: float | None = None
    memo: str | None = None
    memo_seq: int = 0
    raised: tuple[Millis, ...] = ()
    parent: str | None = None


class NotificationState(StrEnum):
    """Where a notification stands in the outbox."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SEEN = "seen"  # its link was used


class Purpose(StrEnum):
    """Why somebody is told."""

    NEWS = "news"
    REPEAT = "repeat"  # nobody acknowledged it
    ESCALATION = "escalation"  # nobody acknowledged it: the next person


class Target(Struct, frozen=True):
    """Whom a transition is told: a route, with the contact it leads to ("" where the route is its own address)."""

    route: str
    contact: str = ""
    purpose: Purpose = Purpose.NEWS
    round: int = 0  # of repeats and escalations, from 1
    not_before: Millis = 0  # quiet hours


class Notification(Struct, frozen=True):
    """One message to one target about one transition. Unique per (transition, route, contact, purpose, round)."""

    transition: int
    route: str
    state: NotificationState = NotificationState.QUEUED
    attempts: int = 0
    next_attempt_at: Millis = 0
    queued_at: Millis = 0
    sent_at: Millis | None = None
    last_error: str | None = None
    id: int = 0
    contact: str = ""
    purpose: Purpose = Purpose.NEWS
    round: int = 0
    seen_at: Millis | None = None
