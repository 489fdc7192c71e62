"""Which signed links were used. They expire within days; their uses are forgotten long after that."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, delete, select

from domain.reading import Millis
from storage.models import used_link as table
from storage.upserts import insert_new

KEEP: Final[Millis] = 60 * 86_400_000


def note_use(connection: Connection, digest: str, now: Millis) -> bool:
    """False when it was noted before."""
    connection.execute(delete(table).where(table.c.at < now - KEEP))
    new = insert_new(connection, table).returning(table.c.digest)
    return connection.execute(new, [{"digest": digest, "at": now}]).scalar_one_or_none() is not None


def was_used(connection: Connection, digest: str) -> bool:
    """Whether it was noted."""
    query = select(table.c.at).where(table.c.digest == digest)
    return connection.execute(query).scalar_one_or_none() is not None
