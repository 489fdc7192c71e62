"""What every journal must do (port `Journal`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.counters import DeviceTally, Tally
from domain.errors import ConfigurationError, Unavailable
from domain.series import Depth, Selection
from storage.journal import SqliteJournal
from support.cast import AERASI, HOUR, INLET, NOON, OUTLET, PRESS, nothing, reading

LATER = NOON + HOUR


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.db") as opened:
        yield opened


def test_an_empty_journal_has_head_zero(journal: SqliteJournal) -> None:
    assert journal.head() == 0


def test_append_returns_the_last_sequence_number(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON)], nothing())
    assert journal.append([reading(OUTLET, NOON + 1), reading(INLET, NOON)], nothing()) == journal.head() == 3


def test_rows_come_back_whole_and_in_order_of_arrival(journal: SqliteJournal) -> None:
    sent = [
        reading(OUTLET, NOON + 5, 7.25, received_at=NOON + 9),
        reading(INLET, NOON, -9999.0, 4, "sentinel"),
        reading(AERASI, NOON + 1, None, 9, "no_value"),
    ]
    journal.append(sent, nothing())
    assert [entry.reading for entry in journal.read(0, 10)] == sent


@pytest.mark.parametrize("folded", [False, True])
def test_read_goes_on_where_it_stopped(journal: SqliteJournal, folded: bool) -> None:
    for n in range(7):
        journal.append([reading(OUTLET, NOON + n, float(n))], nothing())
        if folded and n == 4:
            journal.fold()
    first = journal.read(0, 3)
    rest = journal.read(first[-1].seq, 10)
    assert [entry.reading.value for entry in first + rest] == [0, 1, 2, 3, 4, 5, 6]


def test_a_reader_never_heard_of_stands_at_zero(journal: SqliteJournal) -> None:
    assert journal.cursor("alerts") == 0


def test_a_cursor_never_moves_backwards(journal: SqliteJournal) -> None:
    journal.advance("alerts", 5)
    journal.advance("alerts", 3)
    assert journal.cursor("alerts") == 5


def test_depth_says_how_many_rows_wait_and_how_old_the_first_is(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON), reading(OUTLET, NOON + 100), reading(OUTLET, NOON + 200)], nothing())
    journal.advance("store", 1)
    assert journal.depth("store", NOON + 1100) == Depth(2, 1000)


def test_depth_is_nothing_when_all_is_read(journal: SqliteJournal) -> None:
    journal.advance("store", journal.append([reading(OUTLET, NOON)], nothing()))
    assert journal.depth("store", LATER) == Depth(0, 0)


def test_purge_removes_what_every_reader_has_passed(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON + n) for n in range(10)], nothing())
    journal.advance("store", 4)
    journal.advance("alerts", 9)
    assert journal.purge(LATER) == 4
    assert [entry.seq for entry in journal.read(0, 100)] == [5, 6, 7, 8, 9, 10]


def test_purge_keeps_what_was_received_in_the_last_fifteen_minutes(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON), reading(OUTLET, LATER)], nothing())
    journal.advance("store", 2)
    assert journal.purge(LATER + 15 * 60_000) == 1
    assert [entry.seq for entry in journal.read(0, 10)] == [2]


def test_purge_removes_nothing_while_a_known_reader_stands_at_zero(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON)], nothing())
    journal.advance("store", 1)
    journal.advance("alerts", 0)
    assert journal.purge(LATER) == 0


def test_a_reader_that_joins_later_holds_what_is_left_for_it(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON + n) for n in range(10)], nothing())
    journal.advance("store", 10)
    journal.advance("alerts-memory", 3)
    assert journal.purge(LATER) == 3
    assert journal.read(0, 1)[0].seq == 4


def test_a_journal_keeps_its_identity_and_another_has_another(journal: SqliteJournal, tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "journal.db") as again, SqliteJournal(tmp_path / "other.db") as other:
        assert (again.identity == journal.identity, other.identity == journal.identity) == (True, False)


def test_purge_removes_nothing_while_nobody_reads(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON)], nothing())
    assert journal.purge(LATER) == 0


def test_numbers_go_on_growing_after_everything_was_purged(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.advance("store", journal.append([reading(OUTLET, NOON), reading(OUTLET, NOON + 1)], nothing()))
    assert journal.purge(LATER) == 2
    journal.close()
    with SqliteJournal(tmp_path / "journal.db") as again:
        assert again.append([reading(OUTLET, LATER)], nothing()) == 3


def test_tail_is_by_time_and_the_last_arrival_of_a_time_wins(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON + 2, 1.0), reading(OUTLET, NOON + 1, 2.0)], nothing())
    journal.fold()
    journal.append([reading(OUTLET, NOON + 2, 3.0), reading(INLET, NOON + 2, 9.0)], nothing())
    found = journal.tail("ipal-outlet", "ph", NOON, NOON + 3)
    assert [(r.time, r.value) for r in found] == [(NOON + 1, 2.0), (NOON + 2, 3.0)]


def test_tail_takes_the_start_and_leaves_the_stop(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON + n) for n in range(4)], nothing())
    assert [r.time for r in journal.tail("ipal-outlet", "ph", NOON + 1, NOON + 3)] == [NOON + 1, NOON + 2]


@pytest.mark.parametrize("folded", [False, True])
def test_latest_is_the_newest_by_time_not_by_arrival(journal: SqliteJournal, folded: bool) -> None:
    journal.append([reading(OUTLET, NOON + 5, 7.0), reading(OUTLET, NOON, 6.0)], nothing())
    if folded:
        journal.fold()
    journal.append([reading(OUTLET, NOON + 1, 5.0)], nothing())
    assert [(r.time, r.value) for r in journal.latest(Selection())] == [(NOON + 5, 7.0)]


def test_latest_of_equal_times_is_the_last_to_arrive(journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON, 6.0), reading(OUTLET, NOON, 7.0)], nothing())
    journal.fold()
    journal.append([reading(OUTLET, NOON, 8.0)], nothing())
    assert [r.value for r in journal.latest(Selection())] == [8.0]


def test_latest_outlives_the_purge(journal: SqliteJournal) -> None:
    journal.advance("store", journal.append([reading(OUTLET, NOON, 6.5)], nothing()))
    journal.purge(LATER)
    assert [r.value for r in journal.latest(Selection())] == [6.5]


@pytest.mark.parametrize(
    ("selection", "devices"),
    [
        (Selection(site="alas-kaki"), ["press-1"]),
        (Selection(metric="ph"), ["ipal-outlet"]),
        (Selection(devices=frozenset({"ipal-inlet", "press-1"})), ["ipal-inlet", "press-1"]),
        (Selection(devices=frozenset()), []),
    ],
)
def test_latest_gives_what_is_selected(journal: SqliteJournal, selection: Selection, devices: list[str]) -> None:
    journal.append([reading(series, NOON) for series in (OUTLET, INLET, PRESS)], nothing())
    assert sorted(r.series.device for r in journal.latest(selection)) == devices


def test_counters_include_what_was_committed_this_instant(journal: SqliteJournal) -> None:
    for _ in range(2):
        journal.append([], Tally({"press-1": DeviceTally(received=2, written=1, rejected=3)}, {"clock": 1}))
        journal.fold()
    journal.append([], Tally({"press-1": DeviceTally(received=1)}, {"clock": 1}))
    counters = journal.counters()
    assert counters.devices == {"press-1": DeviceTally(received=5, written=2, rejected=6)}
    assert counters.reasons == {"clock": 3}


def test_receipts_are_the_last_twenty_thousand_oldest_first(journal: SqliteJournal) -> None:
    for n in range(6):
        journal.append([], Tally(receipts=list(range(n * 4000, n * 4000 + 4000))))
        journal.fold()
    assert journal.receipts() == list(range(4000, 24_000))


def test_receipts_outlive_folding_in_many_small_steps(journal: SqliteJournal, tmp_path: Path) -> None:
    for n in range(30):
        journal.append([], Tally(receipts=[n]))
        if n % 4 == 0:
            journal.fold()
    journal.close()
    with SqliteJournal(tmp_path / "journal.db") as again:
        assert again.receipts() == list(range(30))


def test_a_second_opener_sees_what_the_first_committed(journal: SqliteJournal, tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "journal.db") as other:
        journal.append([reading(OUTLET, NOON, 7.7)], nothing())
        assert [entry.reading.value for entry in other.read(0, 10)] == [7.7]


def test_a_series_that_changed_its_unit_keeps_the_old_unit_on_old_rows(journal: SqliteJournal) -> None:
    from msgspec.structs import replace

    journal.append([reading(INLET, NOON), reading(replace(INLET, unit="g/L"), NOON + 1)], nothing())
    assert [r.series.unit for r in journal.tail("ipal-inlet", "cod", NOON, LATER)] == ["mg/L", "g/L"]


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database at all, but long enough to be read as one" * 100)
    with pytest.raises(ConfigurationError, match=r"journal\.db"):
        SqliteJournal(path)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE cats(name)")
    other.close()
    with pytest.raises(ConfigurationError, match="another program"):
        SqliteJournal(path)


def test_a_closed_journal_says_so(journal: SqliteJournal) -> None:
    journal.close()
    with pytest.raises(Unavailable, match="closed"):
        journal.append([reading(OUTLET, NOON)], nothing())


ROWS = st.lists(
    st.tuples(
        st.sampled_from([OUTLET, INLET, PRESS]),
        st.integers(NOON, NOON + 6),
        st.one_of(st.none(), st.floats(allow_nan=False)),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(appends=st.lists(st.tuples(ROWS, st.booleans()), max_size=6))
def test_tail_and_latest_agree_with_a_plain_dictionary(
    tmp_path_factory: pytest.TempPathFactory, appends: list[tuple[list[tuple[object, int, float | None]], bool]]
) -> None:
    model: dict[tuple[str, int], float | None] = {}
    with SqliteJournal(tmp_path_factory.mktemp("journal") / "journal.db") as journal:
        for rows, fold in appends:
            journal.append([reading(series, time, value) for series, time, value in rows], nothing())  # type: ignore[arg-type]
            model.update({(series.device, time): value for series, time, value in rows})  # type: ignore[attr-defined]
            if fold:
                journal.fold()
        tail = {
            (s.device, r.time): r.value
            for s in (OUTLET, INLET, PRESS)
            for r in journal.tail(s.device, s.metric, NOON, LATER)
        }
        newest = {r.series.device: (r.time, r.value) for r in journal.latest(Selection())}
    assert tail == model
    assert newest == {device: (time, value) for (device, time), value in sorted(model.items())}
