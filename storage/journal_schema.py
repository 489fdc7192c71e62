"""The tables of the journal's file, and how they are asked for. Described in docs/storage-format.md."""

from __future__ import annotations

from storage.sqlite_file import Layout

APPLICATION_ID = 0x50544A31  # "PTJ1"
VERSION = 1
PAGE_SIZE = 512  # a commit of 25 readings touches three of these; of 4 KiB it would touch two
WAL_PAGES = 16_384

SCHEMA = """
CREATE TABLE IF NOT EXISTS series(
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, device TEXT NOT NULL, metric TEXT NOT NULL,
    unit TEXT NOT NULL, point TEXT NOT NULL, UNIQUE(device, metric, site, unit, point));
CREATE TABLE IF NOT EXISTS batch(
    id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS block(
    last INTEGER PRIMARY KEY, first INTEGER NOT NULL, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL,
    max_received INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS fold(
    one INTEGER PRIMARY KEY CHECK (one = 1), head INTEGER NOT NULL, floor INTEGER NOT NULL);
INSERT OR IGNORE INTO fold VALUES (1, 0, 0);
CREATE TABLE IF NOT EXISTS cursor(reader TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest(
    series INTEGER PRIMARY KEY, time INTEGER NOT NULL, value REAL, quality INTEGER NOT NULL, reason TEXT,
    received_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS total(
    device TEXT PRIMARY KEY, received INTEGER NOT NULL, written INTEGER NOT NULL, dead_lettered INTEGER NOT NULL,
    redelivered INTEGER NOT NULL, readings INTEGER NOT NULL, rejected INTEGER NOT NULL, dropped INTEGER NOT NULL
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusal(reason TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receipt(id INTEGER PRIMARY KEY, count INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS identity(id TEXT NOT NULL);
INSERT INTO identity SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM identity)
"""

HEAD = "SELECT coalesce((SELECT last FROM batch ORDER BY id DESC LIMIT 1), (SELECT head FROM fold))"
WAITING = "SELECT count(*), coalesce(sum(last - first + 1), 0) FROM batch"
BATCHES_AFTER = "SELECT first, last, data FROM batch WHERE last > ? ORDER BY id"
NEXT_BLOCK = "SELECT first, last, data FROM block WHERE last > ? ORDER BY last LIMIT 1"
BLOCKS_BETWEEN = "SELECT first, last, data FROM block WHERE max_time >= ? AND min_time < ? ORDER BY last"


def layout(max_pages: int | None = None) -> Layout:
    """The journal's file; `max_pages` bounds it (tests of a full disk)."""
    return Layout(SCHEMA, APPLICATION_ID, VERSION, PAGE_SIZE, WAL_PAGES, max_pages=max_pages)
