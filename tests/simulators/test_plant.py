"""The batik IPAL behaves like one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from simulators import plant
from simulators.batches import CELL_SECONDS, VOLUME, inflow_of
from simulators.ensemble import Fleet
from simulators.faults_water import DosingPumpOff, DyeDump
from simulators.history import columns_of, history_columns
from simulators.ipal import Ipal
from simulators.local_time import DAY, HOUR, MINUTE, WIB, day_of, midnight, weekday
from simulators.plant import Plant
from simulators.water import STAGES, Pulse, erlang, ph_of

MONDAY = midnight(20_745)  # 2026-10-19
FOUR_WEEKS = 28 * DAY

Series = dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]


@pytest.fixture(scope="module")
def month() -> Series:
    """Four weeks of a plant without any fault, every ten minutes."""
    return columns_of(Fleet([Ipal(11)]), MONDAY, MONDAY + FOUR_WEEKS, 10 * MINUTE)


@pytest.mark.parametrize(
    ("metric", "low", "high"),
    [("ph", 6.5, 8.5), ("cod", 60, 140), ("tss", 15, 45), ("nh3n", 0.5, 7), ("temperature", 26, 32)],
)
def test_outlet_stays_within_its_usual_range(month: Series, metric: str, low: float, high: float) -> None:
    values = month["ipal-outlet", metric][1]
    assert low <= values.min() < values.max() <= high


def test_raw_water_is_alkaline_and_strong(month: Series) -> None:
    assert month["ipal-inlet", "ph"][1].max() > 10.5
    assert month["ipal-inlet", "cod"][1].max() > 2000
    assert month["ipal-inlet", "temperature"][1].max() > 35


def test_each_stage_holds_less_cod_than_the_one_before() -> None:
    rows = Plant(11).at(np.arange(MONDAY, MONDAY + 7 * DAY, 10 * MINUTE))
    means = [rows[:, plant.species(tank.stage, 1)].mean() for tank in plant.TANKS]
    assert all(later < earlier for earlier, later in pairwise(means))


def test_nothing_flows_out_at_night(month: Series) -> None:
    times, flow = month["debit-outlet", "flow_rate"]
    hour = (times + WIB) % DAY / HOUR
    assert flow[(hour > 20) | (hour < 7)].max() == 0.0
    assert flow[(hour > 9) & (hour < 11) & (flow > 0)].min() >= 0.2
    assert flow.max() <= 3.0


def test_nothing_flows_in_on_sunday(month: Series) -> None:
    times, flow = month["debit-inlet", "flow_rate"]
    sundays = np.array([weekday(day_of(int(time))) == 6 for time in times])
    assert flow[sundays].max() == 0.0


def test_totals_of_the_meters_never_fall(month: Series) -> None:
    for meter in ("debit-inlet", "debit-outlet"):
        assert np.diff(month[meter, "flow_total"][1]).min() >= 0.0


def test_total_of_a_week_is_the_integral_of_the_flow() -> None:
    times = np.arange(MONDAY, MONDAY + 7 * DAY, CELL_SECONDS * 1000)
    rows = Plant(11).at(times)
    volume = rows[:, plant.FLOW_OUT].sum() * CELL_SECONDS / 3600
    assert volume == pytest.approx(rows[-1, plant.TOTAL_OUT] - rows[0, plant.TOTAL_OUT], abs=0.1)


def test_what_comes_in_goes_out_or_is_held() -> None:
    rows = Plant(11).at(np.array([MONDAY + 6 * DAY + 12 * HOUR]))
    held = rows[0, plant.TOTAL_IN] - rows[0, plant.TOTAL_OUT]
    assert held == pytest.approx(15.0 * rows[0, plant.LEVEL], abs=1.0)


def test_inflow_of_a_day_adds_up_to_its_volume() -> None:
    total = sum(inflow.flow for inflow in inflow_of(3, 20_745, 0) if inflow) * CELL_SECONDS / 3600
    assert total == pytest.approx(VOLUME[0])


def test_ph_follows_a_titration_curve() -> None:
    neutral, one, strong = ph_of(np.array([0.0, 1.0, 15.0]))
    assert (neutral, round(one, 1), round(strong, 1)) == (7.2, 9.3, 11.2)


def test_a_step_through_one_tank_is_an_exponential() -> None:
    ratio = np.array([0.0, 1.0, 3.0])
    assert erlang(1, ratio) == pytest.approx(1 - np.exp(-ratio))


def test_a_dump_reaches_each_stage_later_than_the_one_before() -> None:
    dump = DyeDump(start=MONDAY + 10 * HOUR, duration=30 * MINUTE, residence=15 * MINUTE)
    times = np.arange(MONDAY + 10 * HOUR, MONDAY + 16 * HOUR, MINUTE)
    stages = STAGES[STAGES.index("koagulasi-flokulasi") :]
    peaks = [int(np.argmax(dump.pulses()[0].share(stage, times))) for stage in stages]
    assert peaks == sorted(set(peaks))


def test_a_dump_does_not_travel_upstream() -> None:
    pulse = Pulse("aerob", 0, 1000, 1000, (1, 1, 1, 1, 1))
    assert pulse.share("sedimentasi", np.array([2000])) is None


def test_a_standing_dosing_pump_says_so_and_the_outlet_rises() -> None:
    off = DosingPumpOff(start=MONDAY + 9 * HOUR, duration=2 * HOUR, residence=10 * MINUTE)
    fleet = Fleet([Ipal(11)], lambda start, stop: (off,))
    shown = columns_of(fleet, MONDAY + 8 * HOUR, MONDAY + 13 * HOUR, MINUTE)
    times, run = shown["dosing-koagulan", "run"]
    assert set(run[(times >= off.start) & (times < off.stop)]) == {0.0}
    assert shown["ipal-outlet", "ph"][1].max() > 9


def test_live_goes_on_where_history_ends_without_a_jump() -> None:
    long = history_columns(5, MONDAY, MONDAY + 20 * DAY, 10 * MINUTE)
    late = history_columns(5, MONDAY + 19 * DAY, MONDAY + 20 * DAY, 10 * MINUTE)
    for series, (times, values) in late.items():
        before_times, before = long[series]
        assert np.array_equal(before_times[-len(times) :], times)
        assert np.abs(before[-len(values) :] - values).max() == 0.0, series
