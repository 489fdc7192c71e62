"""Loads and m3 per ton are of days that carry them: enough of the day, and both figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.report_measured import Judgement
from domain.report_period import PeriodKind, period_of
from domain.report_records import LabResult, Operator, ProductionDay
from domain.report_water import Load, LoadBasis
from support.report_scene import HOUR, POINT, Scene

FIRST = date(2026, 10, 1)
D5 = date(2026, 10, 5)
OCTOBER = period_of(PeriodKind.MONTH, "2026-10")


def load_of(scene: Scene, metric: str, basis: LoadBasis) -> Load:
    """The one of a parameter."""
    (found,) = [one for one in scene.report().loads if (one.metric, one.basis) == (metric, basis)]
    return found


def flowing(scene: Scene, days: int, hours: int = 24) -> None:
    """1 m3/h on the first days of October."""
    for n in range(days):
        scene.measured("flow_rate", FIRST + timedelta(n), 0, [1.0] * 60 * hours)


def noted(scene: Scene, days: int, tons: float, first: date = FIRST) -> None:
    """So many tons on each."""
    scene.produced.noted = [ProductionDay(first + timedelta(n), tons) for n in range(days)]


@pytest.mark.parametrize(("flow_hours", "cod_hours"), [(1, 24), (24, 1)])
def test_a_part_of_a_day_is_no_load_of_the_day(scene: Scene, flow_hours: int, cod_hours: int) -> None:
    scene.measured("flow_rate", D5, 0, [10.0] * 60 * flow_hours)
    scene.measured("cod", D5, 0, [100.0] * 60 * cod_hours)
    found = load_of(scene, "cod", LoadBasis.SENSOR)

    assert (found.kilograms, found.days_computed, found.days_thin) == (None, 0, 1)


def test_water_of_a_silence_is_no_load_of_the_day_it_was_read(scene: Scene) -> None:
    scene.measured("flow_total", D5, 0, [n * 0.1 for n in range(1440)])
    scene.measured("flow_total", date(2026, 10, 8), 0, [432 + n * 0.1 for n in range(1440)])
    scene.measured("cod", date(2026, 10, 8), 0, [100.0] * 1440)

    assert load_of(scene, "cod", LoadBasis.SENSOR).kilograms == pytest.approx(14.39)


@pytest.mark.parametrize(
    ("results", "operator", "mean"),
    [
        ([(Operator.ABOVE, 100), (Operator.EQUAL, 20)], Operator.ABOVE, 60),
        ([(Operator.ABOVE, 100), (Operator.BELOW, 4)], Operator.ABOVE, 50),
        ([(Operator.BELOW, 4), (Operator.EQUAL, 20)], Operator.BELOW, 12),
        ([(Operator.EQUAL, 10), (Operator.EQUAL, 20)], Operator.EQUAL, 15),
    ],
)
def test_a_laboratory_load_is_the_bound_that_its_results_are(
    scene: Scene, results: list[tuple[Operator, float]], operator: Operator, mean: float
) -> None:
    flowing(scene, 31)
    scene.books.lab = [LabResult(f"l{n}", POINT, "bod", sign, x, "mg/L", D5) for n, (sign, x) in enumerate(results)]
    found = load_of(scene, "bod", LoadBasis.LABORATORY)

    assert found.operator is operator
    assert found.kilograms == pytest.approx(mean * 744 / 1000, rel=1e-3)


def test_a_laboratory_load_a_day_is_of_days_that_were_metered(scene: Scene) -> None:
    flowing(scene, 2)
    scene.measured("flow_rate", D5, 8 * HOUR, [1.0] * 60)
    scene.books.lab = [LabResult("l", POINT, "bod", Operator.EQUAL, 50.0, "mg/L", D5)]
    found = load_of(scene, "bod", LoadBasis.LABORATORY)

    assert (found.per_day, found.days_thin) == (pytest.approx(1.2, rel=1e-2), 1)


def test_tons_of_one_day_are_put_beside_the_water_of_that_day(scene: Scene) -> None:
    flowing(scene, 31)
    noted(scene, 1, 0.3, D5)
    product = scene.report().product

    assert product.volume_per_ton == pytest.approx(80, rel=1e-3)
    assert (product.days_both, product.judgement) == (1, Judgement.WITHIN)


def test_water_of_three_days_is_put_beside_the_tons_of_those_days(scene: Scene) -> None:
    flowing(scene, 3)
    noted(scene, 31, 0.2)
    product = scene.report().product

    assert product.volume_per_ton == pytest.approx(120, rel=1e-3)
    assert (product.days_both, product.judgement) == (3, Judgement.BEYOND)


def test_a_part_of_the_water_of_those_days_is_not_called_within(scene: Scene) -> None:
    flowing(scene, 3, hours=8)
    noted(scene, 31, 0.2)

    assert scene.report().product.judgement is Judgement.UNDECIDED
