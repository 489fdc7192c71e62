"""Alerts as rows: compare and set on their version, pages newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Select, func, select, tuple_

from domain.alert import Alert, AlertState, Priority
from domain.errors import Conflict, NotFound
from domain.ports import Page
from domain.reading import Millis
from storage.models import NORMAL
from storage.models import alert as table
from storage.paging import cursor_of, key_of, limited, page_of
from storage.upserts import upsert

CHUNK: Final = 500  # ids in one query
COLUMNS: Final = tuple(table.c[name] for name in Alert.__struct_fields__)


def alert_of(row: Sequence[Any]) -> Alert:
    """The alert of a row whose first columns are `COLUMNS`."""
    values = dict(zip(Alert.__struct_fields__, row, strict=False))
    values["priority"] = Priority(values["priority"])
    values["state"] = AlertState(values["state"])
    return Alert(**values)


def one_alert(connection: Connection, alert: str) -> Alert:
    """Raises NotFound."""
    found = alerts_by_id(connection, [alert])
    if not found:
        raise NotFound(f"there is no alert {alert}")
    return found[0]


def alerts_by_id(connection: Connection, ids: Sequence[str]) -> list[Alert]:
    """Those that exist, in the order asked for."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, Alert] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(*COLUMNS).where(table.c.id.in_(wanted[start : start + CHUNK]))
        found.update((row.id, alert_of(row)) for row in connection.execute(query))
    return [found[alert] for alert in wanted if alert in found]


def write_alerts(connection: Connection, alerts: Sequence[Alert]) -> None:
    """Each must be one version above what stands, a new one at version 1; raises Conflict for one that is not."""
    if not alerts:
        return
    present = _lock(connection, {alert.id for alert in alerts})
    for alert in alerts:
        version, state = present.get(alert.id, (0, ""))
        if alert.version != version + 1:
            raise Conflict(f"alert {alert.id} is at version {version}, not {alert.version - 1}", state)
        present[alert.id] = (alert.version, alert.state)
    latest = {alert.id: msgspec.structs.asdict(alert) for alert in alerts}
    connection.execute(upsert(connection, table), list(latest.values()))


def _lock(connection: Connection, ids: set[str]) -> dict[str, tuple[int, str]]:
    """Version and state of those that exist; nobody else changes them until the transaction ends."""
    found: dict[str, tuple[int, str]] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        query = select(table.c.id, table.c.version, table.c.state).where(
            table.c.id.in_(wanted[start : start + CHUNK])
        )
        rows = connection.execute(query.order_by(table.c.id).with_for_update())
        found.update((alert, (version, state)) for alert, version, state in rows)
    return found


def due_alerts(connection: Connection, now: Millis, limit: int) -> list[Alert]:
    """Open ones whose `due` has come, oldest first."""
    query = select(*COLUMNS).where(table.c.due <= now, table.c.state != NORMAL).order_by(table.c.due, table.c.id)
    return [alert_of(row) for row in connection.execute(query.limit(limit))]


def open_alerts_of(connection: Connection, devices: Sequence[str]) -> list[Alert]:
    """All open ones of these devices, oldest first within a device."""
    wanted = sorted(set(devices))
    found: list[Alert] = []
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        query = select(*COLUMNS).where(table.c.device.in_(chunk), table.c.state != NORMAL)
        rows = connection.execute(query.order_by(table.c.device, table.c.since, table.c.id))
        found.extend(alert_of(row) for row in rows)
    return found


def page_of_alerts(
    connection: Connection,
    after: str | None,
    limit: int,
    state: AlertState | None,
    site: str | None,
    device: str | None,
    open_only: bool,
) -> Page[Alert]:
    """Newest first by `since`, of equal times the greater id first."""
    query = select(*COLUMNS).order_by(table.c.since.desc(), table.c.id.desc()).limit(limited(limit))
    if after is not None:
        query = query.where(tuple_(table.c.since, table.c.id) < key_of(after, tuple[int, str]))
    found = [alert_of(row) for row in connection.execute(_narrowed(query, state, site, device, open_only))]
    return page_of(found, limit, lambda alert: cursor_of(alert.since, alert.id))


def _narrowed(
    query: Select[Any], state: AlertState | None, site: str | None, device: str | None, open_only: bool
) -> Select[Any]:
    few = open_only or state not in (None, AlertState.NORMAL)  # compared with all that ever were
    if state is not None:
        query = query.where(table.c.state == state.value)
    if few:
        query = query.where(table.c.state != NORMAL)  # said so that the index of open alerts is used
    if site is not None:
        query = query.where(unindexed(table.c.site) == site if few else table.c.site == site)
    return query if device is None else query.where(table.c.device == device)


def unindexed(column: Column[str]) -> ColumnElement[str]:
    """The column, but its index left alone: where another condition leaves far fewer rows than it would."""
    return func.coalesce(column, "")
