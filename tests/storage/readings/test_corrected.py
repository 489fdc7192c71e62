"""Corrections computed as readings are read: the same whether by reading, by bucket or by day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from domain.calibration import Correction
from domain.reading import FAIL, Reading
from domain.series import Selection
from storage.buckets import summarise_readings
from storage.chunk_store import SqliteReadingStore
from storage.corrected_readings import CorrectedReadings
from storage.journal import SqliteJournal
from storage.readings import MergedReadings
from support.cast import HOUR, NOON, OUTLET, nothing, reading

WIB = ZoneInfo("Asia/Jakarta")
MINUTE = 60_000
STOP = NOON + 2 * HOUR
TODAY = date(2025, 10, 9)
FIRST = Correction("ipal-outlet", "ph", NOON + 20 * MINUTE + 30_000, 0.5, reason="kalibrasi")
SECOND = Correction("ipal-outlet", "ph", NOON + HOUR, -0.2, slope=1.1, reason="kalibrasi")


class Standing:
    """Corrections that stand."""

    def __init__(self, *corrections: Correction) -> None:
        self._all = corrections

    def in_force(self, device: str, metric: str, start: int, stop: int) -> list[Correction]:
        """As the book says it."""
        mine = [one for one in self._all if (one.device, one.metric) == (device, metric) and one.start < stop]
        earlier = [one for one in mine if one.start <= start]
        return earlier[-1:] + [one for one in mine if one.start > start]


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[MergedReadings]:
    """Two hours of pH every ten seconds, some of them bad; half in the store, half in the journal."""
    taken = [
        reading(OUTLET, at, 7 + (at // 10_000 % 60) / 100, FAIL if at % 700_000 == 0 else 1)
        for at in range(NOON, STOP, 10_000)
    ]
    with (
        closing(SqliteJournal(tmp_path / "journal.db")) as journal,
        closing(SqliteReadingStore(tmp_path / "readings.db")) as store,
    ):
        store.write(taken[:400])
        journal.append(taken[400:], nothing())
        yield MergedReadings(store, journal)


@pytest.fixture
def corrected(plain: MergedReadings) -> CorrectedReadings:
    """The same with two corrections, the first of them within a minute."""
    return CorrectedReadings(plain, Standing(FIRST, SECOND))


def by_hand(plain: MergedReadings) -> list[Reading]:
    """What corrected readings must be."""

    def value(one: Reading) -> float:
        assert one.value is not None
        if one.time >= SECOND.start:
            return 1.1 * one.value - 0.2
        return one.value + 0.5 if one.time >= FIRST.start else one.value

    return [replace(one, value=value(one)) for one in plain.raw("ipal-outlet", "ph", NOON, STOP)]


def test_each_reading_carries_its_corrected_value(plain: MergedReadings, corrected: CorrectedReadings) -> None:
    assert corrected.raw("ipal-outlet", "ph", NOON, STOP) == by_hand(plain)


def test_what_is_stored_stays_as_it_came(plain: MergedReadings, corrected: CorrectedReadings) -> None:
    before = plain.raw("ipal-outlet", "ph", NOON, STOP)
    corrected.raw("ipal-outlet", "ph", NOON, STOP)
    assert plain.raw("ipal-outlet", "ph", NOON, STOP) == before


@pytest.mark.parametrize(("points", "width"), [(120, MINUTE), (24, 5 * MINUTE), (2, HOUR)])
def test_buckets_are_those_of_the_corrected_readings(
    plain: MergedReadings, corrected: CorrectedReadings, points: int, width: int
) -> None:
    found = corrected.series("ipal-outlet", "ph", NOON, STOP, points)
    for one, expected in zip(found, summarise_readings(by_hand(plain), width), strict=True):
        assert (one.time, one.count, one.bad) == (expected.time, expected.count, expected.bad)
        assert (one.min, one.mean, one.max) == pytest.approx((expected.min, expected.mean, expected.max))


def test_a_day_is_that_of_the_corrected_readings(plain: MergedReadings, corrected: CorrectedReadings) -> None:
    day = corrected.daily("ipal-outlet", "ph", TODAY, TODAY, WIB, 600_000)[0]
    good = [one.value for one in by_hand(plain) if one.usable and one.value is not None]
    assert (day.min, day.mean, day.max) == pytest.approx((min(good), sum(good) / len(good), max(good)))


def test_the_integral_of_a_day_follows_the_correction(plain: MergedReadings) -> None:
    shifted = CorrectedReadings(plain, Standing(replace(FIRST, start=NOON, offset=1.0)))
    before = plain.daily("ipal-outlet", "ph", TODAY, TODAY, WIB, 600_000)[0]
    after = shifted.daily("ipal-outlet", "ph", TODAY, TODAY, WIB, 600_000)[0]
    assert before.integral is not None
    assert after.integral == pytest.approx(before.integral + before.covered)


def test_the_newest_reading_is_corrected(plain: MergedReadings, corrected: CorrectedReadings) -> None:
    assert corrected.latest(Selection())[0].value == by_hand(plain)[-1].value


def test_without_corrections_everything_is_as_it_came(plain: MergedReadings) -> None:
    none = CorrectedReadings(plain, Standing())
    assert none.series("ipal-outlet", "ph", NOON, STOP, 24) == plain.series("ipal-outlet", "ph", NOON, STOP, 24)
    assert none.daily("ipal-outlet", "ph", TODAY, TODAY, WIB, 600_000) == plain.daily(
        "ipal-outlet", "ph", TODAY, TODAY, WIB, 600_000
    )


def test_days_that_are_asked_backwards_are_none(corrected: CorrectedReadings) -> None:
    assert corrected.daily("ipal-outlet", "ph", TODAY, date(2025, 10, 1), WIB, 600_000) == []
