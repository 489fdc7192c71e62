"""Evaluators: what they remember survives being written down at any moment, and no reading breaks them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.kinds.finding import BREACH, CLEAR, UNJUDGED, Evaluator, Finding, Place
from alerts.kinds.run_hours import RunHoursEvaluator
from alerts.kinds.table import KINDS, evaluator
from domain.metrics import MetricKind
from domain.reading import GOOD
from domain.rule import Rule
from domain.rule_record import ServiceRecord
from support.alerts_stage import T0, any_rule

WIB = ZoneInfo("Asia/Jakarta")
FLOW = Place(WIB, "m3/h", gap=1_200_000)
TOTAL = Place(WIB, "m3", MetricKind.COUNTER, modulus=65_536, max_rate=1.0)
HOURS = Place(WIB, "h", MetricKind.COUNTER)
RUN = Place(WIB, "1", MetricKind.STATE, gap=1_200_000)
CASES: dict[str, tuple[dict[str, object], Place]] = {
    "limit": ({"kind": "limit", "above": 9.0}, FLOW),
    "mean-hour": ({"kind": "limit", "above": 9.0, "window": "hour", "coverage": 0.1}, FLOW),
    "mean-day": ({"kind": "limit", "above": 9.0, "window": "day", "coverage": 0.01}, FLOW),
    "stuck": ({"kind": "stuck", "after": 900, "tolerance": 0.5}, FLOW),
    "rate": ({"kind": "rate_of_change", "rise": 3.0, "fall": 3.0, "over": 900}, FLOW),
    "quality": ({"kind": "quality", "share": 0.3, "window": 3600, "minimum": 3}, FLOW),
    "volume-flow": ({"kind": "volume", "above": 20.0}, FLOW),
    "volume-forecast": ({"kind": "volume", "above": 100.0, "judge": "forecast"}, FLOW),
    "volume-total": ({"kind": "volume", "above": 20.0}, TOTAL),
    "run-hours": ({"kind": "run_hours", "every": 10.0}, HOURS),
    "run-state": ({"kind": "run_hours", "every": 1.0}, RUN),
    "state": ({"kind": "state", "equals": [0.0]}, RUN),
}
steps = st.tuples(st.integers(-1800, 3600), st.floats(0, 20), st.sampled_from([1, 1, 1, 2, 4]), st.booleans())


def rule_of(case: str) -> tuple[Rule, Place]:
    """A rule of the case, and the series it is for."""
    keys, place = CASES[case]
    return any_rule(**keys), place


def verdict(judge: Evaluator, time: int, value: float, quality: int, received: int) -> object:
    """All it has to say to one reading, and by the clock."""
    said: object = None
    if quality <= 2 or judge.sees_all:
        code = judge.observe(time, value, quality, received)
        said = (code, judge.value if code > UNJUDGED else None)
    return said, judge.due(), judge.fall_due(received)


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=40, deadline=None)
@given(story=st.lists(steps, min_size=1, max_size=40))
def test_written_down_and_taken_up_anywhere_it_says_the_same(
    case: str, story: list[tuple[int, float, int, bool]]
) -> None:
    rule, place = rule_of(case)
    straight, interrupted = evaluator(rule, place), evaluator(rule, place)
    now = T0
    for seconds, value, quality, restarted in story:
        now += abs(seconds) * 1000
        time = now - 1_000_000 if seconds < 0 else now
        if restarted and interrupted.remembers:
            memo = interrupted.memo()
            interrupted = evaluator(rule, place)
            interrupted.restore(memo)
        assert verdict(interrupted, time, value, quality, now) == verdict(straight, time, value, quality, now)


def test_every_kind_has_a_case() -> None:
    assert {keys["kind"] for keys, _ in CASES.values()} == KINDS.keys()


def test_a_volume_of_a_temperature_is_refused() -> None:
    with pytest.raises(ValueError, match="neither a volume nor a flow"):
        evaluator(any_rule(kind="volume", above=1.0), Place(WIB, "Cel"))


def _feed(judge: Evaluator, *readings: tuple[int, float]) -> list[int]:
    return [judge.observe(T0 + at * 1000, value, GOOD, T0 + at * 1000) for at, value in readings]


def test_a_clock_that_was_set_back_blinds_nobody() -> None:
    judge = evaluator(any_rule(kind="stuck", after=60), Place(WIB))
    _feed(judge, (30 * 86_400, 7.0))
    assert _feed(judge, (10, 7.0), (40, 7.0), (80, 7.0))[-1] == BREACH


def test_a_service_in_the_past_counts_from_what_ran_then() -> None:
    judge = RunHoursEvaluator(any_rule(kind="run_hours", every=4.0), HOURS)  # type: ignore[arg-type]
    _feed(judge, (0, 100.0), (7200, 102.0), (14_400, 104.0))
    judge.serviced(ServiceRecord("press-1", T0 + 7_300_000, "budi", "oli"))
    assert (_feed(judge, (18_000, 105.0)), judge.value) == ([CLEAR], 3.0)


@pytest.mark.parametrize("wrong", [0.0, 9999.0])
@pytest.mark.parametrize("place", [0, 1, 2, 3, 4])
def test_a_misread_hour_meter_is_no_service_due(place: int, wrong: float) -> None:
    judge = RunHoursEvaluator(any_rule(kind="run_hours", every=50.0), HOURS)  # type: ignore[arg-type]
    judge.serviced(ServiceRecord("press-1", T0 - 3_600_000, "budi", "oli", 99.0))
    meter = [(n * 3600, 100.0 + n) for n in range(6)]
    meter[place] = (place * 3600, wrong)

    assert (_feed(judge, *meter), judge.value) == ([CLEAR] * 6, 6.0)


def test_an_hour_meter_set_to_zero_after_the_service_goes_on() -> None:
    judge = RunHoursEvaluator(any_rule(kind="run_hours", every=50.0), HOURS)  # type: ignore[arg-type]
    judge.serviced(ServiceRecord("press-1", T0 - 1, "budi", "oli"))
    _feed(judge, (0, 1204.0), (3600, 1205.0), (7200, 0.0), (10_800, 1.0), (14_400, 2.0))

    assert judge.value == 3.0


def test_the_same_service_twice_changes_nothing() -> None:
    judge = RunHoursEvaluator(any_rule(kind="run_hours", every=4.0), HOURS)  # type: ignore[arg-type]
    record = ServiceRecord("press-1", T0 + 1000, "budi", "oli")
    judge.serviced(record)
    _feed(judge, (0, 100.0), (7200, 102.0))
    judge.serviced(record)
    _feed(judge, (14_400, 103.0))
    assert judge.value == 3.0


def test_hours_of_a_half_hour_zone_are_its_own() -> None:
    judge = evaluator(
        any_rule(kind="limit", above=9.0, window="hour", coverage=0.01), Place(ZoneInfo("Asia/Kolkata"))
    )
    _feed(judge, (0, 7.0))  # 05.30 there
    (found,) = judge.fall_due(T0 + 7_200_000)
    assert isinstance(found, Finding)
    assert (found.since, found.time) == (T0 - 1_800_000, T0 + 1_800_000)
