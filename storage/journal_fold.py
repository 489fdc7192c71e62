"""What is derived from the journal's rows now and then, so that an append need not touch it.

Upserting `latest` and the totals in each commit would rewrite a page per series ten times a second.
They are brought up to date every few seconds instead, in a transaction of their own; whoever reads adds
the rows after the fold point, so what is read is always right.
"""

from __future__ import annotations

import sqlite3

import msgspec

from domain.counters import Counters, DeviceTally, Tally
from storage import journal_schema as schema

KEPT_RECEIPTS = 20_000
SLICE = 1 << 19  # rows folded at once; must stay below 1 << PACK_BITS
FIELDS = DeviceTally.__struct_fields__

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[dict[str, tuple[int, ...]], dict[str, int], list[int]]).decode

_ADD_TOTAL = (
    f"INSERT INTO total(device, {', '.join(FIELDS)}) VALUES (?{', ?' * len(FIELDS)})"
    " ON CONFLICT(device) DO UPDATE SET " + ", ".join(f"{name} = {name} + excluded.{name}" for name in FIELDS)
)
_ADD_REFUSAL = "INSERT INTO refusal VALUES (?, ?) ON CONFLICT(reason) DO UPDATE SET count = count + excluded.count"
_NEWER = """
INSERT INTO latest(series, time, value, quality, reason, received_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT(series) DO UPDATE SET time = excluded.time, value = excluded.value, quality = excluded.quality,
    reason = excluded.reason, received_at = excluded.received_at WHERE excluded.time >= latest.time
"""


def encode_tally(tally: Tally) -> bytes | None:
    """One compact row for one append; None when it says nothing."""
    if not (tally.devices or tally.reasons or tally.receipts):
        return None
    devices = {name: msgspec.structs.astuple(of) for name, of in tally.devices.items()}
    return _encode((devices, tally.reasons, tally.receipts))


def receipts_of(data: bytes) -> list[int]:
    """The fingerprints in one tally row."""
    return _decode(data)[2]


def fold_entries(connection: sqlite3.Connection) -> None:
    """Bring `latest` and the time spans of the blocks up to the newest row."""
    done = connection.execute("SELECT entry FROM fold").fetchone()[0]
    head = connection.execute("SELECT max(seq) FROM entry").fetchone()[0] or 0
    while done < head:
        until = min(head, done + SLICE)
        newest = connection.execute(schema.NEWEST, {"after": done, "until": until}).fetchall()
        connection.executemany(_NEWER, [row[:-1] for row in newest])
        span = (min(row[-1] for row in newest), max(row[1] for row in newest))
        connection.execute("INSERT INTO block VALUES (?, ?, ?, ?)", (until, done + 1, *span))
        done = until
    connection.execute("UPDATE fold SET entry = ?", (done,))


def fold_tallies(connection: sqlite3.Connection) -> None:
    """Add the waiting tallies to the totals, and drop those whose receipts are no longer wanted."""
    done = connection.execute("SELECT tally FROM fold").fetchone()[0]
    sums = Counters()
    newest = add_tallies(connection, done, sums)
    if newest > done:
        totals = [(name, *msgspec.structs.astuple(of)) for name, of in sums.devices.items()]
        connection.executemany(_ADD_TOTAL, totals)
        connection.executemany(_ADD_REFUSAL, sums.reasons.items())
        connection.execute("UPDATE fold SET tally = ?", (newest,))
    _drop_old_receipts(connection, newest)


def _drop_old_receipts(connection: sqlite3.Connection, folded: int) -> None:
    kept = 0
    for row, receipts in connection.execute("SELECT id, receipts FROM tally ORDER BY id DESC"):
        if kept >= KEPT_RECEIPTS:
            connection.execute("DELETE FROM tally WHERE id <= ?", (min(row, folded),))
            return
        kept += receipts


def add_tallies(connection: sqlite3.Connection, after: int, into: Counters) -> int:
    """Add the tallies after a row to running sums; return the last row seen."""
    last = after
    for row, data in connection.execute("SELECT id, data FROM tally WHERE id > ? ORDER BY id", (after,)):
        devices, reasons, _ = _decode(data)
        for name, figures in devices.items():
            _add(into.devices.setdefault(name, DeviceTally()), figures)
        for reason, count in reasons.items():
            into.reasons[reason] = into.reasons.get(reason, 0) + count
        last = row
    return last


def _add(tally: DeviceTally, figures: tuple[int, ...]) -> None:
    for name, figure in zip(FIELDS, figures, strict=True):
        setattr(tally, name, getattr(tally, name) + figure)


def totals(connection: sqlite3.Connection) -> Counters:
    """The folded totals with the waiting tallies added."""
    counters = Counters()
    for name, *figures in connection.execute(f"SELECT device, {', '.join(FIELDS)} FROM total"):
        counters.devices[name] = DeviceTally(*figures)
    counters.reasons = dict(connection.execute("SELECT reason, count FROM refusal").fetchall())
    after = connection.execute("SELECT tally FROM fold").fetchone()[0]
    add_tallies(connection, after, counters)
    return counters
