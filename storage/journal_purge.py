"""Removing what every reader has passed, a block at a time."""

from __future__ import annotations

import sqlite3

import numpy as np

from domain.reading import Millis
from storage.journal_codec import decode_block

_BOUND = "SELECT min((SELECT min(seq) FROM cursor), (SELECT head FROM fold)), floor FROM fold"


def purge_slice(connection: sqlite3.Connection, older_than: Millis, now: Millis) -> tuple[int, bool]:
    """Remove one block, or the passed and old part of one; how many rows, and whether more may follow.

    Rows go in order: what stands behind a row that is still wanted stays. The part of a block that is
    removed is only marked (`floor`); its bytes go with the rest of it. What was received after `now` was
    received before the clock was set back, and holds up nothing.
    """
    bound, floor = connection.execute(_BOUND).fetchone()
    if bound is None or bound <= floor:
        return 0, False
    first, last, newest, data = connection.execute(
        "SELECT first, last, max_received, data FROM block ORDER BY last LIMIT 1"
    ).fetchone()
    if last <= bound and newest < older_than:
        connection.execute("DELETE FROM block WHERE last = ?", (last,))
        connection.execute("UPDATE fold SET floor = ?", (last,))
        return last - floor, True
    received = decode_block(first, data).received
    kept = np.flatnonzero((received >= older_than) & (received <= now))
    upto = min(bound, last if not len(kept) else first + int(kept[0]) - 1)
    if upto == last:
        connection.execute("DELETE FROM block WHERE last = ?", (last,))
    if upto <= floor:
        return 0, False
    connection.execute("UPDATE fold SET floor = ?", (upto,))
    return upto - floor, upto == last
