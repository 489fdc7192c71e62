"""What a correction makes of a sensor's values: usual, unusual, impossible."""

from __future__ import annotations

import pytest

from domain.calibration import Correction
from domain.correction_reach import Reach, reach_of, require_reach
from domain.errors import Conflict, Invalid
from domain.metrics import MetricInfo
from domain.text import Text

PH = MetricInfo("ph", "pH", Text(id="pH", en="pH"), low=0, high=14)
FLOW = MetricInfo("flow_rate", "m3/h", Text(id="Debit", en="Flow"), low=0, high=100)
SEVEN = (6.9, 7.0, 7.1)


def correction(offset: float, slope: float = 1.0) -> Correction:
    """From some moment on."""
    return Correction("outlet", "ph", 0, offset, slope, "buffer 7")


@pytest.mark.parametrize(("offset", "slope", "info", "means", "reach"), [
    (-0.15, 1, PH, SEVEN, Reach.USUAL), (-0.15, 1, PH, (), Reach.USUAL), (1.3, 1, PH, SEVEN, Reach.USUAL),
    (1.5, 1, PH, SEVEN, Reach.UNUSUAL), (-3, 1, PH, (), Reach.UNUSUAL), (0, 3.6, FLOW, (10, 12), Reach.UNUSUAL),
    (99_999_999_999, 1, PH, SEVEN, Reach.IMPOSSIBLE), (99_999_999_999, 1, PH, (), Reach.IMPOSSIBLE),
    (0, 2.5, PH, SEVEN, Reach.IMPOSSIBLE), (-15, 1, PH, (), Reach.IMPOSSIBLE),
    (7, 1, PH, (3, 8, 9), Reach.IMPOSSIBLE),
])  # fmt: skip
def test_the_values_say_how_far_a_correction_reaches(
    offset: float, slope: float, info: MetricInfo, means: tuple[float, ...], reach: Reach
) -> None:
    assert reach_of(correction(offset, slope), info, means) is reach


def test_a_metric_without_a_range_is_not_judged() -> None:
    assert reach_of(correction(1e11), MetricInfo("x", "1", Text(id="x", en="x")), ()) is Reach.USUAL


def test_an_impossible_one_is_refused_even_where_it_is_meant() -> None:
    with pytest.raises(Invalid, match="outside 0 to 14"):
        require_reach(correction(1e11), PH, SEVEN, meant=True)


def test_an_unusual_one_is_asked_about() -> None:
    with pytest.raises(Conflict, match="even_if_unusual"):
        require_reach(correction(3), PH, SEVEN, meant=False)
    require_reach(correction(3), PH, SEVEN, meant=True)
