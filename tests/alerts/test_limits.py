"""The quick look of the engine and the pure step agree; a limit's bounds and deadband mean what they say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.kinds.finding import BAND, BREACH, CLEAR, Finding
from alerts.kinds.machine import Where, step
from alerts.lifecycle import Step
from alerts.limits import bounds, broken, find, worse
from domain.alert import RuleState, RuleStatus
from domain.rule import LimitRule
from support.alerts_stage import limit_rule

OUTLET = Where("batik", "outlet", "ph", "pH")
VALUES = st.floats(min_value=-1e6, max_value=1e6)


def judged(rule: LimitRule, state: RuleState, value: float) -> Step:
    """One value at one second."""
    return step(state, None, OUTLET, Finding(find(rule, value), 1000, value, broken(rule, value)), rule, 2000)


@given(VALUES, st.floats(0, 1))
def test_a_calm_series_within_its_bounds_stays_calm(value: float, deadband: float) -> None:
    rule = limit_rule(above=9.0, below=6.0, deadband=deadband)
    low, high = bounds(rule)
    after = judged(rule, RuleState(rule.id, "outlet", "ph"), value)

    assert (after.state.status is RuleStatus.NORMAL) == (low <= value <= high)
    assert (after.transition is None) == (low <= value <= high)


@given(VALUES)
def test_the_same_reading_twice_is_judged_once(value: float) -> None:
    rule = limit_rule(above=9.0, on_delay=10.0)
    first = judged(rule, RuleState(rule.id, "outlet", "ph"), value)
    again = judged(rule, first.state, value)

    assert again.state == first.state
    assert again.transition is None


def test_between_limit_and_return_level_lies_the_band() -> None:
    rule = limit_rule(above=9.0, below=6.0, deadband=0.5)

    found = [find(rule, value) for value in (5.9, 6.0, 6.4, 6.5, 8.5, 8.6, 9.0, 9.1)]
    assert found == [BREACH, BAND, BAND, CLEAR, CLEAR, BAND, BAND, BREACH]


def test_the_worst_value_is_the_one_furthest_out() -> None:
    rule = limit_rule(above=9.0, below=6.0)

    assert worse(rule, 9.5, 5.0) == 5.0
    assert worse(rule, 5.0, 9.5) == 5.0
    assert worse(rule, None, 9.5) == 9.5


def test_the_broken_bound_is_named() -> None:
    rule = limit_rule(above=9.0, below=6.0)

    assert (broken(rule, 9.5), broken(rule, 5.0)) == (9.0, 6.0)
    assert broken(limit_rule(above=None, below=6.0), 5.0) == 6.0
