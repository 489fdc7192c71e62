"""Water is counted once: by one source a day, across silences, misread digits, new meters and edges of periods."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.alert import Alert
from domain.calibration import Correction
from domain.ports import Page
from domain.reading import Reading, Series
from domain.registry import Device
from domain.report_measured import Judgement
from domain.report_period import Period, PeriodKind, midnight, period_of
from domain.report_water import Volume, VolumeMethod
from reports.daily_summary import DailySummaries
from reports.plant_figures import SensedPlant
from support.report_month import play
from support.report_scene import DAY, HOUR, MINUTE, OUTLET, Scene, plant

FIRST = date(2026, 10, 1)
OCTOBER = period_of(PeriodKind.MONTH, "2026-10")
SEPTEMBER = period_of(PeriodKind.MONTH, "2026-09")
SECOND_HALF = period_of(PeriodKind.SEMESTER, "2026-S2")
DAY_5 = period_of(PeriodKind.DAY, "2026-10-05")
D5 = date(2026, 10, 5)
GROWING = [20_000 + n * 0.1 for n in range(2880)]
"""0.1 m3 a minute over two days: 144 m3 a day."""


def volume(scene: Scene, period: Period = OCTOBER) -> Volume:
    """That of a report."""
    return scene.report(period).volume


def test_a_day_without_totaliser_is_not_counted_once_more_by_the_totaliser_of_the_next(scene: Scene) -> None:
    for n in range(31):
        scene.measured("flow_rate", FIRST + timedelta(n), 0, [1.0] * 1440)
        if n != 12:
            scene.measured("flow_total", FIRST + timedelta(n), 0, [n * 24 + at / 60 for at in range(1440)])
    found = volume(scene)

    assert found.total == pytest.approx(31 * 24 - 1 / 60, abs=1e-5)
    assert found.days[12].method is VolumeMethod.INTEGRAL
    assert found.days[13].volume == pytest.approx(24, abs=0.02)


def test_the_month_of_the_scene_holds_its_water_once(scene: Scene) -> None:
    play(scene)
    start = midnight(FIRST, scene.zone)
    flow = scene.store.raw("debit-outlet", "flow_rate", start, start + 31 * DAY)
    poured = sum(reading.value or 0.0 for reading in flow) / 120

    assert volume(scene).total == pytest.approx(poured, rel=1e-3)


@pytest.mark.parametrize("wrong", [0.0, 9e5])
@pytest.mark.parametrize("place", [0, 1, 700, 1438, 1439, 1440, 1441, 2000])
def test_one_misread_wherever_it_stands_is_no_water(scene: Scene, wrong: float, place: int) -> None:
    values = list(GROWING)
    values[place] = wrong
    scene.measured("flow_total", D5, 0, values)
    found = volume(scene)

    assert found.total == pytest.approx(287.9, abs=0.11)
    assert [day.volume for day in found.days[4:6]] == [pytest.approx(144, abs=0.3)] * 2


def test_a_misread_before_the_edge_of_a_month_is_no_water(scene: Scene) -> None:
    values = list(GROWING)
    values[1439] = 0.0
    scene.measured("flow_total", date(2026, 9, 30), 0, values)

    assert volume(scene).days[0].volume == pytest.approx(144, abs=0.11)
    assert volume(scene, SEPTEMBER).days[29].volume == pytest.approx(144, abs=0.21)


@pytest.mark.parametrize("other", [99_000.0, 3.0])
def test_a_new_meter_is_a_step_and_no_water(scene: Scene, other: float) -> None:
    scene.measured("flow_total", D5, 0, [500 + n * 0.1 for n in range(700)] + [other + n * 0.1 for n in range(740)])
    day = volume(scene).days[4]

    assert day.volume == pytest.approx(143.8, abs=0.11)
    assert day.resets == 1


@pytest.mark.parametrize("readings", [1, 120])
def test_a_late_totaliser_does_not_hide_the_flow(scene: Scene, readings: int) -> None:
    scene.measured("flow_rate", D5, 0, [2.0] * 1440)
    scene.measured("flow_total", D5, 24 * HOUR - readings * MINUTE, [100 + n / 30 for n in range(readings)])
    found = volume(scene, DAY_5)

    assert found.total == pytest.approx(48, abs=0.1)
    assert found.days[0].method is VolumeMethod.INTEGRAL


def test_a_totaliser_that_covers_as_much_goes_before_the_flow(scene: Scene) -> None:
    scene.measured("flow_rate", D5, 0, [2.0] * 1440)
    scene.measured("flow_total", D5, 4 * MINUTE, [100 + n / 10 for n in range(1432)])

    assert volume(scene, DAY_5).days[0].method is VolumeMethod.TOTALISER


def test_water_of_a_silence_belongs_to_no_day_but_to_the_period(scene: Scene) -> None:
    scene.measured("flow_total", D5, 0, GROWING[:1440])
    scene.measured("flow_total", date(2026, 10, 8), 0, [value + 432 for value in GROWING[:1440]])
    found = volume(scene)
    days = {day.day.day: day.volume for day in found.days if day.volume is not None}

    assert days == pytest.approx({5: 143.9, 8: 143.9})
    assert (found.total, found.carried) == pytest.approx((575.9, 288.1))
    assert found.days[7].carried == found.carried


def test_months_on_both_sides_of_a_silence_add_up_to_their_half_year(scene: Scene) -> None:
    scene.measured("flow_total", date(2026, 9, 30), 18 * HOUR, [1000.0])
    scene.measured("flow_total", FIRST, 6 * HOUR, [1010 + n * 0.1 for n in range(100)])
    months = [volume(scene, one).total or 0.0 for one in (SEPTEMBER, OCTOBER)]

    assert months == [0.0, pytest.approx(19.9)]
    assert volume(scene, SECOND_HALF).total == pytest.approx(sum(months))


def test_months_on_both_sides_of_a_silent_totaliser_share_the_flow(scene: Scene) -> None:
    scene.measured("flow_total", date(2026, 9, 29), 0, [n / 60 for n in range(1440)])
    scene.measured("flow_total", date(2026, 10, 2), 0, [72 + n / 60 for n in range(1440)])
    for n in range(4):
        scene.measured("flow_rate", date(2026, 9, 29) + timedelta(n), 0, [1.0] * 1440)

    assert (volume(scene).total or 0.0) + (volume(scene, SEPTEMBER).total or 0.0) == pytest.approx(96, abs=0.05)
    assert volume(scene, SECOND_HALF).total == pytest.approx(96, abs=0.05)


def with_interval(scene: Scene, seconds: float) -> None:
    """The meter speaks so often."""
    known = scene.registered._profiles
    metrics = tuple(replace(one, interval=seconds) for one in known["meter"].metrics)
    known["meter"] = replace(known["meter"], metrics=metrics)


def test_a_meter_that_speaks_each_quarter_of_an_hour_is_integrated(scene: Scene) -> None:
    with_interval(scene, 900)
    scene.measured("flow_rate", D5, 0, [4.0] * 96, every=15 * MINUTE)

    assert volume(scene, DAY_5).total == pytest.approx(95, abs=0.1)


# ── several meters ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two(made: Any) -> Scene:
    """A point whose meter was replaced."""
    before = plant()
    new = Device(id="debit-baru", site="batik", stage="outlet", profile="meter", name=OUTLET)
    (point,) = before.compliance_points
    both = point.model_copy(update={"devices": (*point.devices, "debit-baru")})
    scene: Scene = made(before.model_copy(update={"devices": (*before.devices, new), "compliance_points": (both,)}))
    return scene


@pytest.fixture
def two_analysers(made: Any) -> Scene:
    """A point whose analyser was replaced."""
    before = plant()
    new = Device(id="ipal-baru", site="batik", stage="outlet", profile="analyser", name=OUTLET)
    (point,) = before.compliance_points
    both = point.model_copy(update={"devices": (*point.devices, "ipal-baru")})
    scene: Scene = made(before.model_copy(update={"devices": (*before.devices, new), "compliance_points": (both,)}))
    return scene


def counted_by(scene: Scene, device: str, day: date, start: int, values: list[float]) -> None:
    """Readings of one of several totalisers."""
    series = Series("batik", device, "flow_total", "m3", "outlet")
    first = midnight(day, scene.zone) + start
    scene.store.write([Reading(series, first + n * MINUTE, value) for n, value in enumerate(values)])


def test_meters_that_follow_each_other_are_joined(two: Scene) -> None:
    for n in range(31):
        name = "debit-outlet" if n < 15 else "debit-baru"
        counted_by(two, name, FIRST + timedelta(n), 0, [n * 1000 + at * 0.01 for at in range(1440)])
    found = volume(two)

    assert (found.days_measured, found.covered, found.devices) == (31, 1.0, ("debit-outlet", "debit-baru"))
    assert found.total == pytest.approx(31 * 14.39)


def test_of_two_meters_of_one_day_the_one_that_covers_more_counts(two: Scene) -> None:
    counted_by(two, "debit-outlet", D5, 0, [n * 0.1 for n in range(600)])
    counted_by(two, "debit-baru", D5, 0, [n * 0.1 for n in range(1440)])
    (day,) = volume(two, DAY_5).days

    assert day.device == "debit-baru"
    assert day.volume == pytest.approx(143.9)


def test_analysers_that_follow_each_other_are_judged_together(two_analysers: Scene) -> None:
    for n in range(31):
        series = Series("batik", "ipal-outlet" if n < 15 else "ipal-baru", "cod", "mg/L", "outlet")
        start = midnight(FIRST + timedelta(n), two_analysers.zone)
        two_analysers.store.write([Reading(series, start + at * MINUTE, 100.0) for at in range(1440)])
    found = [one for one in two_analysers.report().parameters if one.metric == "cod"]

    assert [(one.judgement, one.days_judged) for one in found] == [(Judgement.WITHIN, 31)] * 2
    assert found[0].joined == ("ipal-outlet", "ipal-baru")


def test_what_one_of_two_analysers_found_beyond_stays_beyond(two_analysers: Scene) -> None:
    for n in range(31):
        series = Series("batik", "ipal-outlet" if n < 15 else "ipal-baru", "cod", "mg/L", "outlet")
        start = midnight(FIRST + timedelta(n), two_analysers.zone)
        two_analysers.store.write(
            [Reading(series, start + at * MINUTE, 160.0 if n == 3 else 100.0) for at in range(1440)]
        )
    found = [one for one in two_analysers.report().parameters if one.metric == "cod"]

    assert [one.judgement for one in found] == [Judgement.BEYOND, Judgement.TOO_LITTLE_DATA]


def test_water_that_another_meter_counted_is_not_carried(two: Scene) -> None:
    counted_by(two, "debit-outlet", D5, 0, GROWING[:1440])
    counted_by(two, "debit-baru", date(2026, 10, 6), 0, GROWING[:1440])
    counted_by(two, "debit-outlet", date(2026, 10, 7), 0, [value + 288 for value in GROWING[:1440]])

    assert volume(two).total == pytest.approx(3 * 143.9, abs=0.2)


# ── any meter ───────────────────────────────────────────────────────────────────────────────────

silences = st.lists(st.tuples(st.integers(0, 4 * 1440), st.integers(1, 1800)), max_size=5)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lost=silences, seed=st.integers(0, 99), days=st.integers(1, 4))
def test_days_and_what_was_carried_add_up_to_the_growth_of_the_meter(
    made: Any, lost: list[tuple[int, int]], seed: int, days: int
) -> None:
    scene: Scene = made()
    chance, values = random.Random(seed), [0.0]
    for _ in range(days * 1440 - 1):
        values.append(round(values[-1] + chance.uniform(0, 0.05), 2))
    kept = without(values, lost)
    write(scene, "flow_total", kept)
    found = volume(scene)

    assert (found.total or 0.0) == pytest.approx(kept[-1][1] - kept[0][1] if kept else 0.0, abs=1e-5)
    assert all(day.carried >= 0 and 0 <= day.covered <= 1 for day in found.days)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lost=silences, flow_lost=silences, days=st.integers(1, 4))
def test_with_two_sources_no_water_is_counted_twice(
    made: Any, lost: list[tuple[int, int]], flow_lost: list[tuple[int, int]], days: int
) -> None:
    scene: Scene = made()
    write(scene, "flow_total", without([n / 60 for n in range(days * 1440)], lost))
    write(scene, "flow_rate", without([1.0] * (days * 1440), flow_lost))
    found = volume(scene)

    assert (found.total or 0.0) <= 24 * days + 1e-3
    assert all((day.volume or 0.0) <= 24 + 0.2 for day in found.days)


def without(values: list[float], lost: list[tuple[int, int]]) -> list[tuple[int, float]]:
    """(minute, value) of what was not lost."""
    rows = list(enumerate(values))
    return [(n, v) for n, v in rows if not any(start <= n < start + length for start, length in lost)]


def write(scene: Scene, metric: str, rows: list[tuple[int, float]]) -> None:
    """From 5 October on."""
    start = midnight(D5, scene.zone)
    series = Series("batik", "debit-outlet", metric, {"flow_total": "m3", "flow_rate": "m3/h"}[metric], "outlet")
    scene.store.write([Reading(series, start + n * MINUTE, value) for n, value in rows])


# ── the same figure everywhere ──────────────────────────────────────────────────────────────────


class Quiet:
    """An alert book without alerts."""

    def page(self, *_: object) -> Page[Alert]:
        return Page([])


def elsewhere(scene: Scene) -> tuple[float | None, float | None]:
    """The volume of 5 October in the daily summary and in the water balance."""
    registry: Any = scene.registered
    alerts: Any = Quiet()
    production: Any = scene.produced
    installation = registry.installation()
    summary = DailySummaries(registry, registry, scene._readings, alerts).of(installation, installation.sites[0], D5)
    (water,) = SensedPlant(registry, registry, scene._readings, production).water("batik", D5, D5)
    return summary.volumes[0].volume, water.outlet.volume if water.outlet else None


def test_totaliser_and_flow_give_one_figure_everywhere(scene: Scene) -> None:
    scene.measured("flow_total", D5, 0, [n * 0.1 for n in range(1440)])
    scene.measured("flow_rate", D5, 0, [6.0] * 700)

    assert {volume(scene, DAY_5).total, *elsewhere(scene)} == {143.9}


def test_readings_too_far_apart_are_no_volume_anywhere(scene: Scene) -> None:
    scene.measured("flow_rate", D5, 0, [5.0] * 120, every=12 * MINUTE)

    assert {volume(scene, DAY_5).total, *elsewhere(scene)} == {None}


def test_a_correction_of_a_totaliser_is_told_as_not_used(scene: Scene) -> None:
    scene.measured("flow_total", D5, 0, [n * 0.1 for n in range(1440)])
    start = midnight(D5, scene.zone) + 12 * HOUR
    scene.corrections.add("k1", Correction("debit-outlet", "flow_total", start, 50.0, reason="alat diganti"))
    (used,) = scene.report(DAY_5).corrections.used

    assert used.ignored
