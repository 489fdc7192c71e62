"""Quality intervals and the memory of the checks (`domain.ports.QualityBook`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, and_, delete, insert, or_, select, tuple_

from domain.function_check import REASON
from domain.ports import Page
from domain.quality import QualityChange, QualityInterval, Replacement
from domain.reading import Millis
from storage.database import Database
from storage.models import quality_interval as table
from storage.models import quality_memory
from storage.paging import cursor_of, key_of, limited, page_of
from storage.upserts import QUALITY, QUALITY_LETTERS, read_counter, set_counter, upsert

_COLUMNS: Final = tuple(table.c[name] for name in QualityInterval.__struct_fields__)
_CHUNK: Final = 400  # keys in one query


class SqlQualityBook:
    """In the relational database, beside the readings' store and never in it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def overlapping(self, device: str, metric: str, start: Millis, stop: Millis) -> list[QualityInterval]:
        """Those of one series that share a moment with [start, stop), by start."""
        query = select(*_COLUMNS).where(table.c.device == device, table.c.metric == metric)
        query = query.where(table.c.stop > start, table.c.start < stop).order_by(table.c.stop)
        return sorted(self._all(query), key=lambda one: (one.start, one.id))

    def since(self, at: Millis) -> list[QualityInterval]:
        """Those of all series that end after `at`."""
        return self._all(select(*_COLUMNS).where(table.c.stop > at).order_by(table.c.stop, table.c.id))

    def function_checks(self, at: Millis) -> list[QualityInterval]:
        """Those of calibration mode, of all series, that end after `at`."""
        return self._all(select(*_COLUMNS).where(table.c.stop > at, table.c.reason == REASON).order_by(table.c.id))

    def page(
        self,
        after: str | None,
        limit: int,
        device: str | None,
        metric: str | None,
        start: Millis | None,
        stop: Millis | None,
    ) -> Page[QualityInterval]:
        """Newest first by start. Raises Invalid for a cursor that is none."""
        query = select(*_COLUMNS).order_by(table.c.start.desc(), table.c.id.desc()).limit(limited(limit))
        for column, wanted in ((table.c.device, device), (table.c.metric, metric)):
            query = query if wanted is None else query.where(column == wanted)
        query = query if start is None else query.where(table.c.stop > start)
        query = query if stop is None else query.where(table.c.start < stop)
        if after is not None:
            began, number = key_of(after, tuple[int, int])
            query = query.where(or_(table.c.start < began, and_(table.c.start == began, table.c.id < number)))
        return page_of(self._all(query), limit, lambda one: cursor_of(one.start, one.id))

    def cursors(self) -> tuple[int, int]:
        """Up to which journal row, and which dead letter, everything was judged."""
        with self._db.reading() as connection:
            return read_counter(connection, QUALITY), read_counter(connection, QUALITY_LETTERS)

    def memory(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """What the checks remember of these (device, metric)."""
        found: dict[tuple[str, str], str] = {}
        c = quality_memory.c
        with self._db.reading() as connection:
            for first in range(0, len(keys), _CHUNK):
                wanted = tuple_(c.device, c.metric).in_(list(keys[first : first + _CHUNK]))
                rows = connection.execute(select(c.device, c.metric, c.document).where(wanted))
                found.update(((device, metric), document) for device, metric, document in rows)
        return found

    def commit(self, change: QualityChange) -> None:
        """One transaction: what was said before goes, what is said now comes, memory and cursors move."""
        with self._db.writing() as connection:
            for replacement in change.replacements:
                _replace(connection, replacement)
            if change.memory:
                rows = [{"device": d, "metric": m, "document": text} for (d, m), text in change.memory.items()]
                connection.execute(upsert(connection, quality_memory), rows)
            set_counter(connection, QUALITY, change.cursor)
            set_counter(connection, QUALITY_LETTERS, change.letters)

    def _all(self, query: Select[Any]) -> list[QualityInterval]:
        with self._db.reading() as connection:
            return [QualityInterval(*row) for row in connection.execute(query)]


def _replace(connection: Connection, new: Replacement) -> None:
    """Rows that stay as they are keep their id."""
    mine = (table.c.device == new.device, table.c.metric == new.metric, table.c.who == new.who)
    touching = select(*_COLUMNS).where(*mine, table.c.stop > new.start, table.c.start < new.stop)
    before = {_bare(QualityInterval(*row)): row.id for row in connection.execute(touching)}
    after = {_bare(interval) for interval in new.intervals}
    gone = [number for interval, number in before.items() if interval not in after]
    if gone:
        connection.execute(delete(table).where(table.c.id.in_(gone)))
    come = [interval for interval in new.intervals if _bare(interval) not in before]
    if come:
        connection.execute(insert(table), [_values(interval) for interval in come])


def _bare(interval: QualityInterval) -> tuple[Any, ...]:
    return msgspec.structs.astuple(interval)[:-1]


def _values(interval: QualityInterval) -> dict[str, Any]:
    values = msgspec.structs.asdict(interval)
    del values["id"]
    return values
