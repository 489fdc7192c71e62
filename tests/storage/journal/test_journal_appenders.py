"""Two appenders at once, and an append whose fold fails: what is kept stays under its own series, and stays kept."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from domain.counters import Tally
from domain.reading import Reading, Series
from storage import journal as journal_module
from storage.journal import SqliteJournal
from support.cast import NOON, OUTLET, nothing, reading


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.db") as opened:
        yield opened


class Held(Sequence[Reading]):
    """Readings that hold an append up in the middle of its transaction, and then fail it."""

    def __init__(self, *readings: Reading) -> None:
        self.readings = readings
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.passes = 0

    def __getitem__(self, index: int) -> Reading:  # type: ignore[override]  # never sliced
        return self.readings[index]

    def __len__(self) -> int:
        return len(self.readings)

    def __iter__(self) -> Iterator[Reading]:
        self.passes += 1
        if self.passes == 2:  # the series have their numbers
            self.begun.set()
            self.go_on.wait(5)
            raise ZeroDivisionError
        return iter(self.readings)


def test_a_number_given_by_a_failed_append_is_not_used_by_the_one_that_waited(journal: SqliteJournal) -> None:
    press, tank = Series("alas-kaki", "press-1", "run"), Series("batik", "aerasi", "do")
    held = Held(Reading(press, NOON, 1.0))

    def fail() -> None:
        with pytest.raises(ZeroDivisionError):
            journal.append(held, Tally())

    failing = threading.Thread(target=fail)
    failing.start()
    held.begun.wait(5)
    waiting = threading.Thread(target=journal.append, args=([Reading(press, NOON + 1, 0.0)], Tally()))
    waiting.start()
    waiting.join(0.2)
    held.go_on.set()
    failing.join()
    waiting.join()
    journal.append([Reading(tank, NOON, 3.3)], Tally())

    assert [r.value for r in journal.tail("aerasi", "do", NOON, NOON + 9)] == [3.3]
    assert [r.value for r in journal.tail("press-1", "run", NOON, NOON + 9)] == [0.0]


def test_an_append_is_kept_although_its_fold_fails(
    tmp_path: Path, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "FOLD_ROWS", 2)
    journal.append([reading(OUTLET, NOON)], nothing())
    with sqlite3.connect(tmp_path / "journal.db") as other:
        other.execute("UPDATE batch SET data = x'00'")  # no batch that we know
    other.close()

    assert journal.append([reading(OUTLET, NOON + 1)], nothing()) == 2
