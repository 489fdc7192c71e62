"""The journal: an append-only log of readings in an SQLite file, read by cursors (port `Journal`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
import structlog

from domain.counters import Counters, Tally
from domain.errors import Unavailable
from domain.ports import Entry
from domain.reading import Millis, Reading, Series
from domain.series import Depth, Selection
from storage import journal_codec as codec
from storage import journal_fold as folding
from storage import journal_schema as schema
from storage import series_table
from storage.journal_codec import Row
from storage.journal_purge import purge_slice
from storage.sqlite_file import SqliteFile

FOLD_APPENDS: Final = 300  # half a minute at a commit every 100 ms
FOLD_ROWS: Final = 20_000
KEEP: Final[Millis] = 15 * 60_000

_log = structlog.get_logger()


class SqliteJournal:
    """Safe across threads and processes; readers never wait for the appender."""

    def __init__(self, path: Path, *, max_pages: int | None = None) -> None:
        self._file = SqliteFile(path, schema.layout(max_pages))
        self._ids: dict[Series, int] = {}
        self._series: dict[int, Series] = {}
        self._decoded: tuple[int, codec.Block] | None = None
        with self._file.reading() as connection:
            self.identity: str = connection.execute("SELECT id FROM identity").fetchone()[0]
            self._appends, self._rows = connection.execute(schema.WAITING).fetchone()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the last one to close it tidies its write-ahead log."""
        self._file.close()

    # ── appending ───────────────────────────────────────────────────────────────────────────────

    def append(self, readings: Sequence[Reading], tally: Tally) -> int:
        """Make both durable in one transaction; return the last sequence number."""
        with self._file.writing() as connection:
            new = {r.series for r in readings} - self._ids.keys()
            given = {series: series_table.series_id(connection, series) for series in new}
            data = codec.encode_batch({**self._ids, **given} if given else self._ids, readings, tally)
            head: int = connection.execute(schema.HEAD).fetchone()[0]
            last = head + len(readings)
            connection.execute("INSERT INTO batch(first, last, data) VALUES (?, ?, ?)", (head + 1, last, data))
        self._ids.update(given)  # only now: until the commit these numbers may be undone and given to others
        self._fold_in_time(len(readings))
        return last

    def _fold_in_time(self, rows: int) -> None:
        """Fold every so often. Readers are right without it, so a failure only waits for the next time; it must
        not look like a failure of the append, which is durable.
        """
        self._appends += 1
        self._rows += rows
        if self._appends < FOLD_APPENDS and self._rows < FOLD_ROWS:
            return
        try:
            self.fold()
        except Unavailable as error:
            _log.warning("journal_fold_put_off", file=str(self._file.path), error=str(error))
        except Exception:  # noqa: BLE001 - the append is durable: nothing may look as if it were not
            _log.exception("journal_fold_failed", file=str(self._file.path))
            self._appends = self._rows = 0

    def fold(self) -> None:
        """Bring `latest` and the totals up to the newest row."""
        with self._file.writing() as connection:
            folding.fold(connection)
        self._appends = self._rows = 0

    # ── reading ─────────────────────────────────────────────────────────────────────────────────

    def read(self, after: int, limit: int) -> list[Entry]:
        """Rows with seq > after, ascending, at most `limit`."""
        rows = self.rows(after, limit)
        known = self.series_of({row[1] for row in rows})
        return [
            Entry(seq, Reading(known[series], time, value, quality, reason, received))
            for seq, series, time, value, quality, reason, received in rows
        ]

    def rows(self, after: int, limit: int) -> list[Row]:
        """The same as plain tuples with series ids, for readers that handle very many."""
        found: list[Row] = []
        with self._file.reading() as connection:
            after = max(after, connection.execute("SELECT floor FROM fold").fetchone()[0])
            while len(found) < limit:
                record = connection.execute(schema.NEXT_BLOCK, (after,)).fetchone()
                if record is None:
                    break
                first, last, data = record
                start = max(0, after + 1 - first)
                block = self._block(first, last, data)
                found += block.rows(start, min(len(block.value), start + limit - len(found)))
                after = last
            if len(found) < limit:
                for first, _, data in connection.execute(schema.BATCHES_AFTER, (after,)):
                    found += [row for row in codec.rows_of_batch(first, codec.decode_batch(data)) if row[0] > after]
                    if len(found) >= limit:
                        break
        return found[:limit]

    def _block(self, first: int, last: int, data: bytes) -> codec.Block:
        """A decoded block; the last one is kept, for readers that take it in small bites."""
        kept = self._decoded
        if kept is not None and kept[0] == last:
            return kept[1]
        block = codec.decode_block(first, data)
        self._decoded = (last, block)
        return block

    def series_of(self, ids: set[int]) -> dict[int, Series]:
        """The series behind the ids in `rows`. The mapping is the journal's own: do not change it."""
        if not ids <= self._series.keys():
            with self._file.reading() as connection:
                self._series = {**series_table.every_series(connection), **self._series}
        return self._series

    def head(self) -> int:
        """The newest sequence number, 0 in an empty journal."""
        with self._file.reading() as connection:
            return _head(connection)

    def tail(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """All rows of one series with start <= time < stop, by time; of equal times the last to arrive."""
        with self._file.reading() as connection:
            ids = set(series_table.ids_of(connection, device, metric))
            if not ids:
                return []
            floor = connection.execute("SELECT floor FROM fold").fetchone()[0]
            rows = _tail_rows(connection, ids, start, stop)
        known = self.series_of(ids)
        newest = {row[2]: row for row in rows if row[0] > floor}
        return [Reading(known[newest[at][1]], *newest[at][2:]) for at in sorted(newest)]

    def latest(self, selection: Selection) -> list[Reading]:
        """The newest reading by time of each matching series that ever passed through the journal."""
        with self._file.reading() as connection:
            wanted = series_table.matching(connection, selection)
            rows = connection.execute(
                "SELECT 0, series, time, value, quality, reason, received_at FROM latest"
            ).fetchall()
            for first, batch in folding.pending(connection):
                rows += codec.rows_of_batch(first, batch)
        known = self.series_of(wanted)
        newest: dict[tuple[str, str], Row] = {}
        for row in rows:
            if row[1] in wanted:
                key = (known[row[1]].device, known[row[1]].metric)
                before = newest.get(key)
                if before is None or folding.newer(row[2], row[6], before[2]):
                    newest[key] = row
        return [Reading(known[row[1]], *row[2:]) for row in newest.values()]

    def counters(self) -> Counters:
        """Totals since the installation began, including what was committed this instant."""
        with self._file.reading() as connection:
            return folding.totals(connection)

    def receipts(self) -> list[int]:
        """Fingerprints of the messages of the last batches, oldest first (at most 20,000)."""
        with self._file.reading() as connection:
            return folding.receipts(connection)

    # ── cursors ─────────────────────────────────────────────────────────────────────────────────

    def cursor(self, reader: str) -> int:
        """How far a reader has said it is; 0 for one never heard of."""
        with self._file.reading() as connection:
            return _cursor(connection, reader)

    def advance(self, reader: str, seq: int) -> None:
        """Say that the reader's own work up to `seq` is durable. 0 makes the reader known."""
        with self._file.writing() as connection:
            connection.execute(
                "INSERT INTO cursor VALUES (?, ?) ON CONFLICT(reader) DO UPDATE SET seq = max(seq, excluded.seq)",
                (reader, seq),
            )

    def depth(self, reader: str, now: Millis) -> Depth:
        """What the reader has yet to read. Numbers have no holes, so nothing is counted row by row."""
        with self._file.reading() as connection:
            after = max(_cursor(connection, reader), connection.execute("SELECT floor FROM fold").fetchone()[0])
            head = _head(connection)
        oldest = self.rows(after, 1)
        return Depth(head - after, max(0, now - oldest[0][6])) if oldest else Depth(0, 0)

    def purge(self, now: Millis) -> int:
        """Remove rows that every known reader has passed and that were received over 15 minutes ago.

        In slices, so that an append never waits long. With no reader known nothing is removed.
        """
        self.fold()
        removed, more = 0, True
        while more:
            with self._file.writing() as connection:
                count, more = purge_slice(connection, now - KEEP, now)
            removed += count
        return removed


def _head(connection: sqlite3.Connection) -> int:
    head: int = connection.execute(schema.HEAD).fetchone()[0]
    return head


def _cursor(connection: sqlite3.Connection, reader: str) -> int:
    row = connection.execute("SELECT seq FROM cursor WHERE reader = ?", (reader,)).fetchone()
    return 0 if row is None else int(row[0])


def _tail_rows(connection: sqlite3.Connection, ids: set[int], start: Millis, stop: Millis) -> list[Row]:
    """In order of arrival. Blocks whose times lie elsewhere are not read."""
    wanted = np.array(sorted(ids))
    rows: list[Row] = []
    for first, _, data in connection.execute(schema.BLOCKS_BETWEEN, (start, stop)):
        rows += codec.decode_block(first, data).matching(wanted, start, stop)
    for first, batch in folding.pending(connection):
        found = codec.rows_of_batch(first, batch)
        rows += [row for row in found if row[1] in ids and start <= row[2] < stop]
    return rows
