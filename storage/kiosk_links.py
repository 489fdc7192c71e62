"""Which links of the visitors' screen there are, and which of them count."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import asdict
from sqlalchemy import insert, select, update

from domain.account import AuditEntry
from domain.errors import NotFound
from domain.kiosk import KioskLink
from domain.reading import Millis
from storage.audit import write_entries
from storage.database import Database
from storage.models import kiosk_link as table

_COLUMNS: Final = tuple(table.c[name] for name in KioskLink.__struct_fields__)
MOST: Final = 500


class SqlKioskLinks:
    """In one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, link: KioskLink) -> KioskLink:
        """Keep a new one."""
        with self._db.writing() as connection:
            connection.execute(insert(table), [asdict(link)])
            write_entries(connection, [_audited("add", link, link.who, link.created_at)])
        return link

    def one(self, link: str) -> KioskLink:
        """Raises NotFound."""
        with self._db.reading() as connection:
            row = connection.execute(select(*_COLUMNS).where(table.c.id == link)).one_or_none()
        if row is None:
            raise NotFound(f"there is no kiosk link {link}")
        return KioskLink(*row)

    def revoke(self, link: str, who: str, now: Millis) -> KioskLink:
        """Raises NotFound. Twice is once."""
        found = self.one(link)
        if found.revoked_at is not None:
            return found
        ended = msgspec.structs.replace(found, revoked_at=now)
        with self._db.writing() as connection:
            connection.execute(update(table).where(table.c.id == link).values(revoked_at=now))
            write_entries(connection, [_audited("revoke", ended, who, now)])
        return ended

    def all(self) -> list[KioskLink]:
        """Newest first."""
        query = select(*_COLUMNS).order_by(table.c.created_at.desc(), table.c.id).limit(MOST)
        with self._db.reading() as connection:
            return [KioskLink(*row) for row in connection.execute(query)]


def _audited(action: str, link: KioskLink, who: str, at: Millis) -> AuditEntry:
    return AuditEntry(at, who, action, f"kiosk/{link.id}", after=msgspec.json.encode(link).decode())
