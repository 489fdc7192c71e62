"""The journal: an append-only log of readings in an SQLite file, read by cursors (port `Journal`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import structlog

from domain.counters import Counters, Tally
from domain.errors import Unavailable
from domain.ports import Entry
from domain.reading import Millis, Reading, Series
from domain.series import Depth, Selection
from storage import journal_fold as fold
from storage import journal_schema as schema
from storage.sqlite_file import SqliteFile

FOLD_APPENDS: Final = 100  # ten seconds at a commit every 100 ms
FOLD_ROWS: Final = 20_000
KEEP: Final[Millis] = 15 * 60_000
PURGE_SLICE: Final = 10_000

Row = tuple[int, int, Millis, float | None, int, str | None, Millis]
"""seq, series id, time, value, quality, reason, received_at."""

_log = structlog.get_logger()


class SqliteJournal:
    """Safe across threads and processes; readers never wait for the appender.

    The newest row is never purged: that keeps the sequence numbers growing without AUTOINCREMENT's cost.
    """

    def __init__(self, path: Path, *, max_pages: int | None = None) -> None:
        self._file = SqliteFile(path, schema.layout(max_pages))
        self._ids: dict[Series, int] = {}
        self._series: dict[int, Series] = {}
        self._appends = 0
        self._rows = 0
        with self._file.reading() as connection:
            self.identity: str = connection.execute("SELECT id FROM identity").fetchone()[0]

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
        counted = fold.encode_tally(tally)
        try:
            with self._file.writing() as connection:
                connection.executemany(schema.APPEND, self._rows_of(connection, readings))
                if counted is not None:
                    connection.execute(
                        "INSERT INTO tally(receipts, data) VALUES (?, ?)", (len(tally.receipts), counted)
                    )
                head = _head(connection)
        except BaseException:
            self._ids = {}  # ids given to new series were undone with the rest
            raise
        self._fold_in_time(len(readings))
        return head

    def _rows_of(self, connection: sqlite3.Connection, readings: Sequence[Reading]) -> list[tuple[Any, ...]]:
        ids = self._ids
        try:
            return [(ids[r.series], r.time, r.value, r.quality, r.reason, r.received_at) for r in readings]
        except KeyError:
            for series in {r.series for r in readings} - ids.keys():
                ids[series] = _series_id(connection, series)
        return [(ids[r.series], r.time, r.value, r.quality, r.reason, r.received_at) for r in readings]

    def _fold_in_time(self, rows: int) -> None:
        """Fold every so often. Readers are right without it, so a failure only waits for the next time."""
        self._appends += 1
        self._rows += rows
        if self._appends < FOLD_APPENDS and self._rows < FOLD_ROWS:
            return
        try:
            self.fold()
        except Unavailable as error:
            _log.warning("journal_fold_put_off", file=str(self._file.path), error=str(error))

    def fold(self) -> None:
        """Bring `latest` and the totals up to the newest row."""
        with self._file.writing() as connection:
            fold.fold_entries(connection)
            fold.fold_tallies(connection)
        self._appends = self._rows = 0

    # ── reading ─────────────────────────────────────────────────────────────────────────────────

    def read(self, after: int, limit: int) -> list[Entry]:
        """Rows with seq > after, ascending, at most `limit`."""
        rows = self.rows(after, limit)
        known = self.series_of({row[1] for row in rows})
        return [Entry(row[0], Reading(known[row[1]], *row[2:])) for row in rows]

    def rows(self, after: int, limit: int) -> list[Row]:
        """The same as plain tuples with series ids, for readers that handle very many."""
        with self._file.reading() as connection:
            return connection.execute(
                f"SELECT {schema.COLUMNS} FROM entry WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
            ).fetchall()

    def series_of(self, ids: set[int]) -> dict[int, Series]:
        """The series behind the ids in `rows`. The mapping is the journal's own: do not change it."""
        if not ids <= self._series.keys():
            with self._file.reading() as connection:
                found = connection.execute("SELECT id, site, device, metric, unit, point FROM series").fetchall()
            self._series = {**{row[0]: Series(*row[1:]) for row in found}, **self._series}
        return self._series

    def head(self) -> int:
        """The newest sequence number, 0 in an empty journal."""
        with self._file.reading() as connection:
            return _head(connection)

    def tail(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """All rows of one series with start <= time < stop, by time; of equal times the last to arrive."""
        with self._file.reading() as connection:
            ids = connection.execute(
                "SELECT id FROM series WHERE device = ? AND metric = ?", (device, metric)
            ).fetchall()
            if not ids:
                return []
            query = schema.TAIL.format(ids=", ".join(str(row[0]) for row in ids))
            rows = connection.execute(query, {"start": start, "stop": stop}).fetchall()
        known = self.series_of({row[0] for row in ids})
        newest = {row[2]: row for row in rows}
        return [Reading(known[newest[at][1]], *newest[at][2:]) for at in sorted(newest)]

    def latest(self, selection: Selection) -> list[Reading]:
        """The newest reading by time of each matching series that ever passed through the journal."""
        with self._file.reading() as connection:
            wanted = _matching(connection, selection)
            rows = connection.execute(
                "SELECT series, time, value, quality, reason, received_at FROM latest"
            ).fetchall()
            after = connection.execute("SELECT entry FROM fold").fetchone()[0]
            pending = connection.execute(schema.NEWEST, {"after": after, "until": _head(connection)})
            rows += [row[:-1] for row in pending]
        newest: dict[tuple[str, str], Reading] = {}
        for row in rows:
            series = wanted.get(row[0])
            if series is None:
                continue
            key = (series.device, series.metric)
            before = newest.get(key)
            if before is None or row[1] >= before.time:
                newest[key] = Reading(series, *row[1:])
        return list(newest.values())

    def counters(self) -> Counters:
        """Totals since the installation began, including what was committed this instant."""
        with self._file.reading() as connection:
            return fold.totals(connection)

    def receipts(self) -> list[int]:
        """Fingerprints of the messages of the last batches, oldest first (at most 20,000)."""
        with self._file.reading() as connection:
            rows = connection.execute("SELECT data FROM tally WHERE receipts > 0 ORDER BY id").fetchall()
        return [receipt for row in rows for receipt in fold.receipts_of(row[0])][-fold.KEPT_RECEIPTS :]

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
        """What the reader has yet to read. Sequence numbers have no holes ahead of a cursor: nothing is counted."""
        with self._file.reading() as connection:
            after = _cursor(connection, reader)
            oldest = connection.execute(
                "SELECT seq, received_at FROM entry WHERE seq > ? ORDER BY seq LIMIT 1", (after,)
            ).fetchone()
            head = _head(connection)
        return Depth(0, 0) if oldest is None else Depth(head - oldest[0] + 1, max(0, now - oldest[1]))

    def purge(self, now: Millis) -> int:
        """Remove rows that every known reader has passed and that were received over 15 minutes ago.

        In slices, so that an append never waits long. With no reader known nothing is removed.
        """
        removed, after = 0, 0
        self.fold()
        while True:
            with self._file.writing() as connection:
                bound = connection.execute(schema.PURGEABLE).fetchone()[0]
                until = connection.execute(
                    "SELECT max(seq) FROM (SELECT seq FROM entry WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?)",
                    (after, bound, PURGE_SLICE),
                ).fetchone()[0]
                if until is None:
                    connection.execute("DELETE FROM block WHERE last < (SELECT min(seq) FROM entry)")
                    return removed
                removed += connection.execute(
                    "DELETE FROM entry WHERE seq > ? AND seq <= ? AND received_at < ?", (after, until, now - KEEP)
                ).rowcount
                after = until


def _head(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT max(seq) FROM entry").fetchone()[0] or 0


def _cursor(connection: sqlite3.Connection, reader: str) -> int:
    row = connection.execute("SELECT seq FROM cursor WHERE reader = ?", (reader,)).fetchone()
    return 0 if row is None else int(row[0])


def _series_id(connection: sqlite3.Connection, series: Series) -> int:
    """The id of a series, given on first use."""
    labels = (series.site, series.device, series.metric, series.unit, series.point)
    connection.execute(
        "INSERT OR IGNORE INTO series(site, device, metric, unit, point) VALUES (?, ?, ?, ?, ?)", labels
    )
    found = connection.execute(
        "SELECT id FROM series WHERE site = ? AND device = ? AND metric = ? AND unit = ? AND point = ?", labels
    ).fetchone()
    return int(found[0])


def _matching(connection: sqlite3.Connection, selection: Selection) -> dict[int, Series]:
    """The series a selection means, by id."""
    devices = None if selection.devices is None else json.dumps(sorted(selection.devices))
    rows = connection.execute(
        "SELECT id, site, device, metric, unit, point FROM series WHERE (:site IS NULL OR site = :site)"
        " AND (:metric IS NULL OR metric = :metric)"
        " AND (:devices IS NULL OR device IN (SELECT value FROM json_each(:devices)))",
        {"site": selection.site, "metric": selection.metric, "devices": devices},
    )
    return {row[0]: Series(*row[1:]) for row in rows}
