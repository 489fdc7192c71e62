"""What a page may say of values, sites and machines."""

from __future__ import annotations

import pytest

from dashboard.effluent import Because, Condition, judge, judge_machines
from dashboard.machines import counted, state_now
from dashboard.measurement import Measurement, Standing, standing
from dashboard.plan import Bound
from domain.alert import Alert, AlertState, Priority
from domain.machine import MachineSpan, RunSignal, RunSource
from domain.reading import FAIL, GOOD, MISSING, SUSPECT, Reading, Series
from domain.registry import Device, DeviceStatus
from domain.series import Bucket, MachineState
from domain.text import Text
from support.app import NOON

MINUTE = 60_000
PH = Series("batik", "ipal-outlet", "ph", "pH", "outlet")
LAW = Bound(6.0, 9.0, Text(id="Baku mutu", en="Limits"), "PermenLH 12/2025")


def reading(value: float | None, quality: int = GOOD, age: int = 0) -> Reading:
    return Reading(PH, NOON - age, value, quality)


def measured(stands: Standing) -> Measurement:
    return Measurement(PH, None, reading(7.0), (LAW,), stands, MINUTE)


def alert(priority: Priority, *, metric: str = "ph", active: bool = True, kind: str = "limit") -> Alert:
    return Alert(
        "a",
        "batik",
        "ipal-outlet",
        metric,
        "pH",
        "r",
        kind,
        priority,
        AlertState.UNACKNOWLEDGED,
        active,
        NOON,
        9.7,
        9.0,
    )


@pytest.mark.parametrize(
    ("newest", "stands"),
    [
        (None, Standing.NEVER),
        (reading(7.2), Standing.WITHIN),
        (reading(6.0), Standing.WITHIN),
        (reading(9.0), Standing.WITHIN),
        (reading(9.01), Standing.OUTSIDE),
        (reading(5.99), Standing.OUTSIDE),
        (reading(9.7, SUSPECT), Standing.BAD),
        (reading(7.2, FAIL), Standing.BAD),
        (reading(None, MISSING), Standing.BAD),
        (reading(7.2, age=2 * MINUTE), Standing.STALE),
        (reading(9.7, age=2 * MINUTE), Standing.STALE),
    ],
)
def test_a_value_stands_as_its_age_quality_and_limit_say(newest: Reading | None, stands: Standing) -> None:
    assert standing(newest, [LAW], MINUTE, NOON) is stands


def test_rules_of_the_house_are_printed_as_one_range() -> None:
    name = Text(id="Level", en="Level")
    bounds = (Bound(10.0, None, name), Bound(None, 95.0, name), Bound(None, 90.0, name))
    held = Measurement(PH, None, reading(62.0), bounds, Standing.WITHIN, MINUTE).held_to
    assert held is not None
    assert (held.low, held.high) == (10.0, 90.0)


def test_a_value_without_a_limit_is_only_a_value() -> None:
    assert standing(reading(7.2), [], MINUTE, NOON) is Standing.FREE


def test_all_within_and_no_alert_is_safe() -> None:
    assert judge([measured(Standing.WITHIN)], []).condition is Condition.SAFE


def test_one_value_over_its_limit_is_danger() -> None:
    verdict = judge([measured(Standing.WITHIN), measured(Standing.OUTSIDE)], [])
    assert (verdict.condition, verdict.because) == (Condition.DANGER, Because.OVER_LIMIT)


def test_an_alert_on_a_legal_limit_is_danger_even_when_the_value_is_back_for_a_moment() -> None:
    assert judge([measured(Standing.WITHIN)], [alert(Priority.MEDIUM)]).condition is Condition.DANGER


def test_an_alert_of_the_house_is_a_warning() -> None:
    assert judge([measured(Standing.WITHIN)], [alert(Priority.HIGH, metric="level")]).condition is Condition.WATCH


def test_a_critical_alert_of_the_house_is_danger() -> None:
    verdict = judge([measured(Standing.WITHIN)], [alert(Priority.CRITICAL, metric="level")])
    assert verdict.condition is Condition.DANGER


def test_an_alert_that_is_over_disturbs_nobody() -> None:
    assert judge([measured(Standing.WITHIN)], [alert(Priority.HIGH, active=False)]).condition is Condition.SAFE


@pytest.mark.parametrize("stands", [Standing.STALE, Standing.BAD, Standing.NEVER])
def test_a_value_that_cannot_be_judged_is_never_safe(stands: Standing) -> None:
    assert judge([measured(Standing.WITHIN), measured(stands)], []).condition is Condition.WATCH


def test_nothing_to_judge_is_not_judged() -> None:
    assert judge([measured(Standing.STALE)], []).condition is Condition.UNKNOWN


def test_a_site_without_limits_is_not_judged() -> None:
    assert judge([], []).because is Because.NO_LIMITS


def test_a_line_without_any_signal_is_not_judged() -> None:
    assert judge_machines(3, 3, []).condition is Condition.UNKNOWN


def test_one_silent_machine_is_a_warning() -> None:
    assert judge_machines(3, 1, []).condition is Condition.WATCH


# ── machines ──


def press(status: DeviceStatus = DeviceStatus.IN_SERVICE) -> Device:
    name = Text(id="Press 1", en="Press 1")
    return Device(id="press-1", site="alas-kaki", stage="line-3", profile="p", name=name, status=status)


RUN = RunSource(patience=60)
POWER = RunSource(signal=RunSignal.POWER, metric="power", on=1.0, off=0.4)


def heard(value: float | None, age: int = 0, quality: int = GOOD) -> Reading:
    return Reading(
        Series("alas-kaki", "press-1", "run", "1", "line-3"), NOON - age * 1000, value, quality, None, NOON
    )


def lasting(state: MachineState) -> list[MachineSpan]:
    return [MachineSpan(NOON - MINUTE, NOON, state)]


@pytest.mark.parametrize("state", list(MachineState))
def test_a_machine_does_what_its_newest_span_tells(state: MachineState) -> None:
    assert state_now(press(), POWER, lasting(state), heard(1.0), NOON).state is state


def test_a_machine_that_was_never_heard_is_without_a_signal() -> None:
    assert state_now(press(), RUN, [], None, NOON).state is MachineState.NOT_AVAILABLE


@pytest.mark.parametrize(
    ("source", "newest", "state"),
    [
        (RUN, heard(1.0), MachineState.EXECUTING),
        (RUN, heard(0.0), MachineState.NOT_EXECUTING),
        (RUN, heard(1.0, age=60), MachineState.NOT_AVAILABLE),
        (RUN, heard(1.0, quality=FAIL), MachineState.NOT_AVAILABLE),
        (RUN, None, MachineState.NOT_AVAILABLE),
        (POWER, heard(5.0), MachineState.NOT_AVAILABLE),
    ],
)
def test_while_nothing_can_be_read_only_a_fresh_good_run_bit_tells(
    source: RunSource, newest: Reading | None, state: MachineState
) -> None:
    assert state_now(press(), source, None, newest, NOON).state is state


def test_a_machine_out_of_service_is_that_whatever_it_says() -> None:
    out = press(DeviceStatus.OUT_OF_SERVICE)
    assert state_now(out, RUN, lasting(MachineState.EXECUTING), heard(1.0), NOON).state is MachineState.OUT_OF_SERVICE


def bucket(low: float | None, high: float | None, quality: int = GOOD) -> Bucket:
    return Bucket(0, low, high, high, 1, quality)


@pytest.mark.parametrize(
    ("buckets", "total"),
    [
        ([], None),
        ([bucket(None, None, MISSING)], None),
        ([bucket(100, 110), bucket(111, 130)], 30),
        ([bucket(100, 110), bucket(0, 12)], 22),
        ([bucket(100, 110), bucket(0, 118), bucket(5, 20)], 38),
        ([bucket(100, 110), bucket(999_999, 999_999, FAIL), bucket(111, 115)], 15),
        ([bucket(7, 7), bucket(7, 7)], 0),
    ],
)
def test_cycles_are_counted_over_resets_and_never_from_bad_data(buckets: list[Bucket], total: float | None) -> None:
    assert counted(buckets) == total
