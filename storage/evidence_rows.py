"""Rows of the evidence table: one for each revision of each record, only ever added.

Writers queue on one counter, so that what a writer checks of other records still holds when it commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, literal_column, or_, select, update

from domain.errors import Conflict, NotFound
from domain.evidence import EvidenceKind
from domain.reading import Millis
from storage.models import evidence as table
from storage.paging import key_of, limited
from storage.upserts import add_to_counter

REVISION: Final = "evidence.revision"
_c: Final = table.c
_NEWEST: Final[ColumnElement[bool]] = _c.newest == literal_column("true")


class Row(Struct, frozen=True):
    """One revision as it is stored."""

    kind: str
    id: str
    number: int
    place: str
    part: str
    start: Millis
    stop: Millis | None
    newest: bool
    removed: bool
    who: str
    at: Millis
    note: str
    document: str


_COLUMNS: Final = tuple(_c[name] for name in Row.__struct_fields__)


def day_stamp(day: date) -> Millis:
    """Midnight UTC of a date: how days are ordered, whatever the zone of their site."""
    return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def lock(connection: Connection) -> None:
    """Other writers of evidence wait until this transaction ends."""
    add_to_counter(connection, REVISION, 1)


def add(connection: Connection, row: Row) -> None:
    """A revision."""
    connection.execute(insert(table), [{name: getattr(row, name) for name in Row.__struct_fields__}])


def newest(connection: Connection, kind: EvidenceKind, record_id: str) -> Row:
    """The revision that holds. Raises NotFound."""
    query = select(*_COLUMNS).where(_c.kind == kind, _c.id == record_id, _NEWEST)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotFound(f"there is no {kind} {record_id}")
    return Row(*found)


def retire(connection: Connection, row: Row, at_number: int) -> None:
    """A newer revision follows it. Raises Conflict where the caller saw another one, or it was removed."""
    if row.number != at_number or row.removed:
        present = "removed" if row.removed else str(row.number)
        raise Conflict(f"the {row.kind} {row.id} was changed meanwhile; it is at revision {row.number}", present)
    same = (_c.kind == row.kind, _c.id == row.id, _c.number == row.number)
    connection.execute(update(table).where(*same).values(newest=False))


def revisions(connection: Connection, kind: EvidenceKind, record_id: str) -> list[Row]:
    """Every revision, oldest first."""
    query = select(*_COLUMNS).where(_c.kind == kind, _c.id == record_id).order_by(_c.number)
    return _rows(connection, query)


def revisions_of(connection: Connection, kind: EvidenceKind, record_ids: Sequence[str]) -> list[Row]:
    """Every revision of several records, each oldest first."""
    if not record_ids:
        return []
    query = select(*_COLUMNS).where(_c.kind == kind, _c.id.in_(record_ids)).order_by(_c.id, _c.number)
    return _rows(connection, query)


def touching(
    connection: Connection,
    kind: EvidenceKind,
    place: str | Sequence[str],
    part: str | None,
    start: Millis,
    stop: Millis | None,
    *,
    removed: bool = False,
) -> list[Row]:
    """Those that hold (or were removed) and share a moment with [start, stop), by start; without end: it goes on."""
    there = _c.place == place if isinstance(place, str) else _c.place.in_(place)
    query = _newest(kind, removed=removed).where(there, or_(_c.stop.is_(None), _c.stop > start))
    query = query if part is None else query.where(_c.part == part)
    query = query if stop is None else query.where(_c.start < stop)
    return _rows(connection, query.order_by(_c.start, _c.id))


def of_part(connection: Connection, kind: EvidenceKind, part: str) -> list[Row]:
    """Those that hold and are of one part, wherever and whenever."""
    return _rows(connection, _holding(kind).where(_c.part == part).order_by(_c.start, _c.id))


def beginning(connection: Connection, kind: EvidenceKind, place: str, first: Millis, last: Millis) -> list[Row]:
    """Those that hold and begin in [first, last], by start, part, id."""
    query = _holding(kind).where(_c.place == place, _c.start >= first, _c.start <= last)
    return _rows(connection, query.order_by(_c.start, _c.part, _c.id))


def last_ended(connection: Connection, kind: EvidenceKind, place: str, part: str, at: Millis) -> Row | None:
    """The one that ended last at or before a moment."""
    query = _holding(kind).where(_c.place == place, _c.part == part, _c.stop <= at)
    found = connection.execute(query.order_by(_c.stop.desc(), _c.id).limit(1)).one_or_none()
    return None if found is None else Row(*found)


def last_of_parts(connection: Connection, kind: EvidenceKind, place: str | None) -> list[Row]:
    """Of every place (or one) and part the one that holds and begins last."""
    nth = func.row_number().over(partition_by=(_c.place, _c.part), order_by=(_c.start.desc(), _c.id.desc()))
    holding = _holding(kind).add_columns(nth.label("nth"))
    inner = (holding if place is None else holding.where(_c.place == place)).subquery()
    return _rows(connection, select(*(inner.c[one.name] for one in _COLUMNS)).where(inner.c.nth == 1))


def page(connection: Connection, kind: EvidenceKind, place: str | None, after: str | None, limit: int) -> list[Row]:
    """Those that hold, latest first; one more than `limit` where there are more."""
    query = _holding(kind).order_by(_c.start.desc(), _c.id.desc()).limit(limited(limit))
    query = query if place is None else query.where(_c.place == place)
    if after is not None:
        start, last = key_of(after, tuple[int, str])
        query = query.where(or_(_c.start < start, and_(_c.start == start, _c.id < last)))
    return _rows(connection, query)


def _holding(kind: EvidenceKind) -> Select[Any]:
    return _newest(kind, removed=False)


def _newest(kind: EvidenceKind, *, removed: bool) -> Select[Any]:
    return select(*_COLUMNS).where(_c.kind == kind, _NEWEST, _c.removed.is_(removed))


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    found: Sequence[Any] = connection.execute(query).all()
    return [Row(*row) for row in found]
