"""Transitions, and the notifications derived from them: one for each (transition, target), ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, bindparam, insert, select, update

from domain.alert import (
    Alert,
    AlertEvent,
    AlertState,
    Notification,
    NotificationState,
    Purpose,
    Target,
    Transition,
)
from domain.errors import NotFound
from domain.ports import Page
from domain.reading import Millis
from storage import alert_rows
from storage.models import FAILED, QUEUED, notification, transition
from storage.models import alert as alert_table
from storage.paging import cursor_of, key_of, limited, page_of
from storage.upserts import insert_new

_TRANSITION: Final = tuple(transition.c[name] for name in Transition.__struct_fields__)
_NOTIFICATION: Final = tuple(notification.c[name] for name in Notification.__struct_fields__)
_CHANGING: Final = ("state", "attempts", "next_attempt_at", "sent_at", "seen_at", "last_error")
_WRITE_BACK: Final = (
    update(notification)
    .where(
        notification.c.id == bindparam("number"),
        notification.c.state.in_(bindparam("before", expanding=True)),
        notification.c.attempts <= bindparam("attempts"),
    )
    .values({name: bindparam(name) for name in _CHANGING})
)
_BEFORE: Final = {
    NotificationState.QUEUED: (NotificationState.QUEUED,),
    NotificationState.SENT: (NotificationState.QUEUED,),
    NotificationState.FAILED: (NotificationState.QUEUED,),
    NotificationState.SEEN: (NotificationState.QUEUED, NotificationState.SENT),
}  # what is settled is never queued again
_SPELLED: Final = {NotificationState.QUEUED: QUEUED, NotificationState.FAILED: FAILED}  # those with an index


def add_transitions(connection: Connection, steps: Sequence[Transition]) -> list[Transition]:
    """Write them; the same, in their order, with their ids."""
    if not steps:
        return []
    statement = insert(transition).returning(transition.c.id, sort_by_parameter_order=True)
    ids = connection.execute(statement, [_without_id(step) for step in steps]).scalars().all()
    return [msgspec.structs.replace(step, id=number) for step, number in zip(steps, ids, strict=True)]


def queue(connection: Connection, told: Mapping[int, Sequence[Target]], now: Millis) -> int:
    """One notification for each target of each transition id, due at once or at `not_before`.

    Those there already are left alone; how many were new.
    """
    rows = {
        (step, *_who(target)): _without_id(_notification_of(step, target, now))
        for step, targets in told.items()
        for target in targets
    }
    if not rows:
        return 0
    statement = insert_new(connection, notification).returning(notification.c.id)
    return len(connection.execute(statement, list(rows.values())).all())


def _who(target: Target) -> tuple[str, str, str, int]:
    return target.route, target.contact, target.purpose, target.round


def _notification_of(step: int, target: Target, now: Millis) -> Notification:
    return Notification(
        step,
        target.route,
        next_attempt_at=max(now, target.not_before),
        queued_at=now,
        contact=target.contact,
        purpose=target.purpose,
        round=target.round,
    )


def require_transition(connection: Connection, number: int) -> None:
    """Raises NotFound."""
    if connection.execute(select(transition.c.id).where(transition.c.id == number)).one_or_none() is None:
        raise NotFound(f"there is no transition {number}")


def lives_of(connection: Connection, alerts: Sequence[str]) -> dict[str, list[Transition]]:
    """The transitions of each alert, oldest first."""
    lives: dict[str, list[Transition]] = {alert: [] for alert in alerts}
    query = select(*_TRANSITION).where(transition.c.alert.in_(alerts)).order_by(transition.c.id)
    for row in connection.execute(query):
        step = _transition(row)
        lives[step.alert].append(step)
    return lives


def queued(connection: Connection, now: Millis, limit: int) -> list[tuple[Notification, Transition, Alert]]:
    """Those whose next attempt has come, the longest due first."""
    query = (
        _with_its_alert()
        .where(notification.c.state == QUEUED, notification.c.next_attempt_at <= now)
        .order_by(notification.c.next_attempt_at, notification.c.id)
        .limit(limit)
    )
    return [_apart(row) for row in connection.execute(query)]


def one(connection: Connection, number: int) -> tuple[Notification, Transition, Alert]:
    """Raises NotFound."""
    row = connection.execute(_with_its_alert().where(notification.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"there is no notification {number}")
    return _apart(row)


def alerts_told_of(connection: Connection, transitions: Sequence[int]) -> dict[int, Alert]:
    """The alert of each transition that there is."""
    query = (
        select(transition.c.id, *alert_rows.COLUMNS)
        .join_from(transition, alert_table, transition.c.alert == alert_table.c.id)
        .where(transition.c.id.in_(transitions))
    )
    return {row[0]: alert_rows.alert_of(row[1:]) for row in connection.execute(query)}


def _with_its_alert() -> Select[Any]:
    return (
        select(*_NOTIFICATION, *_TRANSITION, *alert_rows.COLUMNS)
        .join_from(notification, transition, notification.c.transition == transition.c.id)
        .join(alert_table, transition.c.alert == alert_table.c.id)
    )


def _apart(row: Sequence[Any]) -> tuple[Notification, Transition, Alert]:
    first, second = len(_NOTIFICATION), len(_NOTIFICATION) + len(_TRANSITION)
    return _notification(row[:first]), _transition(row[first:second]), alert_rows.alert_of(row[second:])


def page_of_outbox(
    connection: Connection, after: str | None, limit: int, state: NotificationState | None
) -> Page[Notification]:
    """Newest first."""
    number: ColumnElement[int] = notification.c.id
    if state is NotificationState.QUEUED:
        number = number + 0  # so that the few that wait are sorted, rather than all that ever were looked through
    query = select(*_NOTIFICATION).order_by(number.desc()).limit(limited(limit))
    if state is not None:
        query = query.where(notification.c.state == _SPELLED.get(state, state.value))
    if after is not None:
        query = query.where(number < key_of(after, tuple[int])[0])
    found = [_notification(row) for row in connection.execute(query)]
    return page_of(found, limit, lambda item: cursor_of(item.id))


def notifications_of(connection: Connection, alert: str) -> list[Notification]:
    """What was sent or is yet to be about one alert, oldest first."""
    query = (
        select(*_NOTIFICATION)
        .join_from(notification, transition, notification.c.transition == transition.c.id)
        .where(transition.c.alert == alert)
        .order_by(notification.c.id)
    )
    return [_notification(row) for row in connection.execute(query)]


def write_back(connection: Connection, changed: Notification) -> None:
    """State, attempts, next attempt, times of sending and seeing, last error: compared and set.

    What another settled, or tried more often, stays as it is. Raises NotFound.
    """
    values = {name: getattr(changed, name) for name in _CHANGING}
    given = {"number": changed.id, "before": _BEFORE[changed.state], **values}
    if connection.execute(_WRITE_BACK, given).rowcount == 0:
        _require(connection, changed.id)


def _require(connection: Connection, number: int) -> None:
    if connection.execute(select(notification.c.id).where(notification.c.id == number)).one_or_none() is None:
        raise NotFound(f"there is no notification {number}")


def _without_id(item: Transition | Notification) -> dict[str, Any]:
    values = msgspec.structs.asdict(item)
    del values["id"]
    return values


def _transition(row: Sequence[Any]) -> Transition:
    values = dict(zip(Transition.__struct_fields__, row, strict=True))
    values["event"] = AlertEvent(values["event"])
    values["from_state"] = AlertState(values["from_state"])
    values["to_state"] = AlertState(values["to_state"])
    return Transition(**values)


def _notification(row: Sequence[Any]) -> Notification:
    values = dict(zip(Notification.__struct_fields__, row, strict=True))
    values["state"] = NotificationState(values["state"])
    values["purpose"] = Purpose(values["purpose"])
    return Notification(**values)
