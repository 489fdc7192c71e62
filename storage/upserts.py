"""INSERT … ON CONFLICT, which both databases speak but SQLAlchemy keeps in two dialects; and named counters."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Insert, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models import counter

REVISION: Final = "registry.revision"
JUDGED: Final = "alerts.cursor"
DROPPED: Final = "dead_letters.dropped"
QUALITY: Final = "quality.cursor"
QUALITY_LETTERS: Final = "quality.letters"
LETTER_BYTES: Final = "dead_letters.bytes"


def upsert(connection: Connection, table: Table) -> Insert:
    """An insert that replaces the row with the same primary key."""
    key = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in key]
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    result: Insert = statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in others}
    )
    return result


def insert_new(connection: Connection, table: Table) -> Insert:
    """An insert that leaves a row alone that is there already, by whichever of its keys."""
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    result: Insert = insert(table).on_conflict_do_nothing()
    return result


def read_counter(connection: Connection, name: str) -> int:
    """A counter's value, 0 before it was ever set."""
    found = connection.execute(select(counter.c.value).where(counter.c.name == name)).scalar()
    return int(found or 0)


def set_counter(connection: Connection, name: str, value: int) -> None:
    """Set it; other writers of it wait until this transaction ends."""
    connection.execute(upsert(connection, counter), {"name": name, "value": value})


def add_to_counter(connection: Connection, name: str, step: int) -> int:
    """Add and return the new value."""
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(counter).values(name=name, value=step)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": counter.c.value + step}
    ).returning(counter.c.value)
    return int(connection.execute(statement).scalar_one())
