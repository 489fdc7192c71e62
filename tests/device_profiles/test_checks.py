"""The checks on stored readings: pure, local in time, and slow to accuse."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.catalogue import Catalogue
from device_profiles.checks.gap import gaps_after
from device_profiles.checks.plan import Plan, SpikePlan, plan_of
from device_profiles.checks.rate import too_fast
from device_profiles.checks.rejudge import RATE, SPIKE, STUCK, verdicts
from device_profiles.checks.skew import skew_of
from device_profiles.checks.spike import spikes
from device_profiles.checks.stuck import stuck

SECOND = 1_000
SPIKES = SpikePlan(k=5.0, half=15, floor=0.1, longest=2)
NOISE = np.random.default_rng(7).normal(7.2, 0.02, 200)
TIMES = np.arange(200, dtype=np.int64) * 10 * SECOND


def found(marks: np.ndarray) -> list[int]:
    return [int(at) for at in np.flatnonzero(marks)]


def test_a_value_that_stands_for_the_bound_is_stuck_from_its_first_reading() -> None:
    values = np.concatenate((NOISE[:50], np.full(20, 7.25), NOISE[70:]))
    assert found(stuck(TIMES, values, 190 * SECOND, 60 * SECOND, 2)) == list(range(50, 70))


def test_a_value_that_stands_for_less_is_not_stuck() -> None:
    values = np.concatenate((NOISE[:50], np.full(20, 7.25), NOISE[70:]))
    assert not stuck(TIMES, values, 191 * SECOND, 60 * SECOND, 3).any()


def test_a_silence_ends_the_run_that_could_be_stuck() -> None:
    times = np.array([0, 10, 20, 200, 210, 220], dtype=np.int64) * SECOND
    assert not stuck(times, np.full(6, 7.0), 100 * SECOND, 60 * SECOND, 2).any()


def test_a_lone_reading_far_from_its_neighbours_is_a_spike() -> None:
    values = NOISE.copy()
    values[100] = 9.9
    assert found(spikes(TIMES, values, SPIKES, 60 * SECOND)) == [100]


def test_a_step_is_the_waters_doing_and_no_spike() -> None:
    values = NOISE + np.where(np.arange(200) >= 100, 3.0, 0.0)
    assert not spikes(TIMES, values, SPIKES, 60 * SECOND).any()


def test_a_ramp_is_no_spike() -> None:
    values = NOISE + np.clip(np.arange(200) - 100, 0, 20) * 0.2
    assert not spikes(TIMES, values, SPIKES, 60 * SECOND).any()


def test_an_event_of_several_readings_is_no_spike() -> None:
    values = NOISE.copy()
    values[100:103] = 9.9
    assert not spikes(TIMES, values, SPIKES, 60 * SECOND).any()


def test_a_spike_without_enough_company_is_not_judged_yet() -> None:
    values = NOISE.copy()
    values[190] = 9.9
    assert not spikes(TIMES, values, SPIKES, 60 * SECOND).any()


def test_a_change_faster_than_possible_marks_the_reading_after_it() -> None:
    values = np.array([20.0, 20.1, 31.0, 31.1])
    assert found(too_fast(TIMES[:4], values, 0.5, 60 * SECOND)) == [2]


def test_the_reading_after_a_spike_is_not_blamed_for_it() -> None:
    values = NOISE.copy()
    values[100] = 12.0
    plan = Plan(spacing=60 * SECOND, max_rate=0.1, spike=SPIKES)
    marks = verdicts(plan, TIMES, values, np.ones(200, dtype=np.int64))
    assert (found(marks[SPIKE]), found(marks[RATE])) == ([100], [])


def test_what_was_bad_at_the_door_judges_no_others() -> None:
    values = np.full(200, 7.0)
    values[::2] = -9999.0
    quality = np.where(values < 0, 4, 1)
    marks = verdicts(Plan(spacing=60 * SECOND, max_same=100 * SECOND, decimals=2), TIMES, values, quality)[STUCK]
    assert not (marks & (values < 0)).any()
    assert (marks == (values > 0)).all()


@given(st.lists(st.floats(-20, 20), max_size=80))
def test_checks_never_alter_a_value(numbers: list[float]) -> None:
    values = np.array(numbers)
    times, quality = np.arange(len(values), dtype=np.int64) * 10 * SECOND, np.ones(len(values), dtype=np.int64)
    before = [part.copy() for part in (times, values, quality)]
    plan = Plan(60 * SECOND, None, 50 * SECOND, 0.5, 1, SpikePlan(3.0, 3, 0.1, 2))
    verdicts(plan, times, values, quality)
    assert all(np.array_equal(a, b) for a, b in zip(before, (times, values, quality), strict=True))


@given(st.lists(st.lists(st.integers(0, 500), min_size=1, max_size=8, unique=True), min_size=1, max_size=8))
def test_gaps_do_not_depend_on_the_order_of_arrival(batches: list[list[int]]) -> None:
    ends, gaps = None, []
    for batch in batches:
        ends, gaps = gaps_after(np.array(sorted(batch), dtype=np.int64), ends, gaps, 60)
    every = np.array(sorted({time for batch in batches for time in batch}), dtype=np.int64)
    assert (ends, gaps) == gaps_after(every, None, (), 60)


def test_a_clock_that_is_constantly_behind_is_off_by_so_much() -> None:
    arrivals = [(at * 10_000 - 300_000, at * 10_000 + at % 3) for at in range(10)]
    ahead = skew_of(arrivals, 120_000)
    assert ahead is not None
    assert abs(ahead + 300_001) <= 1


def test_a_batch_that_comes_late_is_no_wrong_clock() -> None:
    arrivals = [(at * 60_000, 10_000_000 + at) for at in range(10)]
    assert skew_of(arrivals, 120_000) is None


def test_messages_in_time_clear_the_clock() -> None:
    assert skew_of([(at * 10_000, at * 10_000 + 900) for at in range(10)], 120_000) == 0


def test_the_house_outlet_looks_for_every_fault_of_its_ph() -> None:
    plan = plan_of(Catalogue.load().get("house-ipal-outlet"), "ph")
    assert (plan.gap, plan.max_same, plan.spike) == (60_000, 7_200_000, SpikePlan(5.0, 15, 0.1, 2))
