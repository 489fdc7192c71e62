"""Readings as they are asked for: store and journal as one, days, machine states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.errors import NotPermitted, Unavailable
from domain.ports import ReadingStore
from domain.series import Bucket, MachineState, Selection, StateSpan
from storage.influx_config import InfluxConfig
from storage.influx_store import InfluxReadingStore
from storage.journal import SqliteJournal
from storage.readings import MergedReadings
from support.cast import HOUR, INLET, NOON, OUTLET, PRESS, nothing, reading
from support.servers import free_port

WIB = ZoneInfo("Asia/Jakarta")
MIDNIGHT = 1_759_942_800_000  # 2025-10-09T00:00 WIB
MINUTE = 60_000


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.db") as opened:
        yield opened


@pytest.fixture
def merged(store: ReadingStore, journal: SqliteJournal) -> MergedReadings:
    return MergedReadings(store, journal)


@pytest.fixture
def cut_off(journal: SqliteJournal) -> MergedReadings:
    """The store is away."""
    return MergedReadings(InfluxReadingStore(InfluxConfig(url=f"http://127.0.0.1:{free_port()}")), journal)


def test_the_journal_wins_over_the_store(merged: MergedReadings, store: ReadingStore, journal: SqliteJournal) -> None:
    store.write([reading(OUTLET, NOON, 1.0), reading(OUTLET, NOON + 1, 2.0)])
    journal.append([reading(OUTLET, NOON + 1, 3.0), reading(OUTLET, NOON + 2, 4.0)], nothing())
    assert [r.value for r in merged.raw("ipal-outlet", "ph", NOON, NOON + HOUR)] == [1.0, 3.0, 4.0]


def test_latest_is_the_newest_of_both_in_order_of_site_device_metric(
    merged: MergedReadings, store: ReadingStore, journal: SqliteJournal
) -> None:
    store.write([reading(OUTLET, NOON + 9, 1.0), reading(INLET, NOON, 2.0)])
    journal.append([reading(OUTLET, NOON, 3.0), reading(INLET, NOON, 4.0), reading(PRESS, NOON, 1.0)], nothing())
    assert [(r.series.device, r.value) for r in merged.latest(Selection())] == [
        ("press-1", 1.0),
        ("ipal-inlet", 4.0),
        ("ipal-outlet", 1.0),
    ]


@pytest.mark.parametrize("points", [60, 12, 4, 1])
def test_buckets_that_the_journal_touches_are_made_anew(
    merged: MergedReadings, store: ReadingStore, journal: SqliteJournal, points: int
) -> None:
    store.write([reading(OUTLET, NOON + n * MINUTE, 1.0) for n in range(240)])
    journal.append([reading(OUTLET, NOON + n * MINUTE, 3.0) for n in range(235, 240)], nothing())
    found = merged.series("ipal-outlet", "ph", NOON, NOON + 4 * HOUR, points)
    assert len(found) <= points
    assert sum(bucket.count for bucket in found) == 240
    assert sum(b.mean * b.count for b in found if b.mean is not None) == pytest.approx(235 + 5 * 3.0)
    assert max(bucket.max or 0 for bucket in found) == 3.0


def test_series_never_has_more_points_than_asked(merged: MergedReadings, store: ReadingStore) -> None:
    store.write([reading(OUTLET, NOON + n * 7919, float(n)) for n in range(1000)])
    assert len(merged.series("ipal-outlet", "ph", NOON + 1, NOON + 8_000_001, 100)) <= 100


def test_a_day_is_summed_up_in_local_time(merged: MergedReadings, store: ReadingStore) -> None:
    store.write([reading(OUTLET, MIDNIGHT + n * MINUTE, 6.0) for n in range(-60, 24 * 60 + 60)])
    (day,) = merged.daily("ipal-outlet", "ph", date(2025, 10, 9), date(2025, 10, 9), WIB, 5 * MINUTE)
    assert (day.min, day.mean, day.max, day.count, day.bad) == (6.0, 6.0, 6.0, 1440, 0)
    assert day.integral == pytest.approx(24 * 6.0)
    assert day.covered == pytest.approx(24.0)


def test_a_gap_longer_than_allowed_is_not_bridged(merged: MergedReadings, store: ReadingStore) -> None:
    store.write([reading(OUTLET, MIDNIGHT + n * MINUTE, 6.0) for n in [*range(61), *range(120, 181)]])
    (day,) = merged.daily("ipal-outlet", "ph", date(2025, 10, 9), date(2025, 10, 9), WIB, 5 * MINUTE)
    assert (day.integral, day.covered) == (pytest.approx(12.0), pytest.approx(2.0))


def test_a_day_of_bad_readings_has_no_figures_but_counts_them(merged: MergedReadings, store: ReadingStore) -> None:
    store.write([reading(OUTLET, MIDNIGHT + n * MINUTE, -9999.0, 4, "sentinel") for n in range(5)])
    (day,) = merged.daily("ipal-outlet", "ph", date(2025, 10, 8), date(2025, 10, 10), WIB, 5 * MINUTE)
    assert (day.day, day.mean, day.integral, day.count, day.bad) == (date(2025, 10, 9), None, None, 0, 5)


def test_machine_states_follow_the_run_flag(merged: MergedReadings, store: ReadingStore) -> None:
    store.write(
        [reading(PRESS, NOON + at * 1000, value) for at, value in ((0, 1.0), (60, 1.0), (90, 0.0), (120, 1.0))]
    )
    assert merged.states("press-1", "run", NOON, NOON + HOUR, 2 * MINUTE) == [
        StateSpan(NOON, NOON + 90_000, MachineState.EXECUTING),
        StateSpan(NOON + 90_000, NOON + 120_000, MachineState.NOT_EXECUTING),
        StateSpan(NOON + 120_000, NOON + 240_000, MachineState.EXECUTING),
    ]


def test_a_silent_machine_is_not_available_rather_than_stopped(merged: MergedReadings, store: ReadingStore) -> None:
    store.write([reading(PRESS, NOON + 10 * MINUTE, 1.0), reading(PRESS, NOON + 30 * MINUTE, 1.0)])
    assert merged.states("press-1", "run", NOON, NOON + 31 * MINUTE, 2 * MINUTE) == [
        StateSpan(NOON, NOON + 30 * MINUTE, MachineState.NOT_AVAILABLE),
        StateSpan(NOON + 30 * MINUTE, NOON + 31 * MINUTE, MachineState.EXECUTING),
    ]


def test_the_state_before_the_range_reaches_into_it(merged: MergedReadings, store: ReadingStore) -> None:
    store.write([reading(PRESS, NOON - MINUTE, 0.0), reading(PRESS, NOON + MINUTE, 1.0)])
    assert merged.states("press-1", "run", NOON, NOON + MINUTE, 2 * MINUTE) == [
        StateSpan(NOON, NOON + MINUTE, MachineState.NOT_EXECUTING)
    ]


def test_long_ranges_of_states_agree_with_short_ones_to_the_minute(
    merged: MergedReadings, store: ReadingStore
) -> None:
    store.write([reading(PRESS, NOON + n * MINUTE, float(n // 30 % 2)) for n in range(72 * 60)])
    spans = merged.states("press-1", "run", NOON, NOON + 72 * HOUR, 2 * MINUTE)
    running = sum(span.stop - span.start for span in spans if span.state is MachineState.EXECUTING)
    assert running == pytest.approx(36 * HOUR, abs=3 * MINUTE)


def test_without_readings_nothing_is_said_of_a_machine(merged: MergedReadings) -> None:
    assert merged.states("press-1", "run", NOON, NOON + HOUR, MINUTE) == []


def test_latest_is_answered_while_the_store_is_away(cut_off: MergedReadings, journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON, 7.0)], nothing())
    assert [r.value for r in cut_off.latest(Selection())] == [7.0]
    assert cut_off.store_away is not None


def test_a_range_that_the_journal_holds_is_answered_while_the_store_is_away(
    cut_off: MergedReadings, journal: SqliteJournal
) -> None:
    journal.append([reading(OUTLET, NOON + n * MINUTE, float(n)) for n in range(60)], nothing())
    found = cut_off.series("ipal-outlet", "ph", NOON + 30 * MINUTE, NOON + HOUR, 30)
    assert found[0] == Bucket(NOON + 30 * MINUTE, 30.0, 30.0, 30.0, 1, 1, 0)
    assert len(found) == 30


def test_a_range_that_needs_the_store_says_that_it_is_away(cut_off: MergedReadings, journal: SqliteJournal) -> None:
    journal.append([reading(OUTLET, NOON)], nothing())
    with pytest.raises(Unavailable):
        cut_off.raw("ipal-outlet", "ph", NOON - HOUR, NOON + HOUR)


class ShutStore:
    """A store that no longer lets us in."""

    def latest(self, *_: object) -> None:
        """Refuse."""
        raise NotPermitted("InfluxDB answered 401")

    raw = buckets = latest


def test_a_store_that_lets_us_in_no_more_is_one_that_is_away(journal: SqliteJournal) -> None:
    merged = MergedReadings(ShutStore(), journal)  # type: ignore[arg-type]  # only its refusals
    journal.append([reading(OUTLET, NOON, 7.1)], nothing())
    assert [r.value for r in merged.latest(Selection())] == [7.1]
    assert merged.store_away == "InfluxDB answered 401"
    with pytest.raises(NotPermitted):
        merged.raw("ipal-outlet", "ph", NOON - HOUR, NOON + HOUR)


@pytest.mark.parametrize("folded", [False, True])
def test_a_reading_from_before_the_clock_was_set_back_is_not_the_newest_for_ever(
    merged: MergedReadings, store: ReadingStore, journal: SqliteJournal, *, folded: bool
) -> None:
    ahead = NOON + 7 * HOUR
    store.write([reading(OUTLET, ahead, 1.0)])
    journal.append([reading(OUTLET, ahead, 1.0)], nothing())
    journal.fold()
    journal.append([reading(OUTLET, NOON, 2.0), reading(OUTLET, NOON - HOUR, 3.0, received_at=NOON)], nothing())
    if folded:
        journal.fold()
    assert [r.value for r in merged.latest(Selection())] == [2.0]
