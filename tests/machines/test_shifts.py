"""Shifts in WIB: planned time, availability, stops and their reasons."""

from __future__ import annotations

from datetime import date, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.increase import increase
from domain.machine import MachineShift, MachineSpan, StopReason, StopRecord
from domain.series import MachineState
from domain.shift import Break, Shift, ShiftWindow, window, windows
from domain.text import Text
from reports.machines.floor import summed
from reports.machines.shifts import availability, machine_shift, oee, pareto, pieces_in, unexplained

WIB = ZoneInfo("Asia/Jakarta")
NAME = Text(id="uji", en="test")
MINUTE, HOUR = 60_000, 3_600_000
FRIDAY = date(2026, 11, 20)
MORNING = Shift(
    id="pagi", site="alas-kaki", name=NAME, start=time(7), end=time(15), breaks=(Break(start=time(11), end=time(12)),)
)
NIGHT = Shift(
    id="malam", site="alas-kaki", name=NAME, start=time(23), end=time(7), breaks=(Break(start=time(3), end=time(4)),)
)
REASONS = {r.id: r for r in (StopReason(id="macet", name=NAME), StopReason(id="ganti", name=NAME, planned=True))}
E_, N, Q, O_ = (
    MachineState.EXECUTING,
    MachineState.NOT_EXECUTING,
    MachineState.NOT_AVAILABLE,
    MachineState.OUT_OF_SERVICE,
)


def the(shift: Shift, day: date = FRIDAY) -> ShiftWindow:
    found = window(shift, WIB, day)
    assert found is not None
    return found


def spans(at: ShiftWindow, *hours: tuple[float, float, MachineState]) -> list[MachineSpan]:
    """Hours after the shift's start."""
    return [MachineSpan(at.start + round(a * HOUR), at.start + round(b * HOUR), state) for a, b, state in hours]


def judged(*hours: tuple[float, float, MachineState], records: tuple[StopRecord, ...] = ()) -> MachineShift:
    at = the(MORNING)
    return machine_shift("press-1", at, spans(at, *hours), records, REASONS)


def said(start: float, stop: float, reason: str, at: int = 0) -> StopRecord:
    first = the(MORNING).start
    return StopRecord("press-1", first + round(start * HOUR), first + round(stop * HOUR), reason, "sari", at)


def test_a_night_shift_belongs_to_the_day_it_begins_on() -> None:
    night = the(NIGHT)
    assert (night.day, night.stop - night.start) == (FRIDAY, 8 * HOUR)
    [found] = windows([NIGHT], WIB, night.stop - HOUR, night.stop)
    assert found.day == FRIDAY


def test_a_break_after_midnight_is_the_night_shifts_own() -> None:
    night = the(NIGHT)
    assert night.planned == ((night.start, night.start + 4 * HOUR), (night.start + 5 * HOUR, night.stop))


def test_no_shift_begins_on_a_holiday_or_on_another_weekday() -> None:
    assert window(MORNING.model_copy(update={"holidays": (FRIDAY,)}), WIB, FRIDAY) is None
    assert window(MORNING, WIB, date(2026, 11, 22)) is None  # Sunday


def test_breaks_are_not_planned_time() -> None:
    assert the(MORNING).planned_busy == 7 * HOUR


def test_availability_is_running_over_planned_time() -> None:
    shift = judged((0, 4, E_), (4, 5, N), (5, 6.5, E_), (6.5, 8, N))
    assert (shift.planned, shift.running, shift.stopped) == (7 * HOUR, 5.5 * HOUR, 1.5 * HOUR)
    assert shift.availability == pytest.approx(5.5 / 7)


def test_no_signal_is_neither_running_nor_stopped() -> None:
    shift = judged((0, 3, E_), (3, 8, Q))
    assert (shift.no_signal, shift.stopped, shift.availability) == (4 * HOUR, 0, 1.0)


def test_without_any_signal_there_is_no_availability() -> None:
    assert judged((0, 8, Q)).availability is None


def test_out_of_service_is_left_out() -> None:
    shift = judged((0, 4, O_), (4, 6, E_), (6, 8, N))
    assert shift.out_of_service == 4 * HOUR
    assert shift.availability == pytest.approx(1 / 3)


def test_running_in_a_break_is_said_and_not_counted() -> None:
    assert judged((0, 8, E_)).outside == HOUR


def test_a_stop_has_the_reason_that_was_said_last() -> None:
    shift = judged((0, 1, N), (1, 8, E_), records=(said(0, 1, "ganti", 1), said(0, 1, "macet", 2)))
    assert [stop.reason for stop in shift.stops] == ["macet"]


def test_a_reason_for_a_part_of_a_stop_leaves_the_rest_unexplained() -> None:
    shift = judged((0, 2, N), (2, 8, E_), records=(said(0, 0.5, "macet"),))
    assert [(s.reason, (s.stop - s.start) / HOUR) for s in shift.stops] == [("macet", 0.5), (None, 1.5)]


def test_a_planned_stop_is_no_loss() -> None:
    shift = judged((0, 1, N), (1, 8, E_), records=(said(0, 1, "ganti"),))
    assert (shift.excused, shift.stopped, shift.availability) == (HOUR, 0, 1.0)


def test_a_stop_across_a_break_is_two() -> None:
    assert [(s.stop - s.start) / HOUR for s in judged((0, 3, E_), (3, 6, N), (6, 8, E_)).stops] == [1.0, 1.0]


def test_long_stops_without_a_reason_wait_for_the_operator_newest_first() -> None:
    shift = judged((0, 0.05, N), (0.05, 1, E_), (1, 2, N), (2, 6, E_), (6, 7, N), (7, 8, E_))
    assert [s.start - the(MORNING).start for s in unexplained(shift.stops, 5 * MINUTE)] == [6 * HOUR, HOUR]


def test_a_shift_that_still_runs_is_judged_up_to_now() -> None:
    at = the(MORNING)
    shift = machine_shift("press-1", at, spans(at, (0, 1, E_), (1, 2, N)), (), {}, now=at.start + 2 * HOUR)
    assert (shift.planned, shift.stops[-1].ongoing) == (2 * HOUR, True)


def test_pareto_names_the_longest_first_and_what_nobody_explained() -> None:
    shift = judged((0, 2, N), (2, 3, E_), (3, 4, N), (4, 8, E_), records=(said(3, 4, "macet"),))
    assert [(loss.reason, loss.time, loss.stops) for loss in pareto(shift.stops)] == [
        (None, 2 * HOUR, 1),
        ("macet", HOUR, 1),
    ]


def test_several_shifts_are_weighed_by_their_known_time() -> None:
    short, long = judged((0, 1, N), (1, 8, Q)), judged((0, 8, E_))
    assert availability([short, long]) == pytest.approx(7 / 8)


@pytest.mark.parametrize(
    ("produced", "good", "per_item"), [(None, 5, 10.0), (100, None, 10.0), (100, 5, None), (0, 0, 1)]
)
def test_no_oee_without_both_counts_and_a_planned_time(
    produced: float | None, good: float | None, per_item: float | None
) -> None:
    assert oee(judged((0, 8, E_)), produced, good, per_item) is None


def test_oee_is_the_product_of_its_three_parts() -> None:
    found = oee(judged((0, 4, E_), (4, 8, N)), 1000, 900, 9.0)  # 4 h of 7 running
    assert found is not None
    assert found.value == pytest.approx((4 / 7) * (9.0 * 1000 / (4 * 3600)) * 0.9)


def test_a_stop_across_the_shifts_edges_is_cut_there_and_says_that_it_goes_on() -> None:
    shift = judged((-1, 0.5, N), (0.5, 7, E_), (7, 9, N))
    hours = [((s.start - the(MORNING).start) / HOUR, (s.stop - the(MORNING).start) / HOUR) for s in shift.stops]
    assert hours == [(0, 0.5), (7, 8)]
    assert [(s.before, s.after) for s in shift.stops] == [(True, False), (False, True)]


def test_a_stop_through_a_break_is_cut_there_and_says_that_it_goes_on() -> None:
    shift = judged((0, 3.5, E_), (3.5, 5.5, N), (5.5, 8, E_))
    assert [(s.stop - s.start, s.before, s.after) for s in shift.stops] == [
        (HOUR // 2, False, True),
        (HOUR // 2, True, False),
    ]


def test_a_stop_within_the_shift_says_nothing_of_its_edges() -> None:
    [stop] = judged((0, 2, E_), (2, 3, N), (3, 8, E_)).stops
    assert (stop.before, stop.after) == (False, False)


def test_a_reason_of_the_shift_before_says_nothing_of_this_one() -> None:
    earlier = StopRecord(
        "press-1", the(MORNING).start - HOUR, the(MORNING).start, "macet", "sari", 0, "", "", going_on=True
    )
    [stop] = judged((-1, 1, N), (1, 8, E_), records=(earlier,)).stops
    assert (stop.reason, stop.before) == (None, True)


BORDERS = st.lists(st.tuples(st.integers(-60, 560), st.sampled_from([E_, N, Q, O_])), max_size=25)
SAID = st.lists(
    st.tuples(st.integers(-30, 500), st.integers(1, 200), st.sampled_from(["macet", "ganti"]), st.booleans()),
    max_size=5,
)


@given(BORDERS, SAID, st.integers(0, 500))
def test_the_states_of_a_shift_add_up_to_its_planned_time_exactly(
    borders: list[tuple[int, MachineState]], said: list[tuple[int, int, str, bool]], minutes: int
) -> None:
    at = the(MORNING)
    cuts = [(-60, Q), *sorted(dict(borders).items()), (560, Q)]
    told = [
        MachineSpan(at.start + a * MINUTE, at.start + b * MINUTE, state)
        for (a, state), (b, _) in pairwise(cuts)
        if a < b
    ]
    records = [
        StopRecord("press-1", at.start + a * MINUTE, at.start + (a + n) * MINUTE, why, "sari", n, "", "", going_on=on)
        for a, n, why, on in said
    ]
    shift = machine_shift("press-1", at, told, records, REASONS, now=at.start + minutes * MINUTE)
    parts = (shift.running, shift.stopped, shift.excused, shift.no_signal, shift.out_of_service)
    assert (sum(parts), min(parts) >= 0) == (shift.planned, True)
    assert shift.planned == min(minutes, 480) * MINUTE - min(max(minutes - 240, 0), 60) * MINUTE
    assert sum(s.stop - s.start for s in shift.stops) == shift.stopped + shift.excused


def test_a_line_is_the_sum_of_times_and_not_the_mean_of_shares() -> None:
    busy = judged((0, 4, E_), (4, 8, E_))  # 7 h planned, 100 %
    seldom = judged((0, 0.5, E_), (0.5, 1, N), (1, 8, Q))  # 1 h known, 50 %
    line = summed("line-1", [busy, seldom])
    assert line.availability == availability([busy, seldom]) == pytest.approx(7.5 / 8)


def test_pieces_for_oee_are_those_of_the_time_that_availability_rests_on() -> None:
    first = the(MORNING).start
    at = [0, 10, 230, 235, 245, 250, 330, 335]  # minutes: the break is from 240 to 300
    samples = [(first + m * MINUTE, float(n)) for n, m in enumerate(at)]
    known = spans(the(MORNING), (0, 8, E_))
    assert pieces_in(increase(samples), the(MORNING).planned, known, 10 * 60) == 3  # at 10, 235 and 335


@pytest.mark.parametrize(("begun", "counted"), [(2.0, 1), (4.5, 0), (5.0, 1), (-0.5, 0)])
def test_a_short_stop_counts_where_it_began_and_not_in_a_break(begun: float, counted: int) -> None:
    at = the(MORNING)
    ran = MachineSpan(at.start - HOUR, at.stop, E_, shorts=(at.start + round(begun * HOUR),))
    assert machine_shift("press-1", at, [ran], (), REASONS).short_stops == counted


def test_a_machine_that_runs_through_its_break_is_no_more_than_available() -> None:
    found = judged((0, 8, E_))
    assert (found.running, found.outside, found.availability) == (7 * HOUR, HOUR, 1.0)
