"""The embedded store: hourly chunks of each series in an SQLite file (port `ReadingStore`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import structlog

from domain.reading import Millis, Reading, Series
from domain.series import Bucket, Selection
from storage import chunk_schema as schema
from storage import series_table
from storage.buckets import HOUR, combine, summarise
from storage.chunk_codec import Columns, DamagedChunk, Point, decode
from storage.chunk_writer import Arrival, merge
from storage.sqlite_file import SqliteFile

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_log = structlog.get_logger()


class SqliteReadingStore:
    """Safe across threads and processes; readers never wait for the writer.

    `damaged` counts the chunks that could not be read since the start; the readings around them are served.
    """

    def __init__(self, path: Path, *, max_pages: int | None = None) -> None:
        self._file = SqliteFile(path, schema.layout(max_pages))
        self._ids: dict[Series, int] = {}
        self._series: dict[int, Series] = {}
        self._twins = False  # whether some (device, metric) is more than one series
        self.damaged = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # ── writing ─────────────────────────────────────────────────────────────────────────────────

    def write(self, readings: Sequence[Reading]) -> None:
        """Make them durable, merged with what is there; of equal times the last to arrive stays."""
        self._merge(
            lambda ids: [(ids[r.series], r.time, r.value, r.quality, r.reason) for r in readings],
            lambda: {r.series for r in readings},
        )

    def seal(self, journal: str, reader: str, upto: int, rows: Iterable[tuple[Series, Millis, Point]]) -> None:
        """Merge journal rows up to a sequence number, and the reader's cursor, in one transaction."""
        taken = list(rows)

        def note(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO cursor VALUES (?, ?, ?) ON CONFLICT(journal, reader) DO UPDATE SET seq = excluded.seq",
                (journal, reader, upto),
            )

        self._merge(
            lambda ids: [(ids[series], time, *point) for series, time, point in taken],
            lambda: {series for series, _, _ in taken},
            note,
        )

    def sealed(self, journal: str, reader: str) -> int:
        """How far a reader of a journal has got here; 0 for a journal never seen."""
        with self._file.reading() as connection:
            row = connection.execute(
                "SELECT seq FROM cursor WHERE journal = ? AND reader = ?", (journal, reader)
            ).fetchone()
        return 0 if row is None else int(row[0])

    def _merge(
        self,
        arrivals: Callable[[dict[Series, int]], list[Arrival]],
        named: Callable[[], set[Series]],
        note: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        ids = self._ids
        try:
            with self._file.writing() as connection:
                for series in named() - ids.keys():
                    ids[series] = series_table.series_id(connection, series)
                merge(connection, arrivals(ids))
                if note is not None:
                    note(connection)
        except BaseException:
            self._ids = {}  # ids given to new series were undone with the rest
            raise

    def expire(self, before: Millis) -> int:
        """Remove the chunks that end before a time; how many readings that were."""
        hour = before - before % HOUR
        with self._file.writing() as connection:
            gone = connection.execute("SELECT coalesce(sum(n), 0) FROM chunk WHERE t0 < ?", (hour,)).fetchone()[0]
            connection.execute("DELETE FROM chunk WHERE t0 < ?", (hour,))
            connection.execute("DELETE FROM latest WHERE time < ?", (hour,))
        return int(gone)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────

    def latest(self, selection: Selection) -> list[Reading]:
        """The newest reading by time of each matching series."""
        with self._file.reading() as connection:
            if selection.devices is None:
                rows = connection.execute(schema.LATEST).fetchall()
            else:
                names = json.dumps(sorted(selection.devices))
                rows = connection.execute(schema.LATEST_OF_DEVICES, (names,)).fetchall()
            known = self._known(connection, {row[0] for row in rows})
        site, metric = selection.site, selection.metric
        found = [
            Reading(series, time, value, quality, reason)
            for key, time, value, quality, reason in rows
            if ((series := known[key]).site == site or site is None) and (metric is None or series.metric == metric)
        ]
        return _newest(found) if self._twins else found

    def raw(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """Every reading with start <= time < stop, by time. `received_at` is not kept here and is 0."""
        found: dict[Millis, Reading] = {}
        with self._file.reading() as connection:
            ids = series_table.ids_of(connection, device, metric)
            known = self._known(connection, set(ids))
            for series in ids:
                for columns in self._chunks(connection, series, start, stop):
                    for time, point in columns.points().items():
                        if start <= time < stop:
                            found[time] = Reading(known[series], time, *point)
        return [found[time] for time in sorted(found)]

    def buckets(self, device: str, metric: str, start: Millis, stop: Millis, width: Millis) -> list[Bucket]:
        """Buckets of `width`; whole hours come from the chunks' heads without being unpacked."""
        with self._file.reading() as connection:
            ids = series_table.ids_of(connection, device, metric)
            if len(ids) == 1 and width % HOUR == 0:
                return combine(self._hours(connection, ids[0], start, stop), width)
            parts = [part for series in ids for part in self._chunks(connection, series, start, stop)]
        if not parts:
            return []
        time, value, quality = _joined(parts, several=len(ids) > 1)
        wanted = slice(*np.searchsorted(time, (start, stop)).tolist())
        return summarise(time[wanted], value[wanted], quality[wanted], width)

    def _hours(self, connection: sqlite3.Connection, series: int, start: Millis, stop: Millis) -> list[Bucket]:
        hours: list[Bucket] = []
        for row in connection.execute(schema.HEADS, (series, start - start % HOUR, stop)).fetchall():
            t0, first, last = row[:3]
            if start <= first and last < stop:
                hours.append(Bucket(t0, *row[3:]))
                continue
            for columns in self._chunks(connection, series, t0, t0 + 1):
                cut = slice(*np.searchsorted(columns.time, (start, stop)).tolist())
                hours += summarise(columns.time[cut], columns.value[cut], columns.quality[cut], HOUR)
        return hours

    def _chunks(self, connection: sqlite3.Connection, series: int, start: Millis, stop: Millis) -> list[Columns]:
        found = []
        for t0, data in connection.execute(schema.CHUNKS, (series, start - start % HOUR, stop)):
            try:
                found.append(decode(data))
            except DamagedChunk as error:
                self.damaged += 1
                _log.error("chunk_damaged", file=str(self._file.path), series=series, hour=t0, error=str(error))
        return found

    def _known(self, connection: sqlite3.Connection, ids: set[int]) -> dict[int, Series]:
        if not ids <= self._series.keys():
            known = {**series_table.every_series(connection), **self._series}
            self._twins = len({(series.device, series.metric) for series in known.values()}) < len(known)
            self._series = known
        return self._series


def _newest(readings: list[Reading]) -> list[Reading]:
    """One of each (device, metric), where a series changed its unit or place."""
    newest: dict[tuple[str, str], Reading] = {}
    for reading in readings:
        key = (reading.series.device, reading.series.metric)
        if key not in newest or reading.time >= newest[key].time:
            newest[key] = reading
    return list(newest.values())


def _joined(parts: list[Columns], several: bool) -> tuple[Ints, Floats, Ints]:
    """The columns of chunks end to end; of equal times (only between several series) the later series."""
    time = np.concatenate([part.time for part in parts])
    value = np.concatenate([part.value for part in parts])
    quality = np.concatenate([part.quality for part in parts])
    if not several:
        return time, value, quality
    order = np.argsort(time, kind="stable")
    kept = order[np.flatnonzero(np.append(time[order][1:] != time[order][:-1], True))]
    return time[kept], value[kept], quality[kept]
