"""Who changed what, when (`domain.ports.AuditLog`). Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, insert, select

from domain.account import AuditEntry
from domain.ports import Page
from storage.database import Database
from storage.models import audit
from storage.paging import cursor_of, key_of, limited, page_of

_COLUMNS: Final = tuple(audit.c[name] for name in AuditEntry.__struct_fields__)


class SqlAuditLog:
    """The audit log in one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, entry: AuditEntry) -> None:
        """Durable on return; the entry's own `id` is not used."""
        with self._db.writing() as connection:
            write_entries(connection, [entry])

    def page(self, after: str | None, limit: int) -> Page[AuditEntry]:
        """Newest first."""
        query = select(*_COLUMNS).order_by(audit.c.id.desc()).limit(limited(limit))
        if after is not None:
            query = query.where(audit.c.id < key_of(after, tuple[int])[0])
        with self._db.reading() as connection:
            found = [AuditEntry(*row) for row in connection.execute(query)]
        return page_of(found, limit, lambda entry: cursor_of(entry.id))


def write_entries(connection: Connection, entries: Sequence[AuditEntry]) -> None:
    """Add entries within a transaction that changes what they tell of."""
    rows = [msgspec.structs.asdict(entry) for entry in entries]
    for row in rows:
        del row["id"]
    if rows:
        connection.execute(insert(audit), rows)
