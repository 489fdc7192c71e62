"""The durable memory of the rules: read and written thousands at a time, within one alerts tick.

Each database gets the whole list in one call: PostgreSQL through `unnest` of arrays, SQLite through
`json_each` and `executemany` of its driver, which costs a third less than through SQLAlchemy.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

import msgspec
from sqlalchemy import Connection, select

from domain.alert import RuleState, RuleStatus
from domain.reading import Millis
from storage.models import rule_state

CHUNK: Final = 20_000  # series in one query
FIELDS: Final = RuleState.__struct_fields__
_COLUMNS: Final = tuple(rule_state.c[name] for name in FIELDS)
_STATUS: Final = {status.value: status for status in RuleStatus}

_NAMES: Final = ", ".join(FIELDS)
_SETTERS: Final = ", ".join(f"{name} = excluded.{name}" for name in FIELDS[3:])
_UPSERT: Final = f"ON CONFLICT (device, metric, rule) DO UPDATE SET {_SETTERS}"
_SQLITE_WRITE: Final = f"INSERT INTO rule_state ({_NAMES}) VALUES ({', '.join('?' * len(FIELDS))}) {_UPSERT}"
_TYPES: Final = (
    *("text",) * 4, *("bigint",) * 3, "text", *("double precision",) * 2, "text", "bigint", "text", "text"
)  # fmt: skip
_STATUS_AT: Final = FIELDS.index("status")
_RAISED_AT: Final = FIELDS.index("raised")  # `parent` is the only one after it
_TIMES: Final = msgspec.json.Decoder(tuple[Millis, ...])
_ARRAYS: Final = ", ".join(f"%s::{kind}[]" for kind in _TYPES)
_POSTGRESQL_WRITE: Final = f"INSERT INTO rule_state ({_NAMES}) SELECT * FROM unnest({_ARRAYS}) {_UPSERT}"

_OF: Final = f"SELECT {', '.join('s.' + name for name in FIELDS)} FROM"
SQLITE_READ: Final = (
    f"{_OF} json_each(?) AS k CROSS JOIN rule_state AS s"
    " ON s.device = json_extract(k.value, '$[0]') AND s.metric = json_extract(k.value, '$[1]')"
)
POSTGRESQL_READ: Final = (
    f"{_OF} unnest(%s::text[], %s::text[]) AS k (device, metric) JOIN rule_state AS s"
    ' ON s.device = k.device COLLATE "C" AND s.metric = k.metric COLLATE "C"'
)


def states_of(connection: Connection, series: Iterable[tuple[str, str]]) -> list[RuleState]:
    """The states of all rules of these (device, metric)."""
    wanted = list(dict.fromkeys(series))
    found: list[RuleState] = []
    for start in range(0, len(wanted), CHUNK):
        found.extend(map(_state, _rows_of(connection, wanted[start : start + CHUNK])))
    return found


def due_states(connection: Connection, now: Millis, limit: int) -> list[RuleState]:
    """Those whose deadline has come, oldest first."""
    query = select(*_COLUMNS).where(rule_state.c.deadline <= now).order_by(rule_state.c.deadline).limit(limit)
    return [_state(row) for row in connection.execute(query)]


def known_rules(connection: Connection) -> set[tuple[str, str, str]]:
    """(rule, device, metric) of every state."""
    query = select(rule_state.c.rule, rule_state.c.device, rule_state.c.metric)
    return {(rule, device, metric) for rule, device, metric in connection.execute(query)}


def write_states(connection: Connection, states: Sequence[RuleState]) -> None:
    """Add or replace; of two states with one key the later stands."""
    if not states:
        return
    latest = {(state.device, state.metric, state.rule): state for state in states}
    rows = [_row(latest[key]) for key in sorted(latest)]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRESQL_WRITE, tuple(list(column) for column in zip(*rows, strict=True)))
    else:
        _driver(connection).executemany(_SQLITE_WRITE, rows)


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def _rows_of(connection: Connection, series: list[tuple[str, str]]) -> Sequence[Sequence[Any]]:
    if connection.dialect.name == "postgresql":
        columns = ([device for device, _ in series], [metric for _, metric in series])
        return connection.exec_driver_sql(POSTGRESQL_READ, columns).all()
    rows: list[Sequence[Any]] = (
        _driver(connection).execute(SQLITE_READ, [msgspec.json.encode(series).decode()]).fetchall()
    )
    return rows


def _row(state: RuleState) -> tuple[Any, ...]:
    if not state.raised:
        return (*msgspec.structs.astuple(state)[:_RAISED_AT], None, state.parent)
    return (*msgspec.structs.astuple(state)[:_RAISED_AT], msgspec.json.encode(state.raised).decode(), state.parent)


def _state(row: Sequence[Any]) -> RuleState:
    values = list(row)
    values[_STATUS_AT] = _STATUS[values[_STATUS_AT]]
    values[_RAISED_AT] = _TIMES.decode(values[_RAISED_AT]) if values[_RAISED_AT] else ()
    return RuleState(*values)
