"""The checks by the clock: what arrived, exactly once, whatever the order and whatever was killed."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from device_profiles.catalogue import Catalogue
from domain.message import DeadLetter
from domain.quality import QualityChange, QualityInterval
from domain.reading import Millis, Reading, Series
from domain.series import Selection
from service.alerts_role import told_clocks
from service.quality_job import QualityJob, QualityReport
from storage.chunk_store import SqliteReadingStore
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox
from storage.journal import SqliteJournal
from storage.quality_book import SqlQualityBook
from storage.readings import MergedReadings
from storage.registry import SqlRegistry
from support.app import small_installation
from support.cast import NOON, nothing, reading

PH = Series("batik", "ipal-outlet", "ph", "pH", "outlet")
STEP = 10_000
PROFILE = """
name = "quick-probe"
title = { id = "Sonde", en = "Probe" }
[topics.telemetry]
template = "quick/{device}"
interval = 10
grace = 20
[metrics.ph]
name = { id = "pH", en = "pH" }
unit = "pH"
decimals = 1
max_same = 60
max_rate = 0.2
spike = { window = 6, floor = 0.5, longest = 1 }
"""


class KilledHere(Exception):
    """The moment of a kill."""


class DyingBook(SqlQualityBook):
    """Dies right after its commit is durable."""

    def commit(self, change: QualityChange) -> None:
        """Durable, and nobody hears of it."""
        super().commit(change)
        raise KilledHere


class Odd(MergedReadings):
    """Holds readings that no check was made for."""

    def raw(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """Never."""
        raise ZeroDivisionError


@dataclass
class Bench:
    """A journal, a store, a database, and jobs on them."""

    journal: SqliteJournal
    store: SqliteReadingStore
    database: Database
    catalogue: Catalogue

    @property
    def book(self) -> SqlQualityBook:
        return SqlQualityBook(self.database)

    def job(
        self,
        book: SqlQualityBook | None = None,
        slice_rows: int = 20_000,
        readings: MergedReadings | None = None,
    ) -> QualityJob:
        """A job as a program that just started has it."""
        return QualityJob(
            self.journal,
            readings or MergedReadings(self.store, self.journal),
            book or self.book,
            SqlRegistry(self.database),
            lambda: self.catalogue,
            SqlDeadLetterBox(self.database),
            slice_rows=slice_rows,
            slices=1000,
        )

    def arrive(self, readings: Sequence[Reading]) -> None:
        """Readings into the journal."""
        self.journal.append(readings, nothing())

    def run(self) -> QualityReport:
        return self.job().run_once(NOON)

    def said(self, who: str = "") -> list[QualityInterval]:
        """All intervals without their ids."""
        page = self.book.page(None, 10_000, None, None, None, None)
        return sorted(
            (replace(one, id=0) for one in page.items if who in one.who), key=lambda one: (one.who, one.start)
        )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the small installation, whose outlet has the quick profile."""
    folder = tmp_path_factory.mktemp("template")
    with closing(Database(f"sqlite:///{folder / 'pantau.db'}")) as database:
        database.migrate()
        plant = small_installation()
        devices = tuple(
            device.model_copy(update={"profile": "quick-probe"}) if device.id == "ipal-outlet" else device
            for device in plant.devices
        )
        SqlRegistry(database).apply(plant.model_copy(update={"devices": devices}), "test", NOON)
    (folder / "quick-probe.toml").write_text(PROFILE, "utf-8")
    return folder


@pytest.fixture(scope="module")
def catalogue(template: Path) -> Catalogue:
    return Catalogue.load(template)


def opened(stack: ExitStack, folder: Path, template: Path, catalogue: Catalogue) -> Bench:
    shutil.copy(template / "pantau.db", folder / "pantau.db")
    journal = stack.enter_context(SqliteJournal(folder / "journal.db"))
    store = stack.enter_context(SqliteReadingStore(folder / "readings.db"))
    return Bench(
        journal, store, stack.enter_context(closing(Database(f"sqlite:///{folder / 'pantau.db'}"))), catalogue
    )


@pytest.fixture
def bench(tmp_path: Path, template: Path, catalogue: Catalogue) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield opened(stack, tmp_path, template, catalogue)


def moving(count: int, first: Millis = NOON) -> list[Reading]:
    """Values that live: never twice the same, never far apart."""
    values = 7.0 + 0.15 * np.sin(np.arange(count) * 1.3)
    return [reading(PH, first + n * STEP, float(value)) for n, value in enumerate(values)]


def stuck(count: int, first: Millis, value: float = 7.1) -> list[Reading]:
    return [reading(PH, first + n * STEP, value) for n in range(count)]


def test_a_sensor_that_stands_still_is_told_with_times_reason_and_who(bench: Bench) -> None:
    bench.arrive(stuck(10, NOON))
    bench.run()
    assert bench.said() == [
        QualityInterval("ipal-outlet", "ph", NOON, NOON + 9 * STEP + 1, 3, "stuck", "check:stuck")
    ]


def test_what_goes_on_makes_the_interval_longer(bench: Bench) -> None:
    bench.arrive(stuck(10, NOON))
    bench.run()
    bench.arrive(stuck(90, NOON + 10 * STEP))
    bench.run()
    assert [(one.start, one.stop) for one in bench.said()] == [(NOON, NOON + 99 * STEP + 1)]


def test_a_late_reading_that_moved_cuts_the_interval_in_two(bench: Bench) -> None:
    bench.arrive([one for one in stuck(60, NOON) if one.time != NOON + 30 * STEP])
    bench.run()
    before = len(bench.said("stuck"))
    bench.arrive([reading(PH, NOON + 30 * STEP, 7.4)])
    bench.run()
    assert (before, [(one.start, one.stop) for one in bench.said("stuck")]) == (
        1, [(NOON, NOON + 29 * STEP + 1), (NOON + 31 * STEP, NOON + 59 * STEP + 1)],
    )  # fmt: skip


def test_a_spike_is_told_once_its_neighbours_have_come(bench: Bench) -> None:
    readings = moving(40)
    readings[20] = replace(readings[20], value=11.0)
    bench.arrive(readings[:21])
    bench.run()
    early = bench.said("spike")
    bench.arrive(readings[21:])
    bench.run()
    assert early == []
    assert [(one.start, one.reason) for one in bench.said("spike")] == [(NOON + 20 * STEP, "spike")]


def test_a_silence_that_ended_is_a_gap_until_a_late_batch_fills_it(bench: Bench) -> None:
    readings = moving(60)
    bench.arrive(readings[:20] + readings[40:])
    bench.run()
    gap = [(one.start, one.stop, one.flag) for one in bench.said("gap")]
    bench.arrive(readings[20:40])
    bench.run()
    assert gap == [(readings[19].time + 1, readings[40].time, 9)]
    assert bench.said("gap") == []


def test_a_device_that_lives_in_the_past_is_told_as_a_whole(bench: Bench) -> None:
    readings = [replace(one, received_at=one.time + 300_000) for one in moving(30)]
    bench.arrive(readings)
    report = bench.run()
    assert report.clocks == {"ipal-outlet": -300_000}
    assert [(one.metric, one.reason, one.lowers) for one in bench.said("clock")] == [("", "clock_skew", False)]


def test_the_clock_is_well_again_when_messages_come_in_time(bench: Bench) -> None:
    bench.arrive([replace(one, received_at=one.time + 300_000) for one in moving(30)])
    bench.run()
    bench.arrive([replace(one, received_at=one.time + 500) for one in moving(30, NOON + 400_000)])
    assert bench.run().clocks == {}


def test_a_restarted_program_still_knows_whose_clock_is_wrong(bench: Bench) -> None:
    bench.arrive([replace(one, received_at=one.time + 300_000) for one in moving(30)])
    bench.run()
    assert told_clocks(bench.run().clocks) == "clocks: ipal-outlet 300 s behind"


def test_messages_quarantined_for_their_time_are_a_finding(bench: Bench) -> None:
    box = SqlDeadLetterBox(bench.database)
    box.add([DeadLetter("quick/x", b"{}", NOON + n * STEP, "clock", "ahead", "ipal-outlet") for n in range(3)])
    bench.run()
    bench.run()
    assert [(one.start, one.stop) for one in bench.said("clock")] == [(NOON, NOON + 2 * STEP + 1)]


def test_a_series_that_cannot_be_judged_holds_up_no_other(bench: Bench) -> None:
    bench.arrive(stuck(40, NOON))
    bench.job(readings=Odd(bench.store, bench.journal)).run_once(NOON)
    assert bench.journal.cursor("quality") == bench.journal.head()


def test_killed_between_commit_and_cursor_nothing_is_told_twice(bench: Bench) -> None:
    bench.arrive(stuck(20, NOON) + moving(20, NOON + 60 * STEP))
    with pytest.raises(KilledHere):
        bench.job(DyingBook(bench.database)).run_once(NOON)
    told = bench.book.page(None, 100, None, None, None, None)
    assert bench.run().judged == 0
    assert bench.book.page(None, 100, None, None, None, None) == told


def test_readings_that_the_store_holds_by_now_are_seen(bench: Bench) -> None:
    first, then = stuck(5, NOON), stuck(5, NOON + 5 * STEP)
    bench.arrive(first)
    bench.run()
    bench.store.write(first)
    bench.journal.advance("store", bench.journal.head())
    bench.journal.purge(NOON + 86_400_000)
    bench.arrive(then)
    bench.run()
    assert [(one.start, one.stop) for one in bench.said("stuck")] == [(NOON, NOON + 9 * STEP + 1)]


def test_the_same_readings_again_change_nothing(bench: Bench) -> None:
    bench.arrive(stuck(20, NOON))
    bench.run()
    told = bench.book.page(None, 100, None, None, None, None)
    bench.arrive(stuck(20, NOON))
    bench.run()
    assert bench.book.page(None, 100, None, None, None, None) == told


def test_no_value_is_altered_by_being_judged(bench: Bench) -> None:
    bench.arrive(stuck(20, NOON) + moving(20, NOON + 60 * STEP))
    before = bench.journal.tail("ipal-outlet", "ph", 0, 2 * NOON), bench.journal.latest(Selection())
    bench.run()
    assert (bench.journal.tail("ipal-outlet", "ph", 0, 2 * NOON), bench.journal.latest(Selection())) == before


VALUES = st.lists(
    st.tuples(
        st.sampled_from((7.0, 7.0, 7.0, 7.0, 7.1, 7.6, 11.0)), st.sampled_from((10, 10, 10, 10, 10, 25, 31, 900))
    ),
    min_size=1,
    max_size=120,
)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), told=VALUES, slice_rows=st.sampled_from((1, 7, 1000)))
def test_the_order_of_arrival_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    template: Path,
    catalogue: Catalogue,
    data: st.DataObject,
    told: list[tuple[float, int]],
    slice_rows: int,
) -> None:
    times = NOON + 1000 * np.cumsum([wait for _, wait in told])
    readings = [reading(PH, int(time), value) for time, (value, _) in zip(times, told, strict=True)]
    shuffled = data.draw(st.permutations(readings))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(readings)), max_size=5)))
    found = []
    for batches, rows in (([readings], 20_000), (_cut(shuffled, cuts), slice_rows)):
        with ExitStack() as stack:
            bench = opened(stack, tmp_path_factory.mktemp("order"), template, catalogue)
            for batch in batches:
                bench.arrive(batch)
                bench.job(slice_rows=rows).run_once(NOON)
            found.append([one for one in bench.said() if "clock" not in one.who])
    assert found[0] == found[1]


def _cut(readings: list[Reading], cuts: list[int]) -> list[list[Reading]]:
    edges = [0, *cuts, len(readings)]
    return [readings[a:b] for a, b in itertools.pairwise(edges) if b > a]
