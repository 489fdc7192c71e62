"""What is kept is judged: a figure at its limit is within it, whatever floats make of its sum."""

from __future__ import annotations

import io
import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from domain.registry import Limit, LimitSet
from domain.report_measured import Judgement, Parameter
from domain.report_period import PeriodKind, period_of
from domain.text import Text
from reports.formats import FORMATS
from reports.kept import edges, rounded
from reports.table import Printer
from support.report_scene import DAY, Scene, plant

DAY_5 = date(2026, 10, 5)
LIMITS = (0.1, 0.3, 0.6, 0.7, 1.1, 2.3, 4.4, 8.1, 0.04, 0.002, 4e-7)
figures = st.decimals(min_value="0.001", max_value="100000", places=6).map(float)


def judged_at(scene: Scene, limit: float, values: list[float], every: int) -> Parameter:
    """The day of a COD limited to `limit`."""
    held = LimitSet(
        id="x", name=Text(id="x", en="x"), source="Pertek", valid_from=date(2025, 1, 1),
        limits=(Limit(metric="cod", unit="mg/L", max=limit),),
    )  # fmt: skip
    scene.registered.now = plant(held)
    scene.measured("cod", DAY_5, 0, list(values), every=every)
    report = scene.report(period_of(PeriodKind.DAY, "2026-10-05"))
    return next(one for one in report.parameters if one.metric == "cod")


@pytest.mark.parametrize("limit", LIMITS)
def test_readings_that_all_equal_the_limit_are_within_it(scene: Scene, limit: float) -> None:
    found = judged_at(scene, limit, [limit] * (DAY // 15_000), 15_000)
    assert (found.judgement, found.beyond, found.episodes, found.days_beyond) == (Judgement.WITHIN, 0, 0, 0)


def test_a_millionth_above_the_limit_is_beyond_it(scene: Scene) -> None:
    assert judged_at(scene, 0.3, [0.300001] * 1440, 60_000).judgement is Judgement.BEYOND


@given(figures, st.integers(1, 3000))
def test_the_mean_of_equal_readings_is_never_beyond_themselves(limit: float, count: int) -> None:
    bounds = edges(limit, limit)
    assert not bounds.beyond(sum([limit] * count) / count)


@given(figures)
def test_an_edge_is_the_last_figure_that_is_kept_as_the_limit(limit: float) -> None:
    high = edges(None, limit).high
    assert rounded(high) == limit
    assert rounded(math.nextafter(high, math.inf)) != limit


@given(figures, st.floats(-1e9, 1e9))
def test_what_is_kept_and_what_is_judged_agree(limit: float, value: float) -> None:
    kept = rounded(value)
    assert kept is not None
    assert edges(None, limit).beyond(value) == (kept > limit)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_figure_no_float_can_hold_is_no_figure(value: float) -> None:
    assert rounded(value) is None


def test_a_ratio_of_a_hundred_is_within_a_hundred() -> None:
    assert 0.9 / 0.009 > 100  # what floats make of it
    assert not edges(None, 100.0).beyond(0.9 / 0.009)


def test_a_figure_above_its_limit_is_not_printed_as_the_limit(scene: Scene) -> None:
    judged_at(scene, 0.3, [0.304] * 1440, 60_000)
    report = scene.report(period_of(PeriodKind.DAY, "2026-10-05"))
    rows = FORMATS["csv"](report, "id").decode("utf-8-sig").splitlines()
    (row,) = (row for row in rows if row.startswith("COD;mg/L;≤ 0,3"))
    assert row.startswith("COD;mg/L;≤ 0,3;0,304;0,304;0,304;")


@pytest.mark.parametrize(
    ("valid", "said"),
    [(22319, "99,9"), (22320, "100,0"), (1, "< 0,1"), (0, "0,0"), (11160, "50,0"), (86, "0,4"), (151, "0,7")],
)
def test_a_share_is_never_rounded_up_to_all_nor_down_to_nothing(valid: int, said: str) -> None:
    assert Printer("id", "Asia/Jakarta").share(valid / 22320) == f"{said} %"


def test_every_format_rounds_a_share_alike(scene: Scene) -> None:
    scene.measured("ph", DAY_5, 0, [7.0] * 1438)
    report = scene.report(period_of(PeriodKind.DAY, "2026-10-05"))
    book = load_workbook(io.BytesIO(FORMATS["xlsx"](report, "id")))
    shares = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row if "%" in cell.number_format}
    csv = FORMATS["csv"](report, "id").decode("utf-8-sig")

    assert 0.999 in shares
    assert ";99,9" in csv
    assert ";100,0" not in csv
