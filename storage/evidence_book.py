"""Records of one kind with their revisions (`domain.evidence.Book`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from uuid import uuid4

import msgspec
from sqlalchemy import Connection

from domain.account import AuditEntry
from domain.errors import Conflict, NotFound
from domain.evidence import EvidenceKind, Revision, require_text
from domain.ports_readings import Page
from domain.reading import Millis
from storage import evidence_rows as rows
from storage.audit import write_entries
from storage.database import Database
from storage.paging import cursor_of, page_of

T = TypeVar("T")
Place = tuple[str, str, Millis, Millis | None]
"""Where a record stands: place, part, start, stop."""


def _nothing(connection: Connection, before: Revision[T] | None, after: Revision[T]) -> None:
    """What most kinds need beside their row."""


@dataclass(frozen=True)
class Shape(Generic[T]):
    """What one kind of record is like."""

    kind: EvidenceKind
    type: type[T]
    place: Callable[[T], Place]
    check: Callable[[T, Millis], None]
    key: Callable[[T], str | None] = lambda _: None  # an id of its own nature; made up where None
    beside: Callable[[T, Sequence[tuple[str, T]]], None] | None = None  # raises Invalid for others in the same place
    also: Callable[[Connection, Revision[T] | None, Revision[T]], None] = _nothing  # in the same transaction


class SqlBook(Generic[T]):
    """One kind in the relational database; every change is audited in its own transaction."""

    def __init__(self, db: Database, shape: Shape[T]) -> None:
        self._db = db
        self.shape: Final = shape

    def add(self, record: T, who: str, now: Millis) -> Revision[T]:
        """A new record. Raises Invalid, Conflict where there is one of its own nature already."""
        self.shape.check(record, now)
        with self._db.writing() as connection:
            rows.lock(connection)
            key = self.shape.key(record)
            if key is not None and (present := self._present(connection, key)) is not None:
                return self._again(connection, present, record, who, now)
            revision = Revision(key or uuid4().hex, 1, record, who, now)
            self._write(connection, None, revision)
        return revision

    def correct(self, record_id: str, at_number: int, record: T, who: str, note: str, now: Millis) -> Revision[T]:
        """A new revision. Raises NotFound, Invalid, Conflict."""
        self.shape.check(record, now)
        require_text(note, "note", empty=False)
        with self._db.writing() as connection:
            rows.lock(connection)
            before = self._retired(connection, record_id, at_number)
            key = self.shape.key(record)
            if key is not None and key != record_id:
                raise Conflict(f"this would be the {self.shape.kind} {key}; remove this one and add that", key)
            revision = Revision(record_id, at_number + 1, record, who, now, note)
            self._write(connection, before, revision)
        return revision

    def remove(self, record_id: str, at_number: int, who: str, note: str, now: Millis) -> Revision[T]:
        """It no longer counts; what it said stays. Raises NotFound, Invalid, Conflict."""
        require_text(note, "note", empty=False)
        with self._db.writing() as connection:
            rows.lock(connection)
            before = self._retired(connection, record_id, at_number)
            revision = Revision(record_id, at_number + 1, before.record, who, now, note, removed=True)
            self._write(connection, before, revision)
        return revision

    def get(self, record_id: str) -> Revision[T]:
        """The newest revision, removed or not. Raises NotFound."""
        with self._db.reading() as connection:
            return self._revision(rows.newest(connection, self.shape.kind, record_id))

    def history(self, record_id: str) -> list[Revision[T]]:
        """Every revision, oldest first. Raises NotFound."""
        with self._db.reading() as connection:
            found = rows.revisions(connection, self.shape.kind, record_id)
        if not found:
            raise NotFound(f"there is no {self.shape.kind} {record_id}")
        return [self._revision(row) for row in found]

    def histories(self, record_ids: Sequence[str]) -> dict[str, list[Revision[T]]]:
        """Every revision of these, oldest first, in one question."""
        with self._db.reading() as connection:
            found = rows.revisions_of(connection, self.shape.kind, record_ids)
        made: dict[str, list[Revision[T]]] = {}
        for row in found:
            made.setdefault(row.id, []).append(self._revision(row))
        return made

    def page(self, place: str | None, after: str | None, limit: int) -> Page[Revision[T]]:
        """The newest revision of each that counts, latest first by when it was."""
        with self._db.reading() as connection:
            found = rows.page(connection, self.shape.kind, place, after, limit)
        listed = page_of(found, limit, lambda row: cursor_of(row.start, row.id))
        return Page([self._revision(row) for row in listed.items], listed.next)

    def touching(self, place: str, part: str | None, start: Millis, stop: Millis | None) -> list[Revision[T]]:
        """Those that count and share a moment with [start, stop), by start."""
        with self._db.reading() as connection:
            found = rows.touching(connection, self.shape.kind, place, part, start, stop)
        return [self._revision(row) for row in found]

    def touching_any(self, places: Sequence[str], start: Millis, stop: Millis) -> list[Revision[T]]:
        """Those of any of these places that count and share a moment with [start, stop), by start: one question."""
        with self._db.reading() as connection:
            found = rows.touching(connection, self.shape.kind, places, None, start, stop)
        return [self._revision(row) for row in found]

    def last_of_parts(self, place: str | None) -> list[Revision[T]]:
        """Of every place (or one) and part the one that counts and begins last."""
        with self._db.reading() as connection:
            found = rows.last_of_parts(connection, self.shape.kind, place)
        return [self._revision(row) for row in found]

    def taken_out(self, place: str, part: str | None, start: Millis, stop: Millis) -> list[Revision[T]]:
        """Those that were removed and would share a moment with [start, stop), by start."""
        with self._db.reading() as connection:
            found = rows.touching(connection, self.shape.kind, place, part, start, stop, removed=True)
        return [self._revision(row) for row in found]

    def beginning(self, place: str, first: Millis, last: Millis) -> list[Revision[T]]:
        """Those that count and begin in [first, last], by start, part, id."""
        with self._db.reading() as connection:
            found = rows.beginning(connection, self.shape.kind, place, first, last)
        return [self._revision(row) for row in found]

    def last_ended(self, place: str, part: str, at: Millis) -> Revision[T] | None:
        """The one that ended last at or before a moment."""
        with self._db.reading() as connection:
            found = rows.last_ended(connection, self.shape.kind, place, part, at)
        return None if found is None else self._revision(found)

    def _present(self, connection: Connection, key: str) -> rows.Row | None:
        try:
            return rows.newest(connection, self.shape.kind, key)
        except NotFound:
            return None

    def _again(self, connection: Connection, present: rows.Row, record: T, who: str, now: Millis) -> Revision[T]:
        """What was removed may be written anew, as a further revision."""
        if not present.removed:
            raise Conflict(
                f"there is a {self.shape.kind} {present.id} already; correct that one", str(present.number)
            )
        rows.retire(connection, msgspec.structs.replace(present, removed=False), present.number)
        revision = Revision(present.id, present.number + 1, record, who, now)
        self._write(connection, self._revision(present), revision)
        return revision

    def _retired(self, connection: Connection, record_id: str, at_number: int) -> Revision[T]:
        row = rows.newest(connection, self.shape.kind, record_id)
        rows.retire(connection, row, at_number)
        return self._revision(row)

    def _write(self, connection: Connection, before: Revision[T] | None, after: Revision[T]) -> None:
        place, part, start, stop = self.shape.place(after.record)
        if self.shape.beside is not None and not after.removed:
            others = rows.touching(connection, self.shape.kind, place, part, start, stop)
            self.shape.beside(after.record, [(row.id, self._revision(row).record) for row in others])
        document = msgspec.json.encode(after.record).decode()
        rows.add(
            connection,
            rows.Row(
                self.shape.kind.value, after.id, after.number, place, part, start, stop,
                True, after.removed, after.who, after.at, after.note, document,
            ),
        )  # fmt: skip
        self.shape.also(connection, before, after)
        write_entries(connection, [self._entry(before, after, document)])

    def _entry(self, before: Revision[T] | None, after: Revision[T], document: str) -> AuditEntry:
        action = "remove" if after.removed else "add" if before is None else "change"
        shown = None if before is None else msgspec.json.encode(before.record).decode()
        target = f"{self.shape.kind}/{after.id}"
        return AuditEntry(after.at, after.who, action, target, shown, None if after.removed else document)

    def _revision(self, row: rows.Row) -> Revision[T]:
        record = msgspec.json.decode(row.document, type=self.shape.type)
        return Revision(row.id, row.number, record, row.who, row.at, row.note, row.removed)
