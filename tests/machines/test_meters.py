"""Hour meters and cycle counters: no single reading is believed against the rest, and no hour is longer than one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from device_profiles.catalogue import Catalogue
from domain.counters import Tally
from domain.machine import RunSource
from domain.metrics import MetricInfo, MetricKind
from domain.reading import GOOD, Millis, Reading, Series
from domain.rule_record import ServiceRecord
from domain.shift import Shift, window
from domain.text import Text
from reports.machines.hours import hours_since
from reports.machines.reading import Machine, machine_shifts
from storage.chunk_store import SqliteReadingStore
from storage.journal import SqliteJournal
from storage.readings import MergedReadings

WIB = ZoneInfo("Asia/Jakarta")
NAME = Text(id="uji", en="test")
FRIDAY = date(2026, 11, 20)
MINUTE, DAY = 60_000, 1440


def shift(name: str, start: int, end: int) -> Shift:
    return Shift(id=name, site="alas-kaki", name=NAME, start=time(start), end=time(end))


EARLY, LATE = shift("pagi", 6, 7), shift("siang", 7, 10)


def press(metric: str, unit: str, decimals: int) -> Machine:
    info = MetricInfo(metric, unit, NAME, MetricKind.COUNTER, decimals=decimals)
    return Machine("press-1", "line-3", RunSource(patience=90), {metric: info})


class Stored:
    """A store, and the moment the early shift begins."""

    def __init__(self, query: MergedReadings, store: SqliteReadingStore) -> None:
        self.query, self._store = query, store
        found = window(EARLY, WIB, FRIDAY)
        assert found is not None
        self.start: Millis = found.start

    def write(self, metric: str, values: list[float]) -> Millis:
        """One a minute; the moment after the last."""
        series = Series("alas-kaki", "press-1", metric, "1", "line-3")
        self._store.write([Reading(series, self.start + n * MINUTE, value, GOOD) for n, value in enumerate(values)])
        return self.start + len(values) * MINUTE


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Stored]:
    with (
        closing(SqliteJournal(tmp_path / "journal.db")) as journal,
        closing(SqliteReadingStore(tmp_path / "readings.db")) as store,
    ):
        journal.append([], Tally())
        yield Stored(MergedReadings(store, journal), store)


@pytest.mark.parametrize("wrong", [0.0, 9e6])
@pytest.mark.parametrize("place", [58, 59, 60, 61, 90])
def test_a_misread_at_the_edge_of_a_shift_is_no_cycles(stored: Stored, place: int, wrong: float) -> None:
    values = [48_000.0 + n for n in range(240)]
    values[place] = wrong
    stop = stored.write("cycle_count", values)
    shifts = machine_shifts(
        stored.query, press("cycle_count", "1", 0), [EARLY, LATE], WIB, stored.start, stop, now=stop
    )
    first, second = (one.cycles or 0.0 for one in shifts)

    assert first == pytest.approx(59, abs=1)
    assert second == pytest.approx(180, abs=2)


def test_hours_are_hours_whatever_unit_the_meter_counts_in(stored: Stored) -> None:
    stop = stored.write("run_hours", [1000.0 + n for n in range(240)])
    (early, _) = machine_shifts(
        stored.query, press("run_hours", "min", 0), [EARLY, LATE], WIB, stored.start, stop, now=stop
    )
    assert early.run_hours == pytest.approx(59 / 60)


RUNNING = [1000 + n / 60 for n in range(5 * DAY)]


def at(place: int, value: float) -> list[float]:
    """Five days of an hour meter with one misread."""
    return [*RUNNING[:place], value, *RUNNING[place + 1 :]]


@pytest.mark.parametrize(
    "values",
    [RUNNING, at(3000, 9999.0), at(3000, 0.0), at(3, 0.0), at(3, 9999.0), at(0, 0.0), at(0, 9999.0), at(1, 0.0)],
    ids=[
        "none",
        "high",
        "zero",
        "zero at the beginning",
        "high at the beginning",
        "first zero",
        "first high",
        "second",
    ],
)
def test_one_misread_is_no_hours_since_the_service(stored: Stored, values: list[float]) -> None:
    now = stored.write("run_hours", values)
    service = ServiceRecord("press-1", stored.start - 1, "budi", "oli")

    assert hours_since(stored.query, press("run_hours", "h", 2), service, now) == pytest.approx(120, abs=0.05)


def test_a_meter_set_to_zero_after_the_service_goes_on(stored: Stored) -> None:
    now = stored.write("run_hours", [*(1204.5 + n / 60 for n in range(10)), *(n / 60 for n in range(20 * DAY))])
    service = ServiceRecord("press-1", stored.start - 1, "budi", "oli")

    assert hours_since(stored.query, press("run_hours", "h", 2), service, now) == pytest.approx(480.2, abs=0.1)


@pytest.mark.parametrize(
    ("profile", "metric", "most"),
    [
        ("house-flow-meter", "flow_total", 100 / 3600),
        ("house-cutting-press", "run_hours", 1 / 3600),
        ("house-cutting-press", "cycle_count", None),
    ],
)
def test_a_counter_counts_no_faster_than_its_instrument(profile: str, metric: str, most: float | None) -> None:
    infos = {one.metric: one for one in Catalogue.load().profile(profile).metrics}
    assert infos[metric].max_rate == (None if most is None else pytest.approx(most))
