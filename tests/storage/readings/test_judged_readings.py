"""Readings under quality intervals: values as they came, flags and figures as judged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ports import Page, ReadingStore
from domain.quality import QualityInterval
from domain.reading import Millis, Reason
from domain.series import Bucket, Selection
from storage.buckets import HOUR as HOUR_WIDTH
from storage.buckets import summarise_readings
from storage.chunk_store import SqliteReadingStore
from storage.journal import SqliteJournal
from storage.quality_overlay import overlaid
from storage.readings import MergedReadings
from support.cast import HOUR, INLET, NOON, OUTLET, nothing, reading

MINUTE = 60_000


@dataclass
class Said:
    """Intervals kept in a list."""

    intervals: list[QualityInterval] = field(default_factory=list)

    def overlapping(self, device: str, metric: str, start: Millis, stop: Millis) -> list[QualityInterval]:
        """Those of one series that share a moment with [start, stop)."""
        of = [one for one in self.intervals if (one.device, one.metric) == (device, metric)]
        return sorted((one for one in of if one.stop > start and one.start < stop), key=lambda one: one.start)

    def since(self, at: Millis) -> list[QualityInterval]:
        """Those that end after `at`."""
        return [one for one in self.intervals if one.stop > at]

    def page(
        self, after: str | None, limit: int, device: str | None, metric: str | None,
        start: Millis | None, stop: Millis | None,
    ) -> Page[QualityInterval]:  # fmt: skip
        """All of them."""
        return Page(self.intervals)


def interval(start: Millis, stop: Millis, flag: int = 3, reason: str = Reason.STUCK) -> QualityInterval:
    return QualityInterval(OUTLET.device, OUTLET.metric, start, stop, flag, reason, "check:stuck")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.db") as opened:
        yield opened


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def merged(store: ReadingStore, journal: SqliteJournal, said: Said) -> MergedReadings:
    return MergedReadings(store, journal, said)


def test_a_reading_in_an_interval_keeps_its_value_and_carries_the_flag(
    merged: MergedReadings, store: ReadingStore, said: Said
) -> None:
    store.write([reading(OUTLET, NOON + n * MINUTE, float(n)) for n in range(4)])
    said.intervals.append(interval(NOON + MINUTE, NOON + 3 * MINUTE))
    found = merged.raw("ipal-outlet", "ph", NOON, NOON + HOUR)
    assert [(r.value, r.quality, r.reason) for r in found] == [
        (0.0, 1, None), (1.0, 3, "stuck"), (2.0, 3, "stuck"), (3.0, 1, None),
    ]  # fmt: skip


def test_what_was_worse_at_the_door_stays_so(merged: MergedReadings, store: ReadingStore, said: Said) -> None:
    store.write([reading(OUTLET, NOON, 99.0, 4, Reason.OUT_OF_RANGE)])
    said.intervals.append(interval(NOON, NOON + MINUTE))
    found = merged.raw("ipal-outlet", "ph", NOON, NOON + HOUR)[0]
    assert (found.quality, found.reason) == (4, "out_of_range")


def test_a_gap_says_nothing_of_a_reading_that_came_after_all(
    merged: MergedReadings, store: ReadingStore, said: Said
) -> None:
    store.write([reading(OUTLET, NOON, 7.0)])
    said.intervals.append(interval(NOON - HOUR, NOON + HOUR, 9, Reason.GAP))
    assert merged.raw("ipal-outlet", "ph", NOON, NOON + HOUR)[0].quality == 1


def test_a_day_leaves_out_what_lies_in_an_interval(merged: MergedReadings, store: ReadingStore, said: Said) -> None:
    store.write([reading(OUTLET, NOON + n * MINUTE, 7.0 if n < 30 else 0.0) for n in range(60)])
    said.intervals.append(interval(NOON + 30 * MINUTE, NOON + HOUR))
    day = merged.daily("ipal-outlet", "ph", date(2025, 10, 9), date(2025, 10, 9), ZoneInfo("Asia/Jakarta"), HOUR)[0]
    assert (day.min, day.mean, day.count, day.bad) == (7.0, 7.0, 30, 30)


def test_the_newest_reading_shows_that_its_sensor_is_stuck(
    merged: MergedReadings, store: ReadingStore, said: Said
) -> None:
    store.write([reading(OUTLET, NOON, 7.0), reading(INLET, NOON, 500.0)])
    said.intervals.append(interval(NOON - HOUR, NOON + 1))
    assert {r.series.metric: r.quality for r in merged.latest(Selection())} == {"ph": 3, "cod": 1}


stretches = st.tuples(st.integers(0, 400), st.integers(1, 200), st.sampled_from((3, 4)))


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.tuples(st.integers(0, 500), st.sampled_from((1, 1, 1, 3, 4, 9))), max_size=60),
    later=st.lists(st.integers(0, 500), max_size=5),
    marked=st.lists(stretches, max_size=4),
    width=st.sampled_from((MINUTE, 10 * MINUTE, HOUR_WIDTH, 3 * HOUR_WIDTH)),
)
def test_buckets_are_those_of_the_flagged_readings(
    tmp_path_factory: pytest.TempPathFactory,
    values: list[tuple[int, int]],
    later: list[int],
    marked: list[tuple[int, int, int]],
    width: Millis,
) -> None:
    folder = tmp_path_factory.mktemp("judged")
    said = Said([interval(NOON + a * MINUTE, NOON + (a + b) * MINUTE, flag) for a, b, flag in marked])
    with SqliteReadingStore(folder / "readings.db") as store, SqliteJournal(folder / "journal.db") as journal:
        store.write([reading(OUTLET, NOON + at * MINUTE + 7, float(at), quality) for at, quality in values])
        journal.append([reading(OUTLET, NOON + at * MINUTE + 7, 1000.0 + at) for at in later], nothing())
        merged = MergedReadings(store, journal, said)
        flagged = merged.raw("ipal-outlet", "ph", NOON, NOON + 9 * HOUR)
        assert merged._buckets("ipal-outlet", "ph", NOON, NOON + 9 * HOUR, width) == like(
            summarise_readings(flagged, width)
        )


def like(buckets: list[Bucket]) -> list[object]:
    """Equal but for the rounding of a sum made in another order."""
    return [Near(bucket) for bucket in buckets]


@dataclass(frozen=True)
class Near:
    """Equals a bucket with the same figures."""

    bucket: Bucket

    def __eq__(self, other: object) -> bool:
        mine = self.bucket
        return (
            isinstance(other, Bucket)
            and (mine.time, mine.min, mine.max, mine.count, mine.quality, mine.bad)
            == (other.time, other.min, other.max, other.count, other.quality, other.bad)
            and other.mean == pytest.approx(mine.mean)
        )

    __hash__ = None  # type: ignore[assignment]


def test_intervals_cost_what_they_cover_not_readings_times_intervals() -> None:
    readings = [reading(OUTLET, NOON + second * 1_000) for second in range(30_000)]
    judged = [interval(NOON + second * 1_000, NOON + second * 1_000 + 1) for second in range(0, 30_000, 5)]
    begun = time.process_time()
    found = overlaid(readings, judged)
    assert time.process_time() - begun < 2.0  # each held against each takes ten times as long
    assert [one.quality for one in found[:6]] == [3, 1, 1, 1, 1, 3]
