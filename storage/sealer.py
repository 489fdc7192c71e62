"""Moves journal rows that are old enough into the embedded store, each exactly once."""

from __future__ import annotations

from domain.reading import Millis
from storage.chunk_store import SqliteReadingStore
from storage.journal import SqliteJournal

ROWS_AT_ONCE = 200_000


class Sealer:
    """The store keeps the reader's cursor, in the transaction of the merge; the journal is told afterwards.

    Killed anywhere, the next run goes on from the store's own cursor: nothing is lost, nothing counted twice.
    """

    def __init__(
        self, journal: SqliteJournal, store: SqliteReadingStore, *, reader: str = "store", min_age: Millis = 600_000
    ) -> None:
        self._journal = journal
        self._store = store
        self._reader = reader
        self._min_age = min_age
        journal.advance(reader, self._sealed())

    def run_once(self, now: Millis) -> int:
        """Seal every row received more than `min_age` ago; how many. One received after `now` was received before
        the clock was set back, and is sealed as well.
        """
        sealed = 0
        while count := self._slice(now - self._min_age, now):
            sealed += count
        return sealed

    def _sealed(self) -> int:
        """How far the journal was sealed. One that ends before is an older copy: it knows itself how far it was."""
        sealed, head = self._store.sealed(self._journal.identity, self._reader), self._journal.head()
        if sealed > head:
            sealed = min(self._journal.cursor(self._reader), head)
            self._store.seal(self._journal.identity, self._reader, sealed, ())
        return sealed

    def _slice(self, older_than: Millis, now: Millis) -> int:
        after = self._store.sealed(self._journal.identity, self._reader)
        rows = self._journal.rows(after, ROWS_AT_ONCE)
        due = next((i for i, row in enumerate(rows) if older_than < row[6] <= now), len(rows))
        if due == 0:
            return 0
        rows = rows[:due]
        known = self._journal.series_of({row[1] for row in rows})
        upto = rows[-1][0]
        taken = ((known[row[1]], row[2], (row[3], row[4], row[5])) for row in rows)
        self._store.seal(self._journal.identity, self._reader, upto, taken)
        self._journal.advance(self._reader, upto)
        return due
