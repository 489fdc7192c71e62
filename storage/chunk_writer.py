"""Merging readings into hourly chunks: what arrives later wins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import numpy as np
import structlog

from domain.reading import GOOD, Millis
from domain.series import Bucket
from storage import chunk_schema as schema
from storage.buckets import HOUR, summarise
from storage.chunk_codec import SMALL, DamagedChunk, Point, decode, encode

_log = structlog.get_logger()

Arrival = tuple[int, Millis, float | None, int, str | None]
"""series id, time, value, quality, reason."""

Chunks = dict[tuple[int, Millis], dict[Millis, Point]]


def merge(connection: sqlite3.Connection, arrivals: Iterable[Arrival]) -> None:
    """Merge arrivals, in their order, inside the caller's transaction.

    The bytes of a chunk that cannot be read any more are put aside in the table `damaged`, never overwritten.
    """
    chunks = group(arrivals)
    rows = []
    for (series, hour), points in chunks.items():
        old = connection.execute(schema.OLD_CHUNK, (series, hour)).fetchone()
        rows.append(
            chunk_row(series, hour, points if old is None else _older(connection, series, hour, *old) | points)
        )
    connection.executemany(schema.PUT_CHUNK, rows)
    connection.executemany(schema.PUT_LATEST, _newest(chunks))


def _older(connection: sqlite3.Connection, series: int, hour: Millis, data: bytes) -> dict[Millis, Point]:
    try:
        return decode(data).points()
    except DamagedChunk as error:
        _log.error("chunk_put_aside", series=series, hour=hour, error=str(error))
        connection.execute(schema.PUT_ASIDE, (series, hour))
        return {}


def group(arrivals: Iterable[Arrival]) -> Chunks:
    """By series and hour; of equal times the last to arrive."""
    chunks: Chunks = {}
    for series, time, value, quality, reason in arrivals:
        key = (series, time - time % HOUR)
        points = chunks.get(key)
        if points is None:
            points = chunks[key] = {}
        points[time] = (value, quality, reason)
    return chunks


def _newest(chunks: Chunks) -> list[tuple[int, Millis, float | None, int, str | None]]:
    newest: dict[int, tuple[Millis, Point]] = {}
    for (series, _), points in chunks.items():
        time = max(points)
        before = newest.get(series)
        if before is None or time > before[0]:
            newest[series] = (time, points[time])
    return [(series, time, *point) for series, (time, point) in newest.items()]


def chunk_row(series: int, hour: Millis, points: dict[Millis, Point]) -> tuple[object, ...]:
    """The row of one chunk: a `Bucket` of its hour in the open, and its bytes."""
    times = sorted(points)
    ordered = [points[time] for time in times]
    head = _head(hour, times, ordered)
    figures = (head.quality, head.count, head.bad, head.min, head.mean, head.max)
    return (series, hour, times[0], times[-1], len(times), *figures, encode(times, ordered))


def _head(hour: Millis, times: list[Millis], points: list[Point]) -> Bucket:
    """The hour summed up; plain Python where readings are few and all good, as they mostly are."""
    if len(points) < SMALL and all(quality == GOOD and value is not None for value, quality, _ in points):
        values = [value for value, _, _ in points if value is not None]
        return Bucket(hour, min(values), sum(values) / len(values), max(values), len(values), GOOD)
    value = np.array([point[0] for point in points], dtype=np.float64)
    return summarise(np.array(times), value, np.array([point[1] for point in points]), HOUR)[0]
