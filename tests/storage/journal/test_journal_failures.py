"""The journal when it is killed, when the disk is full, and when several use it at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from domain.counters import Tally
from domain.errors import DiskFull
from storage.journal import SqliteJournal
from support.cast import HOUR, NOON, OUTLET, nothing, reading
from support.disks import small_disk
from support.killing import killed_after

WRITER = """
import sys
from pathlib import Path
from support.cast import NOON, OUTLET, reading
from domain.counters import Tally
from storage.journal import SqliteJournal
journal = SqliteJournal(Path(sys.argv[1]))
n = journal.head()
while True:
    tally = Tally(receipts=[n])
    tally.of("ipal-outlet").received += 50
    n = journal.append([reading(OUTLET, NOON + n + i, float(n + i)) for i in range(50)], tally)
    print(n, flush=True)
"""


def test_nothing_acknowledged_is_lost_and_nothing_is_half_kept_by_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    told = 0
    for pause in (0.3, 0.15, 0.25, 0.2):
        told = int(killed_after(pause, "-c", WRITER, str(path))[-1])
    with SqliteJournal(path) as journal:
        rows = journal.rows(0, 10**7)
        assert journal.head() >= told > 1000
        assert journal.head() % 50 == 0
        assert [row[0] for row in rows] == list(range(1, journal.head() + 1))
        assert [row[3] for row in rows] == [float(n) for n in range(journal.head())]
        assert journal.counters().total().received == journal.head()


def _fill(journal: SqliteJournal) -> int:
    """Append until the disk is full; how many rows were acknowledged."""
    kept = 0
    for n in range(100_000):
        rows = [reading(OUTLET, NOON + n * 100 + i, 0.1 * i) for i in range(100)]
        try:
            kept = journal.append(rows, Tally(receipts=[n]))
        except DiskFull:
            return kept
    pytest.fail("the disk never got full")


def test_a_full_file_keeps_nothing_of_the_refused_append(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "journal.db", max_pages=300) as journal:
        kept = _fill(journal)
        assert journal.head() == kept == len(journal.rows(0, 10**6))


def test_a_full_disk_is_told_and_the_journal_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 1_000_000)
        with SqliteJournal(disk / "journal.db") as journal:
            kept = _fill(journal)
            assert journal.head() == kept
            ballast.unlink()
            assert journal.append([reading(OUTLET, NOON + HOUR, 1.0)], nothing()) == kept + 1
            assert len(journal.rows(0, 10**6)) == kept + 1


def test_readers_and_purge_go_on_while_it_is_written(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "journal.db") as journal:
        journal.advance("store", 0)
        done = threading.Event()
        seen: list[int] = []

        def follow() -> None:
            after = 0
            while not done.is_set() or after < journal.head():
                rows = journal.rows(after, 500)
                seen.extend(row[0] for row in rows)
                if rows:
                    after = rows[-1][0]
                    journal.advance("store", after)
                    journal.purge(NOON + HOUR)

        reader = threading.Thread(target=follow)
        reader.start()
        for n in range(200):
            journal.append([reading(OUTLET, NOON + n * 20 + i) for i in range(20)], nothing())
        done.set()
        reader.join(30)
        assert seen == list(range(1, 4001))


def test_two_writers_share_one_file_without_a_hole(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    def write(first: int) -> None:
        with SqliteJournal(path) as own:
            for n in range(60):
                own.append([reading(OUTLET, NOON + first + n)], nothing())

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with SqliteJournal(path) as journal:
        rows = journal.rows(0, 1000)
    assert [row[0] for row in rows] == list(range(1, 121))
    assert sorted(row[2] - NOON for row in rows) == [*range(60), *range(1000, 1060)]
