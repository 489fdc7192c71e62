"""The tables of the embedded store's file. Described in docs/storage-format.md."""

from __future__ import annotations

from storage.sqlite_file import Layout

APPLICATION_ID = 0x50544331  # "PTC1"
VERSION = 1

SCHEMA = """
CREATE TABLE IF NOT EXISTS series(
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, device TEXT NOT NULL, metric TEXT NOT NULL,
    unit TEXT NOT NULL, point TEXT NOT NULL, UNIQUE(device, metric, site, unit, point));
CREATE TABLE IF NOT EXISTS chunk(
    series INTEGER NOT NULL, t0 INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    n INTEGER NOT NULL, quality INTEGER NOT NULL, count INTEGER NOT NULL, bad INTEGER NOT NULL,
    min REAL, mean REAL, max REAL, data BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS chunk_series ON chunk(series, t0);
CREATE TABLE IF NOT EXISTS latest(
    series INTEGER PRIMARY KEY, time INTEGER NOT NULL, value REAL, quality INTEGER NOT NULL, reason TEXT);
CREATE TABLE IF NOT EXISTS damaged(series INTEGER NOT NULL, t0 INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS cursor(
    journal TEXT NOT NULL, reader TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(journal, reader)) WITHOUT ROWID
"""

OLD_CHUNK = "SELECT data FROM chunk WHERE series = ? AND t0 = ?"
PUT_CHUNK = """
INSERT INTO chunk(series, t0, first, last, n, quality, count, bad, min, mean, max, data)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(series, t0) DO UPDATE SET first = excluded.first,
    last = excluded.last, n = excluded.n, quality = excluded.quality, count = excluded.count, bad = excluded.bad,
    min = excluded.min, mean = excluded.mean, max = excluded.max, data = excluded.data
"""
PUT_LATEST = """
INSERT INTO latest(series, time, value, quality, reason) VALUES (?, ?, ?, ?, ?)
ON CONFLICT(series) DO UPDATE SET time = excluded.time, value = excluded.value, quality = excluded.quality,
    reason = excluded.reason WHERE excluded.time >= latest.time
"""
CHUNKS = "SELECT t0, data FROM chunk WHERE series = ? AND t0 >= ? AND t0 < ? ORDER BY t0"
HEADS = """
SELECT t0, first, last, min, mean, max, count, quality, bad FROM chunk
WHERE series = ? AND t0 >= ? AND t0 < ? ORDER BY t0
"""
PUT_ASIDE = "INSERT INTO damaged(series, t0, data) SELECT series, t0, data FROM chunk WHERE series = ? AND t0 = ?"
LATEST = "SELECT series, time, value, quality, reason FROM latest"
LATEST_OF_DEVICES = """
SELECT l.series, l.time, l.value, l.quality, l.reason FROM series s JOIN latest l ON l.series = s.id
WHERE s.device IN (SELECT value FROM json_each(?))
"""


def layout(max_pages: int | None = None) -> Layout:
    """The store's file; `max_pages` bounds it (tests of a full disk)."""
    return Layout(SCHEMA, APPLICATION_ID, VERSION, page_size=4096, wal_pages=4000, max_pages=max_pages)
