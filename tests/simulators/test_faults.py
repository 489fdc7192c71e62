"""Every fault does what its name says, and the demo's script is what the docs describe."""

from __future__ import annotations

import numpy as np
import pytest

from domain.reading import Reason
from simulators import scenario
from simulators.ensemble import Fleet
from simulators.fault import Fault
from simulators.faults import FAULTS
from simulators.faults_instruments import OutOfRange, Stuck
from simulators.faults_line import Dropout
from simulators.faults_water import DosingPumpOff, DyeDump
from simulators.history import columns_of, history_columns
from simulators.ipal import Ipal
from simulators.local_time import DAY, HOUR, MINUTE, SECOND, midnight
from simulators.machines import Machine
from simulators.scenario import demo_fleet

MONDAY = midnight(20_745)
START = MONDAY + 10 * HOUR

Series = dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]


def _shown(fault: Fault) -> Series:
    fleet = Fleet([Ipal(3), Machine(3, "press-1")], lambda start, stop: (fault,))
    return columns_of(fleet, START - 10 * MINUTE, START + 40 * MINUTE, 10 * SECOND)


def _within(fault: Fault, times: np.ndarray) -> np.ndarray:
    return (times >= fault.start) & (times < fault.stop)


def test_faults_are_known_by_their_names() -> None:
    assert set(FAULTS) == {"dye_dump", "dosing_pump_off", "dropout", "stuck", "out_of_range"}
    assert all(fault.name == name and fault.summary for name, fault in FAULTS.items())


def test_dye_dump_drives_the_outlet_over_every_limit_it_declares() -> None:
    shown = _shown(DyeDump(start=START, duration=10 * MINUTE, residence=10 * SECOND))
    limits = {"ph": 9.0, "cod": 150.0, "tss": 50.0}
    alerts = DyeDump(start=START, duration=1).expectation.alerts
    assert {alert.metric for alert in alerts} == set(limits)
    for metric, limit in limits.items():
        assert shown["ipal-outlet", metric][1].max() > limit


def test_dosing_pump_off_drives_over_every_limit_it_declares() -> None:
    fault = DosingPumpOff(start=START, duration=10 * MINUTE, residence=10 * SECOND)
    shown = _shown(fault)
    assert {alert.metric for alert in fault.expectation.alerts} == {"ph", "tss"}
    assert shown["ipal-outlet", "ph"][1].max() > 9.0
    assert shown["ipal-outlet", "tss"][1].max() > 50.0
    assert shown["ipal-outlet", "cod"][1].max() < 150.0


def test_dropout_silences_one_device_and_no_other() -> None:
    fault = Dropout(start=START, duration=5 * MINUTE, target="press-1")
    shown = _shown(fault)
    assert not _within(fault, shown["press-1", "run"][0]).any()
    assert _within(fault, shown["ipal-outlet", "ph"][0]).sum() == 30
    assert fault.expectation.alerts[0].device == "press-1"


def test_stuck_repeats_the_value_of_its_first_moment() -> None:
    fault = Stuck(start=START, duration=20 * MINUTE, target="bak-aerob", metric="do")
    times, values = _shown(fault)["bak-aerob", "do"]
    assert len(set(values[_within(fault, times)])) == 1
    assert len(set(values[~_within(fault, times)])) > 10


def test_stuck_is_stuck_also_when_the_run_begins_in_the_middle_of_it() -> None:
    fault = Stuck(start=START, duration=20 * MINUTE, target="bak-aerob", metric="do")
    late = columns_of(Fleet([Ipal(3)], lambda a, b: (fault,)), START + MINUTE, START + 2 * MINUTE, 10 * SECOND)
    assert set(late["bak-aerob", "do"][1]) == {_shown(fault)["bak-aerob", "do"][1][60]}


def test_out_of_range_shows_the_impossible_number_and_expects_a_flag() -> None:
    fault = OutOfRange(start=START, duration=MINUTE, target="ipal-outlet", metric="ph")
    times, values = _shown(fault)["ipal-outlet", "ph"]
    assert set(values[_within(fault, times)]) == {15.2}
    assert values[~_within(fault, times)].max() < 9
    assert fault.expectation.flags == (Reason.OUT_OF_RANGE,)


def _live(seconds: int) -> Series:
    return columns_of(demo_fleet(1).live(START), START, START + seconds * SECOND, 2 * SECOND)


def test_the_demo_leaves_the_limit_within_sixty_seconds() -> None:
    ph = _live(60)["ipal-outlet", "ph"][1]
    assert ph[0] < 8.5
    assert ph.max() > 9


def test_the_demo_stays_over_for_minutes_and_recovers() -> None:
    times, ph = _live(15 * 60)["ipal-outlet", "ph"]
    over = times[ph > 9]
    assert 5 * MINUTE < over[-1] - over[0] < 8 * MINUTE
    assert ph[times > START + 9 * MINUTE].max() < 8.5


@pytest.mark.parametrize("hour", [2, 11, 23])
def test_the_demo_does_so_at_any_hour(hour: int) -> None:
    begin = MONDAY + hour * HOUR
    shown = columns_of(demo_fleet(1).live(begin), begin, begin + 90 * SECOND, 2 * SECOND)
    assert shown["ipal-outlet", "ph"][1].max() > 9


def test_the_demo_begins_again_every_fifteen_minutes() -> None:
    times, ph = _live(18 * 60)["ipal-outlet", "ph"]
    again = times > START + scenario.ROUND
    assert ph[again].max() > 9


def test_one_machine_falls_silent_longer_than_its_grace() -> None:
    times = _live(15 * 60)["jahit-3", "run"][0]
    assert np.diff(times).max() >= scenario.DROPOUT_LASTS > 60 * SECOND


def test_history_holds_a_few_exceedances() -> None:
    times, ph = history_columns(1, MONDAY, MONDAY + 30 * DAY, 5 * MINUTE)["ipal-outlet", "ph"]
    over = times[ph > 9]
    episodes = 1 + int((np.diff(over) > HOUR).sum())
    assert 1 <= episodes <= 8
    assert len(over) < 0.02 * len(times)


def test_from_its_start_on_only_the_script_troubles_a_live_run() -> None:
    past = [fault.start for fault in demo_fleet(1).faults(MONDAY, MONDAY + 30 * DAY)]
    live = demo_fleet(1).live(past[0] - HOUR)
    began = past[0] - HOUR
    starts = {(fault.start - began) % scenario.ROUND for fault in live.faults(began, MONDAY + 30 * DAY)}
    assert starts == {scenario.DUMP_AT, scenario.DROPOUT_AT, scenario.BROKEN_AT}
