"""Service done on machines (`domain.ports.Maintenance`). Rows are only ever added."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import Select, and_, func, insert, select, tuple_

from domain.account import AuditEntry
from domain.errors import NotFound
from domain.ports import Page
from domain.reading import Millis
from domain.rule_record import ServiceRecord
from storage.audit import write_entries
from storage.database import Database
from storage.models import device as device_table
from storage.models import service_record as table
from storage.paging import cursor_of, key_of, limited, page_of

_COLUMNS: Final = tuple(table.c[name] for name in ServiceRecord.__struct_fields__)


class SqlMaintenance:
    """In one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, record: ServiceRecord, now: Millis | None = None) -> ServiceRecord:
        """Durable on return, with its id; audited at `now` (None: when it was serviced). Raises NotFound for no such
        device.
        """
        values = msgspec.structs.asdict(record)
        del values["id"]
        with self._db.writing() as connection:
            known = select(device_table.c.id).where(device_table.c.id == record.device)
            if connection.execute(known).one_or_none() is None:
                raise NotFound(f"there is no device {record.device}")
            number = connection.execute(insert(table).returning(table.c.id), [values]).scalar_one()
            made = msgspec.structs.replace(record, id=number)
            after = msgspec.json.encode(made).decode()
            at = record.at if now is None else now
            write_entries(connection, [AuditEntry(at, record.who, "service", f"device/{record.device}", after=after)])
        return made

    def last(self) -> dict[str, ServiceRecord]:
        """The newest of every device that has one; of equal times the one that was written last."""
        newest = select(table.c.device, func.max(table.c.at).label("at")).group_by(table.c.device).subquery()
        same = and_(table.c.device == newest.c.device, table.c.at == newest.c.at)
        query = select(*_COLUMNS).join_from(table, newest, same).order_by(table.c.id)
        return {record.device: record for record in self._all(query)}

    def page(self, after: str | None, limit: int, device: str | None) -> Page[ServiceRecord]:
        """Newest first."""
        query = select(*_COLUMNS).order_by(table.c.at.desc(), table.c.id.desc()).limit(limited(limit))
        if device is not None:
            query = query.where(table.c.device == device)
        if after is not None:
            query = query.where(tuple_(table.c.at, table.c.id) < key_of(after, tuple[Millis, int]))
        return page_of(self._all(query), limit, lambda record: cursor_of(record.at, record.id))

    def _all(self, query: Select[Any]) -> list[ServiceRecord]:
        with self._db.reading() as connection:
            return [ServiceRecord(*row) for row in connection.execute(query)]
