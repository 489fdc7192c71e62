"""From the journal into the embedded store: everything once, whatever is killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reading import Series
from domain.series import Selection
from storage.chunk_store import SqliteReadingStore
from storage.journal import SqliteJournal
from storage.readings import MergedReadings
from storage.sealer import Sealer
from support.cast import HOUR, INLET, NOON, OUTLET, bare, nothing, reading
from support.killing import kill_until_done

MINUTE = 60_000


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.db") as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteReadingStore]:
    with SqliteReadingStore(tmp_path / "readings.db") as opened:
        yield opened


def test_only_rows_that_are_old_enough_are_sealed(journal: SqliteJournal, store: SqliteReadingStore) -> None:
    journal.append([reading(OUTLET, NOON), reading(OUTLET, NOON + 5 * MINUTE)], nothing())
    assert Sealer(journal, store).run_once(NOON + 12 * MINUTE) == 1
    assert [r.time for r in store.raw("ipal-outlet", "ph", NOON, NOON + HOUR)] == [NOON]


def test_the_journal_may_forget_what_was_sealed(journal: SqliteJournal, store: SqliteReadingStore) -> None:
    journal.append([reading(OUTLET, NOON + n) for n in range(5)], nothing())
    Sealer(journal, store).run_once(NOON + HOUR)
    assert journal.purge(NOON + HOUR) == 5


def test_killed_between_merge_and_cursor_it_goes_on_from_the_stores_own_cursor(
    journal: SqliteJournal, store: SqliteReadingStore
) -> None:
    journal.append([reading(OUTLET, NOON)], nothing())
    store.seal(journal.identity, "store", 1, [(OUTLET, NOON, (7.2, 1, None))])
    assert Sealer(journal, store).run_once(NOON + HOUR) == 0
    assert journal.cursor("store") == 1


def test_a_new_journal_beside_an_old_store_is_sealed_from_its_beginning(
    tmp_path: Path, journal: SqliteJournal, store: SqliteReadingStore
) -> None:
    journal.append([reading(OUTLET, NOON + n) for n in range(3)], nothing())
    Sealer(journal, store).run_once(NOON + HOUR)
    with SqliteJournal(tmp_path / "new.db") as new:
        new.append([reading(OUTLET, NOON + 10)], nothing())
        assert Sealer(new, store).run_once(NOON + HOUR) == 1


def test_a_damaged_chunk_costs_its_hour_and_nothing_else(store: SqliteReadingStore, tmp_path: Path) -> None:
    store.write([reading(OUTLET, NOON + hour * HOUR, float(hour)) for hour in range(3)])
    with sqlite3.connect(tmp_path / "readings.db") as other:
        other.execute("UPDATE chunk SET data = zeroblob(40) WHERE t0 = ?", (NOON + HOUR,))
    other.close()
    assert [r.value for r in store.raw("ipal-outlet", "ph", NOON, NOON + 3 * HOUR)] == [0.0, 2.0]
    assert store.damaged == 1


def test_a_late_reading_for_a_damaged_hour_leaves_the_old_bytes_aside(
    store: SqliteReadingStore, tmp_path: Path
) -> None:
    store.write([reading(OUTLET, NOON, 1.0)])
    with sqlite3.connect(tmp_path / "readings.db") as other:
        other.execute("UPDATE chunk SET data = zeroblob(40)")
        other.commit()
        store.write([reading(OUTLET, NOON + 1, 2.0)])
        assert other.execute("SELECT data FROM damaged").fetchall() == [(bytes(40),)]
    other.close()


KILLED = """
import sys
from pathlib import Path
from support.cast import NOON, HOUR
from storage.chunk_store import SqliteReadingStore
from storage.journal import SqliteJournal
from storage import sealer
sealer.ROWS_AT_ONCE = 500
journal = SqliteJournal(Path(sys.argv[1]) / "journal.db")
store = SqliteReadingStore(Path(sys.argv[1]) / "readings.db")
print("ready", flush=True)
sealer.Sealer(journal, store).run_once(NOON + 100 * HOUR)
print("done", flush=True)
"""


def test_kill_9_while_sealing_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    sent = {}
    with SqliteJournal(tmp_path / "journal.db") as journal:
        for n in range(60):
            series = (OUTLET, INLET)[n % 2]
            batch = [reading(series, NOON + (n * 1000 + i) * 500, float(i), received_at=NOON) for i in range(1000)]
            journal.append(batch, nothing())
            sent.update({(r.series.device, r.time): r.value for r in batch})
    kills = kill_until_done(lambda kills: 0.05 + 0.04 * kills, "-c", KILLED, str(tmp_path))
    assert kills >= 2
    with SqliteJournal(tmp_path / "journal.db") as journal, SqliteReadingStore(tmp_path / "readings.db") as store:
        Sealer(journal, store).run_once(NOON + 100 * HOUR)
        found = [
            ((s.device, r.time), r.value)
            for s in (OUTLET, INLET)
            for r in store.raw(s.device, s.metric, NOON, NOON + 100 * HOUR)
        ]
        assert len(found) == len(sent) == 60_000
        assert dict(found) == sent
        assert journal.depth("store", NOON).rows == 0


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("append"),
            st.lists(
                st.tuples(
                    st.sampled_from([OUTLET, INLET]),
                    st.integers(0, 5).map(lambda n: NOON + n * 25 * MINUTE),
                    st.one_of(st.none(), st.floats(-100, 100).map(lambda v: round(v, 2))),
                    st.sampled_from([1, 3]),
                ),
                max_size=6,
            ),
        ),
        st.tuples(st.just("seal"), st.just([])),
        st.tuples(st.just("purge"), st.just([])),
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(steps=STEPS)
def test_store_and_journal_together_are_a_plain_dictionary(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[tuple[Series, int, float | None, int]]]]
) -> None:
    folder = tmp_path_factory.mktemp("merged")
    model = {}
    now = NOON + 10 * HOUR
    with SqliteJournal(folder / "journal.db") as journal, SqliteReadingStore(folder / "readings.db") as store:
        sealer = Sealer(journal, store)
        for step, rows in steps:
            now += 6 * MINUTE
            if step == "append":
                batch = [
                    reading(s, at, v, 9 if v is None else q, None if q == 1 and v is not None else "stuck", now)
                    for s, at, v, q in rows
                ]
                journal.append(batch, nothing())
                model.update({(r.series.device, r.time): bare(r) for r in batch})
            elif step == "seal":
                sealer.run_once(now)
            else:
                journal.purge(now)
        merged = MergedReadings(store, journal)
        found = {
            (s.device, r.time): bare(r)
            for s in (OUTLET, INLET)
            for r in merged.raw(s.device, s.metric, NOON, NOON + 4 * HOUR)
        }
        newest = {r.series.device: bare(r) for r in merged.latest(Selection())}
    assert found == model
    assert newest == {key[0]: row for key, row in sorted(model.items())}
