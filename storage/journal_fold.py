"""What is derived from the appends now and then, so that an append need not touch it.

Upserting `latest` and the totals in each commit would rewrite a page per series ten times a second.
Every few seconds the appends become one block instead, and `latest` and the totals are brought up to date, in
one short transaction. Whoever reads adds the appends after the fold, so what is read is always right.
"""

from __future__ import annotations

import sqlite3
from array import array
from typing import Final

import msgspec

from domain.counters import Counters, DeviceTally
from domain.reading import Millis
from storage import journal_codec as codec
from storage import journal_schema as schema

KEPT_RECEIPTS = 20_000
FIELDS = DeviceTally.__struct_fields__
AHEAD: Final[Millis] = 300_000  # a reading this much newer than a later receipt came before the clock was set back


def newer(time: Millis, received_at: Millis, than: Millis) -> bool:
    """Whether an arrival takes the place of a series' newest reading, which is of the time `than`."""
    return time >= than or 0 < received_at < than - AHEAD


_ADD_TOTAL = (
    f"INSERT INTO total(device, {', '.join(FIELDS)}) VALUES (?{', ?' * len(FIELDS)})"
    f" ON CONFLICT(device) DO UPDATE SET {', '.join(f'{name} = {name} + excluded.{name}' for name in FIELDS)}"
)
_ADD_REFUSAL = "INSERT INTO refusal VALUES (?, ?) ON CONFLICT(reason) DO UPDATE SET count = count + excluded.count"
_NEWER = f"""
INSERT INTO latest(series, time, value, quality, reason, received_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT(series) DO UPDATE SET time = excluded.time, value = excluded.value, quality = excluded.quality,
    reason = excluded.reason, received_at = excluded.received_at
WHERE excluded.time >= latest.time OR (excluded.received_at > 0 AND latest.time > excluded.received_at + {AHEAD})
"""


def pending(connection: sqlite3.Connection, after: int = -1) -> list[tuple[int, codec.Batch]]:
    """The appends not yet folded whose last row is after `after`, each with the number of its first row."""
    rows = connection.execute(schema.BATCHES_AFTER, (after,))
    return [(first, codec.decode_batch(data)) for first, _, data in rows]


def fold(connection: sqlite3.Connection) -> None:
    """Make one block of the waiting appends; bring `latest`, totals and receipts up to date."""
    batches = pending(connection)
    if not batches:
        return
    _fold_rows(connection, [(first, batch) for first, batch in batches if batch.value])
    _fold_counters(connection, [batch for _, batch in batches])
    connection.execute("DELETE FROM batch")


def _fold_rows(connection: sqlite3.Connection, batches: list[tuple[int, codec.Batch]]) -> None:
    if not batches:
        return
    block = codec.block_of(batches)
    last = block.first + len(block.value) - 1
    span = (int(block.time.min()), int(block.time.max()), int(block.received.max()))
    connection.execute(
        "INSERT INTO block(last, first, min_time, max_time, max_received, data) VALUES (?, ?, ?, ?, ?, ?)",
        (last, block.first, *span, codec.encode_block(block)),
    )
    connection.executemany(_NEWER, [row[1:] for row in block.newest()])
    connection.execute("UPDATE fold SET head = ?", (last,))


def _fold_counters(connection: sqlite3.Connection, batches: list[codec.Batch]) -> None:
    sums = Counters()
    add_tallies(batches, sums)
    rows = [(name, *msgspec.structs.astuple(of)) for name, of in sums.devices.items()]
    connection.executemany(_ADD_TOTAL, rows)
    connection.executemany(_ADD_REFUSAL, sums.reasons.items())
    receipts = array("q", (receipt for batch in batches for receipt in batch.receipts))
    if receipts:
        connection.execute("INSERT INTO receipt(count, data) VALUES (?, ?)", (len(receipts), receipts.tobytes()))
        _drop_old_receipts(connection)


def _drop_old_receipts(connection: sqlite3.Connection) -> None:
    kept = 0
    for row, count in connection.execute("SELECT id, count FROM receipt ORDER BY id DESC").fetchall():
        if kept >= KEPT_RECEIPTS:
            connection.execute("DELETE FROM receipt WHERE id <= ?", (row,))
            return
        kept += count


def add_tallies(batches: list[codec.Batch], into: Counters) -> None:
    """Add what some appends counted to running sums."""
    for batch in batches:
        for name, figures in batch.devices.items():
            _add(into.devices.setdefault(name, DeviceTally()), figures)
        for reason, count in batch.reasons.items():
            into.reasons[reason] = into.reasons.get(reason, 0) + count


def _add(tally: DeviceTally, figures: tuple[int, ...]) -> None:
    for name, figure in zip(FIELDS, figures, strict=True):
        setattr(tally, name, getattr(tally, name) + figure)


def totals(connection: sqlite3.Connection) -> Counters:
    """The folded totals with the waiting appends added."""
    counters = Counters()
    for name, *figures in connection.execute(f"SELECT device, {', '.join(FIELDS)} FROM total"):
        counters.devices[name] = DeviceTally(*figures)
    counters.reasons = dict(connection.execute("SELECT reason, count FROM refusal").fetchall())
    add_tallies([batch for _, batch in pending(connection)], counters)
    return counters


def receipts(connection: sqlite3.Connection) -> list[int]:
    """The newest message fingerprints, oldest first."""
    kept = array("q")
    for (data,) in connection.execute("SELECT data FROM receipt ORDER BY id"):
        kept.frombytes(data)
    found = kept.tolist()
    for _, batch in pending(connection):
        found += batch.receipts
    return found[-KEPT_RECEIPTS:]
