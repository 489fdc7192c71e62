"""The tables of the journal's file, and how its rows are asked for. Described in docs/storage-format.md."""

from __future__ import annotations

from storage.sqlite_file import Layout

APPLICATION_ID = 0x50544A31  # "PTJ1"
VERSION = 1
PAGE_SIZE = 1024  # a commit of 25 rows touches two of these instead of two of 4 KiB
WAL_PAGES = 8192

SCHEMA = """
CREATE TABLE IF NOT EXISTS series(
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, device TEXT NOT NULL, metric TEXT NOT NULL,
    unit TEXT NOT NULL, point TEXT NOT NULL, UNIQUE(device, metric, site, unit, point));
CREATE TABLE IF NOT EXISTS entry(
    seq INTEGER PRIMARY KEY, series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL,
    quality INTEGER NOT NULL, reason TEXT, received_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tally(id INTEGER PRIMARY KEY, receipts INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS cursor(reader TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fold(
    one INTEGER PRIMARY KEY CHECK (one = 1), entry INTEGER NOT NULL, tally INTEGER NOT NULL);
INSERT OR IGNORE INTO fold VALUES (1, 0, 0);
CREATE TABLE IF NOT EXISTS latest(
    series INTEGER PRIMARY KEY, time INTEGER NOT NULL, value REAL, quality INTEGER NOT NULL, reason TEXT,
    received_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS total(
    device TEXT PRIMARY KEY, received INTEGER NOT NULL, written INTEGER NOT NULL, dead_lettered INTEGER NOT NULL,
    redelivered INTEGER NOT NULL, readings INTEGER NOT NULL, rejected INTEGER NOT NULL, dropped INTEGER NOT NULL
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusal(reason TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block(
    last INTEGER PRIMARY KEY, first INTEGER NOT NULL, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS identity(id TEXT NOT NULL);
INSERT INTO identity SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM identity)
"""

COLUMNS = "seq, series, time, value, quality, reason, received_at"
APPEND = "INSERT INTO entry(series, time, value, quality, reason, received_at) VALUES (?, ?, ?, ?, ?, ?)"

# The newest row of each series after the fold point. Time and order of arrival are packed into one
# number, so that of equal times the last to arrive wins: 20 bits hold the distance from the fold point.
PACK_BITS = 20
NEWEST = f"""
WITH pending AS (
    SELECT max((time << {PACK_BITS}) + seq - :after) AS best, min(time) AS earliest FROM entry
    WHERE seq > :after AND seq <= :until GROUP BY series)
SELECT e.series, e.time, e.value, e.quality, e.reason, e.received_at, earliest
FROM pending JOIN entry e ON e.seq = :after + (best & {(1 << PACK_BITS) - 1})
"""

# The last sequence number a purge may remove: passed by all readers, folded, and never the newest.
PURGEABLE = """
SELECT min((SELECT min(seq) FROM cursor), (SELECT entry FROM fold), (SELECT max(seq) - 1 FROM entry))
"""

TAIL = """
SELECT e.seq, e.series, e.time, e.value, e.quality, e.reason, e.received_at
FROM block b JOIN entry e ON e.seq BETWEEN b.first AND b.last
WHERE b.max_time >= :start AND b.min_time < :stop AND e.series IN ({ids}) AND e.time >= :start AND e.time < :stop
UNION ALL
SELECT seq, series, time, value, quality, reason, received_at FROM entry
WHERE seq > (SELECT entry FROM fold) AND series IN ({ids}) AND time >= :start AND time < :stop
ORDER BY 1
"""


def layout(max_pages: int | None = None) -> Layout:
    """The journal's file; `max_pages` bounds it (tests of a full disk)."""
    return Layout(SCHEMA, APPLICATION_ID, VERSION, PAGE_SIZE, WAL_PAGES, max_pages=max_pages)
