"""Shifts of a machine out of an embedded store: what was published is what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.counters import Tally
from domain.machine import RunSignal, RunSource
from domain.metrics import MetricInfo, MetricKind
from domain.reading import GOOD, Millis, Reading, Series
from domain.shift import Shift, window
from domain.text import Text
from reports.machines.reading import Machine, machine_shifts, machine_spans
from storage.chunk_store import SqliteReadingStore
from storage.journal import SqliteJournal
from storage.readings import MergedReadings

WIB = ZoneInfo("Asia/Jakarta")
NAME = Text(id="uji", en="test")
SHIFT = Shift(id="pagi", site="alas-kaki", name=NAME, start=time(7), end=time(9))
FRIDAY = date(2026, 11, 20)
MINUTE = 60_000
COUNTERS = {
    "cycle_count": MetricInfo("cycle_count", "1", NAME, MetricKind.COUNTER, decimals=0),
    "run_hours": MetricInfo("run_hours", "h", NAME, MetricKind.COUNTER, decimals=2),
}
PRESS = Machine("press-1", "line-3", counters=COUNTERS)


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[tuple[MergedReadings, SqliteReadingStore, Millis]]:
    with (
        closing(SqliteJournal(tmp_path / "journal.db")) as journal,
        closing(SqliteReadingStore(tmp_path / "readings.db")) as store,
    ):
        journal.append([], Tally())
        found = window(SHIFT, WIB, FRIDAY)
        assert found is not None
        yield MergedReadings(store, journal), store, found.start


def said(at: Millis, metric: str, value: float) -> Reading:
    return Reading(Series("alas-kaki", "press-1", metric, "1", "line-3"), at, value, GOOD, None, at)


def test_a_shift_is_read_from_the_store(stored: tuple[MergedReadings, SqliteReadingStore, Millis]) -> None:
    query, store, start = stored
    half_minutes = range(240)
    store.write([said(start + n * MINUTE // 2, "run", float(n < 180)) for n in half_minutes])
    store.write([said(start + n * MINUTE // 2, "cycle_count", 500.0 + n) for n in half_minutes if n < 180])
    [shift] = machine_shifts(query, PRESS, [SHIFT], WIB, start, start + 120 * MINUTE)
    assert (shift.running, shift.stopped, shift.no_signal) == (90 * MINUTE, 30 * MINUTE, 0)
    assert (shift.cycles, shift.run_hours) == (179.0, None)


def test_a_counter_that_was_reset_loses_nothing_before_it(
    stored: tuple[MergedReadings, SqliteReadingStore, Millis],
) -> None:
    query, store, start = stored
    values = [10.0, 10.5, 11.0, 0.0, 0.5]
    store.write([said(start + n * 10 * MINUTE, "run_hours", value) for n, value in enumerate(values)])
    [shift] = machine_shifts(query, PRESS, [SHIFT], WIB, start, start + 120 * MINUTE)
    assert shift.run_hours == pytest.approx(1.5)


def test_a_shift_that_has_not_begun_is_left_out(stored: tuple[MergedReadings, SqliteReadingStore, Millis]) -> None:
    query, _, start = stored
    assert list(machine_shifts(query, PRESS, [SHIFT], WIB, start, start + 1, now=start)) == []


def test_a_line_without_the_shift_has_none(stored: tuple[MergedReadings, SqliteReadingStore, Millis]) -> None:
    query, _, start = stored
    other = SHIFT.model_copy(update={"stages": ("line-1",)})
    assert list(machine_shifts(query, PRESS, [other], WIB, start, start + 1)) == []


PRESS_BY_POWER = Machine(
    "press-1", "line-3", RunSource(signal=RunSignal.POWER, metric="power", on=1.0, off=0.4, patience=60)
)


@pytest.mark.parametrize(("first", "state"), [(1.2, "executing"), (0.3, "not_executing"), (0.7, "not_available")])
def test_power_in_between_for_hours_before_a_shift_is_followed_back_to_what_decided_it(
    stored: tuple[MergedReadings, SqliteReadingStore, Millis], first: float, state: str
) -> None:
    query, store, start = stored
    store.write([said(start - 5 * 60 * MINUTE + n * MINUTE, "power", 0.7 if n else first) for n in range(7 * 60)])
    [span] = machine_spans(query, PRESS_BY_POWER, start, start + 120 * MINUTE)
    assert span.state == state
