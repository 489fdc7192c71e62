"""Messages kept whole because they could not be read (`domain.ports.DeadLetterBox`), within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, delete, func, insert, select, update

from domain.errors import Invalid
from domain.message import DeadLetter, UnreadTopic
from domain.ports import Page
from domain.reading import Millis
from storage.database import Database
from storage.models import dead_letter as table
from storage.paging import cursor_of, key_of, limited, page_of
from storage.upserts import DROPPED, add_to_counter, read_counter

_COLUMNS: Final = tuple(table.c[name] for name in DeadLetter.__struct_fields__)
_LOOKED_AT: Final = 20_000  # newest letters among which unknown devices are looked for
_CHUNK: Final = 500  # ids in one statement


class SqlDeadLetterBox:
    """Dead letters in one database: the newest `keep` stay, older ones go and are counted."""

    def __init__(self, db: Database, *, keep: int = 100_000) -> None:
        if keep < 1:
            raise Invalid("at least one dead letter must be kept", "keep")
        self._db = db
        self._keep = keep

    def add(self, letters: Sequence[DeadLetter]) -> None:
        """Make them durable in one transaction, letting go of the oldest beyond the bound."""
        if not letters:
            return
        with self._db.writing() as connection:
            connection.execute(insert(table), [_values(letter) for letter in letters])
            self._let_go(connection)

    def page(self, after: str | None, limit: int, reason: str | None, device: str | None) -> Page[DeadLetter]:
        """Newest first, replayed ones as well."""
        query = _narrowed(select(*_COLUMNS), reason, device).order_by(table.c.id.desc()).limit(limited(limit))
        if after is not None:
            query = query.where(table.c.id < key_of(after, tuple[int])[0])
        with self._db.reading() as connection:
            found = [DeadLetter(*row) for row in connection.execute(query)]
        return page_of(found, limit, lambda letter: cursor_of(letter.id))

    def waiting(
        self, after: int, limit: int, reason: str | None, device: str | None, topics: Sequence[str] | None = None
    ) -> list[DeadLetter]:
        """Those not yet replayed, oldest first, with id > after; only those of `topics` where given."""
        query = _narrowed(select(*_COLUMNS), reason, device).where(table.c.replayed_at.is_(None))
        if topics is not None:
            query = query.where(table.c.topic.in_([storable(topic) for topic in topics]))
        query = query.where(table.c.id > after).order_by(table.c.id).limit(limit)
        with self._db.reading() as connection:
            return [DeadLetter(*row) for row in connection.execute(query)]

    def unread_topics(self, reasons: Sequence[str], limit: int) -> list[UnreadTopic]:
        """Waiting letters by topic, those heard last first, among the newest `_LOOKED_AT`."""
        newest = select(func.coalesce(func.max(table.c.id), 0)).scalar_subquery()
        last, first_at = func.max(table.c.id), func.min(table.c.received_at)
        grouped = (
            select(last.label("id"), func.count().label("count"), first_at.label("first_at"))
            .where(table.c.replayed_at.is_(None), table.c.id > newest - _LOOKED_AT, table.c.reason.in_(reasons))
            .group_by(table.c.topic)
            .order_by(last.desc())
            .limit(limit)
            .subquery()
        )
        query = select(grouped.c.count, grouped.c.first_at, *_COLUMNS).join(table, table.c.id == grouped.c.id)
        with self._db.reading() as connection:
            rows = connection.execute(query.order_by(grouped.c.id.desc()))
            return [UnreadTopic(row[0], row[1], DeadLetter(*row[2:])) for row in rows]

    def mark_replayed(self, ids: Sequence[int], now: Millis) -> None:
        """They became readings at last. Ids that are gone, or were marked before, are left as they are."""
        with self._db.writing() as connection:
            for start in range(0, len(ids), _CHUNK):
                chosen = table.c.id.in_(ids[start : start + _CHUNK])
                connection.execute(update(table).where(chosen, table.c.replayed_at.is_(None)).values(replayed_at=now))

    def count(self) -> int:
        """How many wait."""
        query = select(func.count()).select_from(table).where(table.c.replayed_at.is_(None))
        with self._db.reading() as connection:
            return connection.execute(query).scalar_one()

    def dropped(self) -> int:
        """How many were let go for want of room before they were replayed, since the installation began."""
        with self._db.reading() as connection:
            return read_counter(connection, DROPPED)

    def _let_go(self, connection: Connection) -> None:
        """Ids only grow and only the lowest are removed, so the bound is a range of ids: no row is counted."""
        newest = connection.execute(select(func.max(table.c.id))).scalar_one()
        beyond = table.c.id <= newest - self._keep
        lost = select(func.count()).select_from(table).where(beyond, table.c.replayed_at.is_(None))
        unread = connection.execute(lost).scalar_one()
        connection.execute(delete(table).where(beyond))
        if unread:
            add_to_counter(connection, DROPPED, unread)


def _narrowed(query: Select[Any], reason: str | None, device: str | None) -> Select[Any]:
    if reason is not None:
        query = query.where(table.c.reason == reason)
    return query if device is None else query.where(table.c.device == device)


def _values(letter: DeadLetter) -> dict[str, Any]:
    values = msgspec.structs.asdict(letter)
    del values["id"]
    for name in ("topic", "detail"):
        values[name] = storable(values[name])
    return values


def storable(text: str) -> str:
    r"""Text that both databases take: a lone surrogate or NUL is written out as `\ud800` or `\x00`."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
