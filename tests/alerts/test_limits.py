"""The quick look of the engine and the pure step agree; a limit's bounds and deadband mean what they say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.limits import Finding, bounds, broken, find, step, worse
from domain.alert import RuleState, RuleStatus
from domain.reading import Series
from support.alerts_stage import limit_rule

SERIES = Series("batik", "outlet", "ph", "pH", "outlet")
VALUES = st.floats(min_value=-1e6, max_value=1e6)


@given(VALUES, st.floats(0, 1))
def test_a_calm_series_within_its_bounds_stays_calm(value: float, deadband: float) -> None:
    rule = limit_rule(above=9.0, below=6.0, deadband=deadband)
    low, high = bounds(rule)
    after = step(RuleState(rule.id, "outlet", "ph"), None, SERIES, 1000, value, rule, 2000)

    assert (after.state.status is RuleStatus.NORMAL) == (low <= value <= high)
    assert (after.transition is None) == (low <= value <= high)


@given(VALUES)
def test_the_same_reading_twice_is_judged_once(value: float) -> None:
    rule = limit_rule(above=9.0, on_delay=10.0)
    first = step(RuleState(rule.id, "outlet", "ph"), None, SERIES, 1000, value, rule, 2000)
    again = step(first.state, first.alert, SERIES, 1000, value, rule, 3000)

    assert again.state == first.state
    assert again.transition is None


def test_between_limit_and_return_level_lies_the_band() -> None:
    rule = limit_rule(above=9.0, below=6.0, deadband=0.5)

    found = [find(rule, value) for value in (5.9, 6.0, 6.4, 6.5, 8.5, 8.6, 9.0, 9.1)]
    assert found == [
        Finding.BREACH, Finding.BAND, Finding.BAND, Finding.CLEAR, Finding.CLEAR, Finding.BAND, Finding.BAND,
        Finding.BREACH,
    ]  # fmt: skip


def test_the_worst_value_is_the_one_furthest_out() -> None:
    rule = limit_rule(above=9.0, below=6.0)

    assert worse(rule, 9.5, 5.0) == 5.0
    assert worse(rule, 5.0, 9.5) == 5.0
    assert worse(rule, None, 9.5) == 9.5


def test_the_broken_bound_is_named() -> None:
    rule = limit_rule(above=9.0, below=6.0)

    assert (broken(rule, 9.5), broken(rule, 5.0)) == (9.0, 6.0)
    assert broken(limit_rule(above=None, below=6.0), 5.0) == 6.0
