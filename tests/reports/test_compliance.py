"""What a report says of months that are not as they should be."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import Invalid, NotFound
from domain.registry import Limit, LimitSet
from domain.report_measured import GapCause, Judgement, Parameter
from domain.report_period import PeriodKind, midnight, period_of
from domain.report_records import LabResult, Operator, ProductionDay
from domain.report_water import VolumeMethod
from domain.text import Text
from reports.compliance import last_day, point_of
from reports.table import Printer
from reports.warnings import warnings
from support.report_month import play
from support.report_scene import DAY, HOUR, MINUTE, POINT, TEXTILE, Scene, plant

OCTOBER = period_of(PeriodKind.MONTH, "2026-10")
DAY_5 = period_of(PeriodKind.DAY, "2026-10-05")
D5 = date(2026, 10, 5)


def ph(scene: Scene, period: object = DAY_5) -> Parameter:
    """The pH of the report of 5 October."""
    report = scene.report(period)  # type: ignore[arg-type]
    return next(one for one in report.parameters if one.metric == "ph")


def test_a_month_without_data_has_every_day_and_no_figure(scene: Scene) -> None:
    report = scene.report()
    found = next(one for one in report.parameters if one.metric == "ph")

    assert len(found.days) == 31
    assert all(day.mean is None and day.judgement is Judgement.NOT_MEASURED for day in found.days)
    assert (report.volume.total, report.volume.days_measured, report.versions.readings) == (None, 0, 0)


def test_the_gap_of_a_month_without_data_is_one(scene: Scene) -> None:
    found = ph(scene, OCTOBER).completeness
    assert found is not None
    (gap,) = found.gaps

    assert (gap.cause, gap.slots, gap.stop - gap.start) == (GapCause.NOBODY_HEARD, 31 * 720, 31 * DAY)


def test_one_reading_is_one_slot(scene: Scene) -> None:
    scene.measured("ph", D5, 8 * HOUR, [7.25])
    found = ph(scene)

    assert (found.min, found.mean, found.max, found.good) == (7.25, 7.25, 7.25, 1)
    assert found.completeness is not None
    assert (found.completeness.valid, found.completeness.expected) == (1, 720)


def test_one_reading_of_flow_is_no_volume(scene: Scene) -> None:
    scene.measured("flow_rate", D5, 8 * HOUR, [2.0])
    assert scene.report(DAY_5).volume.total is None


def test_missing_values_never_become_figures(scene: Scene) -> None:
    scene.measured("ph", D5, 8 * HOUR, [None] * 60, quality=9, reason="no_value")
    found = ph(scene)

    assert (found.mean, found.good, found.bad) == (None, 0, 60)
    assert found.completeness is not None
    assert ("bad_quality", "no_value", 30) in {(t.cause.value, t.reason, t.slots) for t in found.completeness.totals}


def test_bad_readings_are_counted_and_left_out(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 720)
    scene.measured("ph", D5, 12 * HOUR, [13.9] * 720, quality=4, reason="out_of_range")
    found = ph(scene)

    assert (found.max, found.good, found.bad, found.beyond, found.episodes) == (7.0, 720, 720, 0, 0)


def test_the_daily_mean_is_the_mean_of_hourly_means(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [7.0] * 60)
    scene.measured("ph", D5, HOUR, [8.0] * 10)

    assert ph(scene).mean == 7.5


@pytest.mark.parametrize(("value", "beyond"), [(9.0, 0), (9.01, 60), (6.0, 0), (5.99, 60)])
def test_at_the_limit_is_within_it(scene: Scene, value: float, beyond: int) -> None:
    scene.measured("ph", D5, 0, [value] * 60)
    found = ph(scene)

    assert found.beyond == beyond
    assert found.days[0].judgement is (Judgement.BEYOND if beyond else Judgement.TOO_LITTLE_DATA)  # half an hour


def test_readings_on_both_sides_of_a_limit_within_a_minute_are_told_apart(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [8.9, 9.1, 9.2, 8.8, 8.7, 8.9], every=10_000)
    assert ph(scene).beyond == 2


def test_exceedances_ten_minutes_apart_are_one(scene: Scene) -> None:
    scene.measured("ph", D5, 0, [9.5] * 4 + [7.0] * 10 + [9.5] * 4 + [7.0] * 14 + [9.5] * 4)
    first, second = [e for e in scene.report(DAY_5).episodes if e.metric == "ph"]

    assert (first.stop - first.start, second.stop - second.start) == (18 * MINUTE, 4 * MINUTE)


def test_an_exceedance_across_midnight_is_one(scene: Scene) -> None:
    scene.measured("ph", D5, 23 * HOUR + 30 * MINUTE, [9.5] * 60)
    (episode,) = scene.report(OCTOBER).episodes

    assert episode.stop - episode.start == HOUR


def test_an_exceedance_that_goes_on_says_so(scene: Scene) -> None:
    scene.measured("ph", D5, 23 * HOUR, [9.5] * 60)
    (episode,) = scene.report(DAY_5).episodes

    assert episode.open


def test_an_exceedance_without_flow_has_no_volume(scene: Scene) -> None:
    scene.measured("ph", D5, HOUR, [9.5] * 60)
    (episode,) = scene.report(DAY_5).episodes

    assert (episode.volume, episode.volume_covered) == (None, 0.0)


def gap_in_limits() -> tuple[LimitSet, LimitSet]:
    """One set until 10 October, a stricter one from 21 October on."""
    name = Text(id="Izin", en="Permit")
    early = LimitSet(id="old", name=name, source="izin lama", valid_from=date(2020, 1, 1),
                     valid_until=date(2026, 10, 10),
                     limits=(Limit(metric="ph", unit="pH", min=6, max=9),))  # fmt: skip
    late = LimitSet(id="new", name=name, source="izin baru", valid_from=date(2026, 10, 21),
                    limits=(Limit(metric="ph", unit="pH", min=6, max=8),))  # fmt: skip
    return late, early


@pytest.fixture
def changed(made: object) -> Scene:
    """pH 8.5 all month, the limit sets changing with a gap between them."""
    scene: Scene = made(plant(*gap_in_limits(), earlier=("old",)))  # type: ignore[operator]
    for day in OCTOBER.days:
        scene.measured("ph", day, 0, [8.5] * 12, every=2 * HOUR)
    return scene


def test_each_day_is_judged_by_the_set_of_that_day(changed: Scene) -> None:
    words = [day.judgement for day in ph(changed, OCTOBER).days]

    assert set(words[:10]) == {Judgement.TOO_LITTLE_DATA}
    assert set(words[10:20]) == {Judgement.NO_LIMIT_SET}
    assert set(words[20:]) == {Judgement.BEYOND}


def test_the_days_without_a_limit_set_are_named(changed: Scene) -> None:
    (gap,) = changed.report().without_limits
    assert (gap.first, gap.last) == (date(2026, 10, 11), date(2026, 10, 20))


def test_days_without_a_limit_set_do_not_make_too_little_data(changed: Scene) -> None:
    for day in OCTOBER.days:
        changed.measured("ph", day, 0, [7.0] * 1440)
    said = warnings(changed.report(), Printer("id", "Asia/Jakarta"))

    assert ph(changed, OCTOBER).judgement is Judgement.WITHIN
    assert any(text.startswith("Dinilai 21 dari 31 hari. Pada 10 hari tidak ada baku mutu") for text in said)


def test_the_sets_are_named_with_the_days_they_were_used_for(changed: Scene) -> None:
    used = [(one.id, one.first.day, one.last.day) for one in changed.report().limit_sets]
    assert used == [("old", 1, 10), ("new", 21, 31)]


def test_a_limit_in_another_unit_is_not_judged(made: object) -> None:
    other = TEXTILE.model_copy(update={"limits": (Limit(metric="cod", unit="g/L", max=0.15),)})
    scene: Scene = made(plant(other))  # type: ignore[operator]
    scene.measured("cod", D5, 0, [200.0])
    found = next(one for one in scene.report(DAY_5).parameters if one.metric == "cod")

    assert found.judgement is Judgement.UNIT_DIFFERS


def test_a_limited_parameter_nobody_measures_is_named(made: object) -> None:
    other = TEXTILE.model_copy(update={"limits": (Limit(metric="tss", unit="mg/L", max=50),)})
    found = made(plant(other)).report(DAY_5).parameters  # type: ignore[operator]

    assert [(one.metric, one.device, one.judgement) for one in found if one.metric == "tss"] == [
        ("tss", None, Judgement.NOT_MEASURED)
    ]


@pytest.mark.parametrize(("day", "slots"), [("2026-03-29", 690), ("2026-10-25", 750), ("2026-10-05", 720)])
def test_a_day_with_a_clock_change_has_its_own_slots(made: object, day: str, slots: int) -> None:
    scene: Scene = made(plant(timezone="Europe/Berlin"))  # type: ignore[operator]
    found = ph(scene, period_of(PeriodKind.DAY, day)).completeness

    assert found is not None
    assert found.expected == slots


def test_a_reading_before_midnight_utc_belongs_to_the_local_year(scene: Scene) -> None:
    scene.measured("ph", date(2027, 1, 1), 0, [7.0])  # 31 December 17.00 UTC
    december, january = period_of(PeriodKind.MONTH, "2026-12"), period_of(PeriodKind.MONTH, "2027-01")

    assert (ph(scene, december).good, ph(scene, january).good) == (0, 1)


def test_a_totaliser_counts_through_a_silence(scene: Scene) -> None:
    scene.measured("flow_total", D5, 0, [100.0])
    scene.measured("flow_total", D5, 23 * HOUR, [124.0])
    (day,) = scene.report(DAY_5).volume.days

    assert (day.volume, day.method) == (24.0, VolumeMethod.TOTALISER)


def test_what_was_counted_over_a_silent_midnight_is_told(scene: Scene) -> None:
    scene.measured("flow_total", D5, 20 * HOUR, [100.0, 101.0])
    scene.measured("flow_total", date(2026, 10, 6), 4 * HOUR, [109.0, 110.0])
    volume = scene.report(OCTOBER).volume
    sixth = volume.days[5]

    assert (sixth.volume, sixth.carried) == (1.0, 8.0)
    assert (volume.total, volume.carried) == (10.0, 8.0)


def test_a_misread_digit_of_a_totaliser_is_not_volume(scene: Scene) -> None:
    scene.measured("flow_total", D5, 0, [100.0, 101.0, 10.2, 103.0, 104.0])
    (day,) = scene.report(DAY_5).volume.days

    assert (day.volume, day.resets) == (4.0, 0)


def test_a_flow_is_not_integrated_over_a_silence(scene: Scene) -> None:
    scene.measured("flow_rate", D5, 0, [2.0] * 61)
    scene.measured("flow_rate", D5, 10 * HOUR, [2.0] * 61)
    (day,) = scene.report(DAY_5).volume.days

    assert (day.volume, day.method) == (4.0, VolumeMethod.INTEGRAL)
    assert day.covered == pytest.approx(2 / 24, abs=1e-6)


def test_the_flow_of_midnight_is_shared_between_its_days(scene: Scene) -> None:
    scene.measured("flow_rate", D5, 23 * HOUR, [6.0] * 120)
    days = scene.report(OCTOBER).volume.days

    assert sum(day.volume or 0.0 for day in days) == pytest.approx(6.0 * 119 / 60, abs=1e-5)


def test_no_load_without_a_volume(scene: Scene) -> None:
    scene.measured("cod", D5, 0, [100.0] * 60)
    (load,) = [one for one in scene.report(DAY_5).loads if one.metric == "cod"]

    assert (load.kilograms, load.days_computed) == (None, 0)


def test_effluent_per_ton_is_judged_where_the_month_was_measured(scene: Scene) -> None:
    scene.measured("flow_total", D5, 0, [100.0] + [124.0] * 1439)
    scene.produced.noted = [ProductionDay(D5, 0.2)]
    product = scene.report(DAY_5).product

    assert (product.volume_per_ton, product.max, product.judgement) == (120.0, 100.0, Judgement.BEYOND)


def test_effluent_per_ton_of_a_part_of_the_water_is_not_called_within(scene: Scene) -> None:
    scene.measured("flow_total", D5, 0, [100.0, 101.0])
    scene.produced.noted = [ProductionDay(D5, 0.2)]

    assert scene.report(DAY_5).product.judgement is Judgement.UNDECIDED


@pytest.mark.parametrize(
    ("operator", "number", "word"),
    [
        (Operator.EQUAL, 60.0, Judgement.WITHIN),
        (Operator.EQUAL, 60.1, Judgement.BEYOND),
        (Operator.BELOW, 0.0033, Judgement.WITHIN),
        (Operator.BELOW, 100.0, Judgement.UNDECIDED),
        (Operator.ABOVE, 100.0, Judgement.BEYOND),
        (Operator.ABOVE, 10.0, Judgement.UNDECIDED),
    ],
)
def test_a_laboratory_result_is_judged_with_its_sign(
    scene: Scene, operator: Operator, number: float, word: Judgement
) -> None:
    scene.books.lab = [LabResult("l", POINT, "bod", operator, number, "mg/L", D5)]
    (line,) = scene.report(DAY_5).laboratory.lines

    assert line.judgement is word


def test_a_laboratory_parameter_without_a_result_is_named(scene: Scene) -> None:
    assert [one.metric for one in scene.report(DAY_5).laboratory.missing] == ["bod"]


def test_a_period_that_is_not_over_is_counted_up_to_yesterday(scene: Scene) -> None:
    (site,) = scene.registered.now.sites
    now = midnight(date(2026, 10, 20), scene.zone) + 6 * HOUR

    assert last_day(OCTOBER, site, now) == date(2026, 10, 19)


def test_a_period_that_has_not_begun_is_refused(scene: Scene) -> None:
    (site,) = scene.registered.now.sites
    with pytest.raises(Invalid, match="no day of 2026-10 is over"):
        last_day(OCTOBER, site, midnight(date(2026, 10, 1), scene.zone) + HOUR)


def test_a_site_without_a_compliance_point_is_told(scene: Scene) -> None:
    with pytest.raises(NotFound, match="no site alas-kaki"):
        point_of(scene.registered.now, "alas-kaki", None)


@pytest.mark.influx
def test_both_stores_give_the_same_report(scene: Scene, influx_scene: Scene) -> None:
    for one in (scene, influx_scene):
        play(one, days=14)

    assert influx_scene.report() == scene.report()
