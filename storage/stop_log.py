"""Why machines stood still (`domain.ports_machines.StopLog`). Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Table, select

from domain.account import AuditEntry
from domain.errors import Invalid, NotFound
from domain.machine import StopRecord
from domain.reading import Millis
from storage.audit import write_entries
from storage.database import Database
from storage.models import device as device_table
from storage.models import stop_reason as reason_table
from storage.models import stop_record as table
from storage.upserts import insert_new

LONGEST: Final[Millis] = 31 * 86_400_000
CLOCKS: Final[Millis] = 5 * 60_000  # how far a tablet's clock may be ahead
KEY_LENGTH: Final = 64

_COLUMNS: Final = tuple(table.c[name] for name in StopRecord.__struct_fields__)


class SqlStopLog:
    """In one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, record: StopRecord, now: Millis) -> StopRecord:
        """Durable on return. Raises NotFound, Invalid; a key used before gives its record."""
        _check(record, now)
        with self._db.writing() as connection:
            _require(connection, device_table, "device", record.device)
            _require(connection, reason_table, "stop reason", record.reason)
            statement = insert_new(connection, table).returning(table.c.id)
            number = connection.execute(statement, _values(record)).scalar_one_or_none()
            if number is None:
                return self._of_key(connection, record.key)
            made = msgspec.structs.replace(record, id=number)
            after = msgspec.json.encode(made).decode()
            write_entries(connection, [AuditEntry(now, record.who, "stop", f"device/{record.device}", after=after)])
        return made

    def touching(self, devices: Sequence[str], start: Millis, stop: Millis) -> list[StopRecord]:
        """Those that share a moment with [start, stop), by when they were said."""
        query = select(*_COLUMNS).where(table.c.device.in_(list(devices)), table.c.stop > start, table.c.start < stop)
        with self._db.reading() as connection:
            return [_record(row) for row in connection.execute(query.order_by(table.c.at, table.c.id))]

    def _of_key(self, connection: Connection, key: str) -> StopRecord:
        return _record(connection.execute(select(*_COLUMNS).where(table.c.key == key)).one())


def _check(record: StopRecord, now: Millis) -> None:
    if record.start >= record.stop:
        raise Invalid("it must end after it starts", "stop")
    if record.stop > now + CLOCKS:
        raise Invalid("a stop that lies ahead cannot be explained yet; check the clock of the tablet", "stop")
    if record.at > now + CLOCKS:
        raise Invalid("it was said in the future; check the clock of the tablet", "at")
    if record.stop - record.start > LONGEST:
        raise Invalid(f"it is longer than {LONGEST // 86_400_000} days", "start")
    if len(record.key) > KEY_LENGTH:
        raise Invalid(f"at most {KEY_LENGTH} characters", "key")


def _require(connection: Connection, nouns: Table, word: str, name: str) -> None:
    if connection.execute(select(nouns.c.id).where(nouns.c.id == name)).one_or_none() is None:
        raise NotFound(f"there is no {word} {name}")


def _values(record: StopRecord) -> dict[str, Any]:
    values = msgspec.structs.asdict(record)
    del values["id"]
    return values | {"key": record.key or None}


def _record(row: Any) -> StopRecord:
    found = StopRecord(*row)
    return msgspec.structs.replace(found, key=found.key or "")
