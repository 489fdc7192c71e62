"""The footwear machines keep their shifts, count and wear."""

from __future__ import annotations

import numpy as np
import pytest

from simulators.ensemble import Fleet
from simulators.history import columns_of
from simulators.local_time import DAY, HOUR, MINUTE, WIB, midnight
from simulators.machines import MACHINES, Machine
from simulators.shifts import running_spans

MONDAY = midnight(20_745)

Series = dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]


@pytest.fixture(scope="module")
def week() -> Series:
    """A week of every machine, every two minutes."""
    fleet = Fleet([Machine(4, name) for name in MACHINES])
    return columns_of(fleet, MONDAY, MONDAY + 7 * DAY, 2 * MINUTE)


def test_a_machine_of_one_shift_rests_outside_it(week: Series) -> None:
    times, run = week["potong-1", "run"]
    hour = (times + WIB) % DAY / HOUR
    assert run[(hour < 7) | (hour >= 15.5)].max() == 0
    assert 0.5 < run[(hour >= 7) & (hour < 11.75)].mean() < 0.9


def test_a_machine_of_three_shifts_runs_at_night_and_on_sunday(week: Series) -> None:
    times, run = week["press-1", "run"]
    sunday_night = (times >= MONDAY + 6 * DAY) & (times < MONDAY + 6 * DAY + 3 * HOUR)
    assert run[sunday_night].mean() > 0.5


def test_run_hours_grow_by_the_time_run(week: Series) -> None:
    for machine in MACHINES:
        hours = week[machine, "run_hours"][1]
        run = week[machine, "run"][1]
        assert hours[-1] - hours[0] == pytest.approx(run.sum() * 2 / 60, abs=1.0)


def test_counters_never_fall(week: Series) -> None:
    for machine in MACHINES:
        for metric in ("run_hours", "cycle_count"):
            assert np.diff(week[machine, metric][1]).min() >= 0


def test_power_tells_running_from_standing(week: Series) -> None:
    power, run = week["lasting-1", "power"][1], week["lasting-1", "run"][1]
    assert power[run == 1].min() > power[run == 0].max()


def test_it_warms_up_after_a_start(week: Series) -> None:
    run, warmth = week["potong-1", "run"][1], week["potong-1", "temperature"][1]
    start = int(np.argmax(run > 0))
    assert warmth[start] < 35 < warmth[run == 1].max()


def test_wear_raises_power_until_the_service() -> None:
    fleet = Fleet([Machine(4, "press-1")])
    shown = columns_of(fleet, MONDAY, MONDAY + 40 * DAY, HOUR)
    hours, power = shown["press-1", "run_hours"][1], shown["press-1", "power"][1]
    worn, running = hours % 500 / 500, shown["press-1", "run"][1] == 1
    assert power[running & (worn > 0.9)].mean() > 1.05 * power[running & (worn < 0.1)].mean()


@pytest.mark.parametrize("machine", list(MACHINES))
def test_stops_fall_at_other_times_but_take_the_same_share_of_a_weekday(machine: str) -> None:
    calendar = MACHINES[machine][1].calendar
    monday, next_monday = (running_spans(calendar, 9, machine, day) for day in (20_745, 20_752))
    assert monday != next_monday
    assert sum(b - a for a, b in monday) == sum(b - a for a, b in next_monday) == calendar.total(0)
