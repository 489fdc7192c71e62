"""Sealing goes on after the clock was set back, and after an older copy of the journal was put in place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.chunk_store import SqliteReadingStore
from storage.journal import SqliteJournal
from storage.sealer import Sealer
from support.cast import HOUR, NOON, OUTLET, nothing, reading

YEAR = 365 * 24 * HOUR


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteReadingStore]:
    with SqliteReadingStore(tmp_path / "readings.db") as opened:
        yield opened


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.db") as opened:
        yield opened


def test_rows_received_before_the_clock_was_set_back_hold_up_nothing(
    journal: SqliteJournal, store: SqliteReadingStore
) -> None:
    journal.append([reading(OUTLET, NOON + YEAR), reading(OUTLET, NOON)], nothing())
    assert Sealer(journal, store).run_once(NOON + HOUR) == 2
    assert journal.purge(NOON + HOUR) == 2
    journal.append([reading(OUTLET, NOON + HOUR)], nothing())
    assert [entry.seq for entry in journal.read(0, 10)] == [3]


def test_rows_after_an_older_copy_of_the_journal_are_sealed(tmp_path: Path, store: SqliteReadingStore) -> None:
    path = tmp_path / "journal.db"
    with SqliteJournal(path) as journal:
        journal.append([reading(OUTLET, NOON)], nothing())
    copy = path.read_bytes()
    with SqliteJournal(path) as journal:
        journal.append([reading(OUTLET, NOON + n) for n in range(1, 9)], nothing())
        Sealer(journal, store).run_once(NOON + HOUR)
    path.write_bytes(copy)

    with SqliteJournal(path) as journal:
        sealer = Sealer(journal, store)
        journal.append([reading(OUTLET, NOON + HOUR)], nothing())
        assert sealer.run_once(NOON + 2 * HOUR) == 2
    assert [r.time for r in store.raw("ipal-outlet", "ph", NOON + HOUR, NOON + 2 * HOUR)] == [NOON + HOUR]
