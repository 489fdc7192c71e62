"""When schedules hold: nights belong to the day they begin on, and clocks may be moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.registry import Hours, Schedule, Weekday
from domain.schedules import next_change, within
from domain.text import Text

JAKARTA, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
MINUTE = 60_000
START = 1_795_219_200_000  # 2026-11-21, a Saturday


def at(zone: ZoneInfo, *parts: int) -> int:
    """A local time in ms."""
    return round(datetime(*parts, tzinfo=zone).timestamp() * 1000)  # type: ignore[misc, arg-type]


def schedule(*hours: Hours, holidays: tuple[date, ...] = ()) -> Schedule:
    """These stretches."""
    return Schedule(id="jadwal", name=Text(id="Jadwal", en="Schedule"), hours=hours, holidays=holidays)


NIGHT = Hours(start=time(22), end=time(6), days=(Weekday.FRI,))


@pytest.mark.parametrize(
    ("moment", "held"),
    [
        ((2026, 11, 20, 21, 59), False),
        ((2026, 11, 20, 22, 0), True),
        ((2026, 11, 21, 5, 59), True),
        ((2026, 11, 21, 6, 0), False),
        ((2026, 11, 20, 3, 0), False),
        ((2026, 11, 21, 23, 0), False),
    ],
)
def test_a_night_belongs_to_the_day_it_begins_on(moment: tuple[int, ...], held: bool) -> None:
    assert within(schedule(NIGHT), JAKARTA, at(JAKARTA, *moment)) is held


def test_a_holiday_takes_the_night_that_begins_on_it_and_no_other() -> None:
    saturday = schedule(NIGHT, holidays=(date(2026, 11, 21),))
    friday = schedule(NIGHT, holidays=(date(2026, 11, 20),))
    early = at(JAKARTA, 2026, 11, 21, 3)
    assert (within(saturday, JAKARTA, early), within(friday, JAKARTA, early)) == (True, False)


def test_the_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    night = schedule(Hours(start=time(22), end=time(6)))
    begun = at(BERLIN, 2026, 10, 24, 22)
    assert next_change(night, BERLIN, begun) == begun + 9 * 3_600_000


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    night = schedule(Hours(start=time(22), end=time(6)))
    begun = at(BERLIN, 2026, 3, 28, 22)
    assert next_change(night, BERLIN, begun) == begun + 7 * 3_600_000


def test_shifts_that_follow_each_other_are_one_stretch() -> None:
    shifts = schedule(Hours(start=time(7), end=time(15)), Hours(start=time(15), end=time(23)))
    assert next_change(shifts, JAKARTA, at(JAKARTA, 2026, 11, 20, 8)) == at(JAKARTA, 2026, 11, 20, 23)


def test_what_always_holds_never_changes() -> None:
    always = schedule(Hours(start=time(0), end=time(0)))
    assert next_change(always, JAKARTA, START) is None


def test_a_holiday_interrupts_what_otherwise_always_holds() -> None:
    always = schedule(Hours(start=time(0), end=time(0)), holidays=(date(2026, 12, 25),))
    christmas = at(JAKARTA, 2026, 12, 25)
    assert next_change(always, JAKARTA, START) == christmas
    assert next_change(always, JAKARTA, christmas) == at(JAKARTA, 2026, 12, 26)


quarters = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
stretches = st.builds(
    lambda start, end, days: Hours(start=start, end=end, days=tuple(days)),
    quarters, quarters, st.sets(st.sampled_from(list(Weekday)), min_size=1),
)  # fmt: skip
schedules = st.builds(
    lambda hours, days: schedule(*hours, holidays=tuple(date(2026, 10, day) for day in days)),
    st.lists(stretches, min_size=1, max_size=3), st.sets(st.integers(20, 31), max_size=3),
)  # fmt: skip
moments = st.integers(at(BERLIN, 2026, 10, 20) // MINUTE, at(BERLIN, 2026, 11, 2) // MINUTE)


@settings(max_examples=60, deadline=None)
@given(schedules, st.sampled_from([JAKARTA, BERLIN]), moments)
def test_nothing_changes_before_the_next_change_and_then_it_does(
    given_: Schedule, zone: ZoneInfo, minute: int
) -> None:
    moment = minute * MINUTE
    change = next_change(given_, zone, moment)
    if change is None:
        return
    held = within(given_, zone, moment)
    between = range(moment, min(change, moment + 4 * 86_400_000), 15 * MINUTE)
    assert all(within(given_, zone, one) is held for one in (*between, change - 1))
    assert within(given_, zone, change) is not held


@settings(max_examples=60, deadline=None)
@given(stretches, moments)
def test_it_holds_when_the_wall_clock_says_so(hours: Hours, minute: int) -> None:
    local = datetime.fromtimestamp(minute * 60, UTC).astimezone(JAKARTA)
    today, clock = list(Weekday)[local.weekday()], local.time()
    yesterday = list(Weekday)[local.weekday() - 1]
    if hours.start < hours.end:
        held = today in hours.days and hours.start <= clock < hours.end
    else:
        held = (today in hours.days and clock >= hours.start) or (yesterday in hours.days and clock < hours.end)
    assert within(schedule(hours), JAKARTA, minute * MINUTE) is held
