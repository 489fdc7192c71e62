"""Figures of a report beside the same figures worked out from raw rows by a plain script."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from domain.report import ComplianceReport
from domain.report_measured import Parameter
from domain.report_period import midnight
from domain.report_records import Operator
from support.report_month import play
from support.report_scene import DAY, HOUR, Scene


def _plain() -> ModuleType:
    place = Path(__file__).with_name("recompute.py")
    spec = importlib.util.spec_from_file_location("recompute", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


plain: Any = _plain()


class Month:
    """The report and the rows it was made from."""

    def __init__(self, scene: Scene) -> None:
        play(scene)
        self.report: ComplianceReport = scene.report()
        self.start = midnight(date(2026, 10, 1), scene.zone)
        self.stop = self.start + 31 * DAY
        self._store = scene.store

    def rows(self, device: str, metric: str) -> list[tuple[int, float | None, int]]:
        found = self._store.raw(device, metric, self.start - HOUR, self.stop)
        calibrated = (self.start + 14 * DAY + 9 * HOUR, self.start + 14 * DAY + 9 * HOUR + HOUR // 2)
        held = metric == "ph"
        return [
            (r.time, r.value, 3 if held and calibrated[0] <= r.time < calibrated[1] else r.quality) for r in found
        ]

    def parameter(self, metric: str) -> Parameter:
        return next(one for one in self.report.parameters if one.metric == metric)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from storage.chunk_store import SqliteReadingStore
    from storage.journal import SqliteJournal

    folder = tmp_path_factory.mktemp("month")
    with SqliteReadingStore(folder / "r.db") as store, SqliteJournal(folder / "j.db") as journal:
        yield Month(Scene(store, journal))


def test_1_the_mean_of_a_day(month: Month) -> None:
    expected = plain.day_mean(month.rows("ipal-outlet", "ph"), month.start + 4 * DAY)
    assert month.parameter("ph").days[4].mean == pytest.approx(expected, abs=1e-6)


def test_2_the_mean_of_the_month(month: Month) -> None:
    expected = plain.month_mean(month.rows("ipal-outlet", "cod"), month.start, 31)
    assert month.parameter("cod").mean == pytest.approx(expected, abs=1e-6)


def test_3_the_extremes_of_the_month(month: Month) -> None:
    ph = month.parameter("ph")
    assert (ph.min, ph.max) == plain.extremes(month.rows("ipal-outlet", "ph"), month.start, month.stop)


def test_4_the_readings_beyond_the_limit(month: Month) -> None:
    rows = month.rows("ipal-outlet", "cod")
    assert month.parameter("cod").beyond == plain.beyond(rows, month.start, month.stop, float("-inf"), 150.0)


def test_5_the_slots_with_good_readings(month: Month) -> None:
    found = month.parameter("ph").completeness
    assert found is not None
    assert found.valid == plain.valid_slots(month.rows("ipal-outlet", "ph"), month.start, month.stop)


def test_6_the_volume_of_a_day_by_totaliser(month: Month) -> None:
    rows = month.rows("debit-outlet", "flow_total")
    day = month.start + 3 * DAY
    before = plain.good(rows, day - HOUR, day)[-1][1]
    assert month.report.volume.days[3].volume == pytest.approx(plain.counted(rows, before, day, day + DAY), abs=1e-6)


def test_7_the_volume_of_the_day_the_totaliser_was_set_back(month: Month) -> None:
    rows = month.rows("debit-outlet", "flow_total")
    day = month.start + 10 * DAY
    before = plain.good(rows, day - HOUR, day)[-1][1]
    found = month.report.volume.days[10]
    assert (found.resets, found.volume) == (1, pytest.approx(plain.counted(rows, before, day, day + DAY), abs=1e-6))


def test_the_volume_of_the_month_is_what_was_poured(month: Month) -> None:
    expected = plain.poured(month.rows("debit-outlet", "flow_rate"), month.start, month.stop, 30_000)
    assert month.report.volume.total == pytest.approx(expected, rel=1e-3)


def test_the_days_and_what_was_carried_are_the_month(month: Month) -> None:
    found = month.report.volume
    days = sum(day.volume or 0.0 for day in found.days)
    assert found.total == pytest.approx(days + found.carried, abs=1e-5)


def test_8_the_longest_gap(month: Month) -> None:
    found = month.parameter("cod").completeness
    assert found is not None
    longest = max(found.gaps, key=lambda gap: gap.slots)
    expected = plain.longest_empty(month.rows("ipal-outlet", "cod"), month.start, month.stop)
    assert (longest.start, longest.slots) == expected


def test_9_the_exceedance_of_ph(month: Month) -> None:
    (episode,) = [one for one in month.report.episodes if one.metric == "ph"]
    expected = plain.first_exceedance(month.rows("ipal-outlet", "ph"), month.start, month.stop, 9.0)
    assert (episode.start, episode.stop, episode.peak) == expected


def test_10_the_load_of_a_day(month: Month) -> None:
    concentration = plain.day_mean(month.rows("ipal-outlet", "cod"), month.start + 3 * DAY)
    rows, day = month.rows("debit-outlet", "flow_total"), month.start + 3 * DAY
    volume = plain.counted(rows, plain.good(rows, day - HOUR, day)[-1][1], day, day + DAY)
    load = next(one for one in month.report.loads if (one.metric, one.basis) == ("cod", "sensor"))

    assert load.days[3].kilograms == pytest.approx(concentration * volume / 1000, abs=1e-6)
    assert load.days[3].per_ton == pytest.approx(concentration * volume / 1000 / 0.2, abs=1e-5)


def test_a_day_without_totaliser_falls_back_to_the_flow(month: Month) -> None:
    rows = [
        r for r in month.rows("debit-outlet", "flow_rate") if month.start + 12 * DAY <= r[0] < month.start + 13 * DAY
    ]
    day = month.report.volume.days[12]

    assert day.method == "integral"
    assert day.volume == pytest.approx(sum(value or 0.0 for _, value, _ in rows) / 120, rel=1e-3)


def test_the_volume_of_an_exceedance_is_what_flowed_meanwhile(month: Month) -> None:
    (episode,) = [one for one in month.report.episodes if one.metric == "ph"]
    rows = month.rows("debit-outlet", "flow_rate")
    expected = sum(v for _, v in plain.good(rows, episode.start, episode.stop)) / 120

    assert episode.volume_covered == 1.0
    assert episode.volume == pytest.approx(expected, rel=0.01)


def test_an_exceedance_carries_what_people_found_out(month: Month) -> None:
    (episode,) = [one for one in month.report.episodes if one.metric == "ph"]

    assert episode.cause == "dosing kapur berlebih"
    assert episode.response == "dosing dikurangi; dosing dicek (teknisi)"
    assert (episode.found_late, episode.acknowledged_by) == (False, "teknisi")


def test_gaps_carry_their_causes(month: Month) -> None:
    ph, cod = month.parameter("ph").completeness, month.parameter("cod").completeness
    assert ph is not None
    assert cod is not None

    causes = {(t.cause.value, t.slots) for t in ph.totals}
    assert causes == {("power_cut", 120), ("pause", 30), ("calibration", 15)}
    assert [(t.cause.value, t.reason, t.slots) for t in cod.totals] == [("bad_quality", "stuck", 60)]


def test_a_laboratory_bound_gives_a_load_that_is_a_bound(month: Month) -> None:
    load = next(one for one in month.report.loads if (one.metric, one.basis) == ("cod", "laboratory"))
    total = month.report.volume.total
    assert total is not None

    assert load.operator is Operator.BELOW
    assert load.kilograms == pytest.approx(4.0 * total / 1000, abs=1e-6)
