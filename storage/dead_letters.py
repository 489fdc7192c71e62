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
from storage.upserts import DROPPED, LETTER_BYTES, add_to_counter, read_counter

_COLUMNS: Final = tuple(table.c[name] for name in DeadLetter.__struct_fields__)
_LOOKED_AT: Final = 20_000  # newest letters among which unknown devices are looked for
_CHUNK: Final = 500  # ids in one statement
_REDELIVERED: Final = 20_000  # newest letters among which that of a redelivered message is looked for
ROOM: Final = 1 << 30  # bytes of payloads: one device that sends nonsense must not fill the disk


class SqlDeadLetterBox:
    """Dead letters in one database: the newest `keep` stay as far as there is `room` (bytes of payloads), older
    ones go and are counted.
    """

    def __init__(self, db: Database, *, keep: int = 100_000, room: int = ROOM) -> None:
        if keep < 1:
            raise Invalid("at least one dead letter must be kept", "keep")
        self._db = db
        self._keep = keep
        self._room = room

    def add(self, letters: Sequence[DeadLetter], again: Sequence[DeadLetter] = ()) -> None:
        """Make them durable in one transaction, letting go of the oldest beyond the bound."""
        if not letters and not again:
            return
        with self._db.writing() as connection:
            letters = [*letters, *_new(connection, again)]
            if not letters:
                return
            connection.execute(insert(table), [_values(letter) for letter in letters])
            add_to_counter(connection, LETTER_BYTES, sum(len(letter.payload) for letter in letters))
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
        self._remove(connection, newest - self._keep)
        while (excess := read_counter(connection, LETTER_BYTES) - self._room) > 0:
            oldest = select(table.c.id, func.length(table.c.payload)).order_by(table.c.id).limit(_CHUNK)
            gone = 0
            for letter, size in connection.execute(oldest).all():
                gone += size
                if gone >= excess or letter == newest:
                    break
            if letter == newest:  # the newest stays, however large
                self._remove(connection, newest - 1)
                return
            self._remove(connection, letter)

    def _remove(self, connection: Connection, upto: int) -> None:
        beyond = table.c.id <= upto
        total, size = func.count().filter(table.c.replayed_at.is_(None)), func.sum(func.length(table.c.payload))
        lost, freed = connection.execute(select(total, func.coalesce(size, 0)).where(beyond)).one()
        connection.execute(delete(table).where(beyond))
        add_to_counter(connection, LETTER_BYTES, -int(freed))
        if lost:
            add_to_counter(connection, DROPPED, lost)


def _new(connection: Connection, again: Sequence[DeadLetter]) -> list[DeadLetter]:
    """Those of redelivered messages that do not wait among the newest letters."""
    if not again:
        return []
    newest = select(table.c.id, table.c.topic, func.length(table.c.payload)).where(table.c.replayed_at.is_(None))
    alike: dict[tuple[str, int], list[int]] = {}
    for letter, topic, size in connection.execute(newest.order_by(table.c.id.desc()).limit(_REDELIVERED)):
        alike.setdefault((topic, size), []).append(letter)

    def waits(letter: DeadLetter) -> bool:
        ids = alike.get((storable(letter.topic), len(letter.payload)), [])[:_CHUNK]
        same = select(table.c.id).where(table.c.id.in_(ids), table.c.payload == letter.payload)
        return bool(ids) and connection.execute(same.limit(1)).first() is not None

    return [letter for letter in again if not waits(letter)]


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
