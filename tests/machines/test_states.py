"""What a machine did, out of what it said: seconds after T, one letter for a state."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.machine import MachineSpan, RunSignal, RunSource
from domain.series import MachineState
from reports.machines.states import joined, spans, taken_out

LETTER = {
    MachineState.EXECUTING: "E",
    MachineState.NOT_EXECUTING: "N",
    MachineState.NOT_AVAILABLE: "?",
    MachineState.OUT_OF_SERVICE: "O",
}
RUN = RunSource(patience=30)
POWER = RunSource(signal=RunSignal.POWER, metric="power", on=1.0, off=0.4, patience=30)
CYCLES = RunSource(signal=RunSignal.CYCLES, metric="cycle_count", idle=25, patience=30)


def told(found: list[MachineSpan]) -> list[str]:
    return [f"{s.start // 1000}-{s.stop // 1000} {LETTER[s.state]}" for s in found]


def over(source: RunSource, *samples: tuple[int, float], start: int = 0, stop: int = 100) -> list[str]:
    return told(spans([(at * 1000, value) for at, value in samples], source, start * 1000, stop * 1000))


def test_without_a_word_nothing_is_known() -> None:
    assert over(RUN) == ["0-100 ?"]


def test_a_run_bit_holds_until_the_next_reading() -> None:
    assert over(RUN, (0, 1), (20, 1), (40, 0), (60, 0), (80, 1)) == ["0-40 E", "40-80 N", "80-100 E"]


def test_silence_longer_than_its_patience_is_a_state_of_its_own() -> None:
    assert over(RUN, (0, 1), (70, 0), stop=90) == ["0-30 E", "30-70 ?", "70-90 N"]


def test_the_last_word_holds_no_longer_than_patience() -> None:
    assert over(RUN, (0, 1), stop=90) == ["0-30 E", "30-90 ?"]


def test_a_reading_before_the_stretch_tells_what_holds_at_its_start() -> None:
    assert over(RUN, (-10, 1), (10, 0), stop=30) == ["0-10 E", "10-30 N"]


def test_power_between_off_and_on_goes_on_as_it_was() -> None:
    assert over(POWER, (0, 0.3), (20, 1.2), (40, 0.7), (60, 0.3), (80, 0.7)) == ["0-20 N", "20-60 E", "60-100 N"]


def test_power_between_off_and_on_of_which_nothing_was_known_before_stays_unknown() -> None:
    assert over(POWER, (0, 0.7), (20, 0.7), (40, 1.2), stop=50) == ["0-40 ?", "40-50 E"]


def test_power_between_off_and_on_after_a_silence_does_not_go_on_as_it_was() -> None:
    assert over(POWER, (0, 1.2), (50, 0.7), (70, 0.3), stop=90) == ["0-30 E", "30-70 ?", "70-90 N"]


def test_cycles_that_come_within_idle_are_one_run() -> None:
    samples = [(0, 5.0), (20, 6.0), (40, 6.0), (60, 7.0), (80, 7.0), (100, 7.0), (120, 7.0)]
    assert over(CYCLES, *samples, stop=120) == ["0-80 E", "80-120 N"]


def test_when_in_a_silence_the_counter_moved_is_not_known() -> None:
    assert over(CYCLES, (0, 5), (20, 5), (100, 9), stop=110) == ["0-50 N", "50-100 ?", "100-110 E"]


def test_a_reset_of_the_counter_is_a_sign_of_life() -> None:
    assert over(CYCLES, (0, 900.0), (20, 0.0), stop=40) == ["0-40 E"]


def test_short_stops_are_joined_and_counted() -> None:
    source = RUN.model_copy(update={"short_stop": 30})
    samples = [(at * 1000, value) for at, value in [(0, 1.0), (20, 0.0), (40, 1.0), (60, 0.0), (80, 0.0), (100, 1.0)]]
    found = spans(samples, source, 0, 110_000)
    assert told(found) == ["0-60 E", "60-100 N", "100-110 E"]
    assert found[0].short_stops == 1


def test_a_short_stop_beside_silence_is_no_run() -> None:
    source = RUN.model_copy(update={"short_stop": 30})
    assert over(source, (0, 1), (20, 0), (100, 1), stop=110) == ["0-20 E", "20-50 N", "50-100 ?", "100-110 E"]


@pytest.mark.parametrize(("start", "stop", "counted"), [(0, 30, 1), (30, 60, 0), (0, 60, 1)])
def test_a_short_stop_across_the_edge_is_short_on_both_sides_and_counted_once(
    start: int, stop: int, counted: int
) -> None:
    source = RUN.model_copy(update={"short_stop": 30})
    samples = [(0, 1.0), (20_000, 0.0), (40_000, 1.0), (60_000, 1.0)]
    [found] = spans(samples, source, start * 1000, stop * 1000)
    assert (found.state, found.short_stops) == (MachineState.EXECUTING, counted)


def test_a_stop_that_is_short_only_because_the_stretch_cuts_it_is_none() -> None:
    source = RUN.model_copy(update={"short_stop": 30})
    assert over(source, (0, 1), (20, 0), (40, 0), (60, 1), start=30, stop=70) == ["30-60 N", "60-70 E"]


def test_out_of_service_takes_its_stretch() -> None:
    found = spans([(0, 1.0), (20_000, 1.0), (40_000, 0.0)], RUN, 0, 60_000)
    assert told(taken_out(found, [(10_000, 30_000)])) == ["0-10 E", "10-30 O", "30-40 E", "40-60 N"]


SAMPLES = st.lists(st.tuples(st.integers(-50, 150), st.sampled_from([0.0, 0.5, 1.0, 2.0])), max_size=30)
SOURCES = st.sampled_from([RUN, POWER, CYCLES, *(s.model_copy(update={"short_stop": 20}) for s in (RUN, POWER))])


@given(SAMPLES, SOURCES, st.integers(1, 99))
def test_two_stretches_are_together_what_one_over_both_is(
    samples: list[tuple[int, float]], source: RunSource, middle: int
) -> None:
    ordered = sorted({at * 1000: value for at, value in samples}.items())
    halves = [*spans(ordered, source, 0, middle * 1000), *spans(ordered, source, middle * 1000, 100_000)]
    assert joined(halves) == spans(ordered, source, 0, 100_000)


@given(SAMPLES, SOURCES)
def test_states_cover_the_stretch_without_gap_or_overlap(samples: list[tuple[int, float]], source: RunSource) -> None:
    ordered = sorted({at * 1000: value for at, value in samples}.items())
    found = spans(ordered, source, 0, 100_000)
    assert [found[0].start, *(s.stop for s in found)] == [*(s.start for s in found), 100_000]
    assert all(one.state is not other.state for one, other in pairwise(found))
