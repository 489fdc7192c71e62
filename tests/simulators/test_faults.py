"""Every fault does what its name says, and the demo's script is what the docs describe."""

from __future__ import annotations

import numpy as np
import pytest

from domain.reading import Reason
from simulators import scenario
from simulators.ensemble import Fleet
from simulators.fault import Fault, Outgoing
from simulators.faults import FAULTS
from simulators.faults_clock import ClockLocal, ClockSkew
from simulators.faults_instruments import CounterReset, OutOfRange, Stuck
from simulators.faults_line import Dropout, Duplicate, LateBatch, Malformed, OutOfOrder, RebootLoop
from simulators.faults_water import DosingPumpOff, DyeDump, Flood
from simulators.history import columns_of, history_columns
from simulators.ipal import Ipal
from simulators.line import Line
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


NAMES = {
    "ph_drift", "stuck", "spike", "dropout", "out_of_range", "dye_dump", "dosing_pump_off", "flood",
    "clock_skew", "clock_local", "duplicate", "late_batch", "out_of_order", "counter_reset", "retained_replay",
    "malformed", "gateway_down", "flapping_run", "reboot_loop",
}  # fmt: skip


def test_faults_are_known_by_their_names() -> None:
    assert set(FAULTS) == NAMES
    assert all(fault.name == name and fault.summary for name, fault in FAULTS.items())


def _sent(fault: Fault) -> list[Outgoing]:
    """What leaves the line in a minute that begins with the fault."""
    fleet, stop = Fleet([Ipal(3)], lambda start, stop: (fault,)), START + MINUTE
    return list(Line(fleet.faults).carry(fleet.messages(START, stop, SECOND), START, stop + MINUTE))


def _of(messages: list[Outgoing], device: str) -> list[Outgoing]:
    return [message for message in messages if message.topic.split("/")[2] == device]


def _aimed(fault: type[Fault], **more: object) -> Fault:
    given = {"start": START, "duration": 30 * SECOND, "target": "ipal-outlet", **more}
    return fault(**given)  # type: ignore[arg-type]


def test_without_a_fault_of_the_line_every_message_is_sent_when_it_was_taken() -> None:
    fleet = Fleet([Ipal(3)], lambda start, stop: ())
    plain = list(fleet.messages(START, START + MINUTE, SECOND))
    assert list(Line(fleet.faults).carry(plain, START, START + MINUTE)) == plain


@pytest.mark.parametrize("fault", [Duplicate, LateBatch, OutOfOrder, ClockSkew, ClockLocal, Malformed, RebootLoop])
def test_a_fault_of_the_line_changes_nothing_for_other_devices(fault: type[Fault]) -> None:
    fleet = Fleet([Ipal(3)], lambda start, stop: ())
    assert _of(_sent(_aimed(fault)), "bak-aerob") == _of(
        list(fleet.messages(START, START + MINUTE, SECOND)), "bak-aerob"
    )


def test_messages_leave_the_line_in_order_of_sending() -> None:
    times = [message.time for message in _sent(_aimed(OutOfOrder))]
    assert times == sorted(times)


def test_duplicate_sends_everything_twice_while_it_lasts() -> None:
    payloads = [message.payload for message in _of(_sent(_aimed(Duplicate)), "ipal-outlet")]
    assert len(payloads) == 60 + 30
    assert len(set(payloads)) == 60


def test_out_of_order_loses_nothing_and_keeps_no_order() -> None:
    payloads = [message.payload for message in _of(_sent(_aimed(OutOfOrder)), "ipal-outlet")]
    assert len(payloads) == len(set(payloads)) == 60
    assert payloads != sorted(payloads)


def test_late_batch_sends_all_it_kept_at_its_end() -> None:
    late = [m for m in _of(_sent(_aimed(LateBatch)), "ipal-outlet") if m.time == START + 30 * SECOND]
    assert len(late) == 31


def test_what_is_held_back_survives_the_end_of_a_block() -> None:
    fault = _aimed(LateBatch)
    fleet = Fleet([Ipal(3)], lambda start, stop: (fault,))
    line = Line(fleet.faults)
    middle, stop = START + 10 * SECOND, START + MINUTE
    first = list(line.carry(fleet.messages(START, middle, SECOND), START, middle))
    assert line.held == 10
    assert first + list(line.carry(fleet.messages(middle, stop, SECOND), middle, stop)) == _sent(fault)


def test_reboot_loop_is_silent_then_sends_a_time_of_1970() -> None:
    payloads = [message.payload for message in _of(_sent(_aimed(RebootLoop)), "ipal-outlet")]
    assert len(payloads) == 60 - 3 * 3
    assert sum(b'"time":"1970-01-01T00:00:0' in payload for payload in payloads) == 3 * 2


@pytest.mark.parametrize(
    ("ahead", "lasts", "letters", "checks"),
    [
        (10 * MINUTE, 200 * SECOND, {"clock"}, {"gap", "clock_skew"}),
        (10 * MINUTE, 30 * SECOND, {"clock"}, {"clock_skew"}),
        (3 * MINUTE, 200 * SECOND, set(), {"gap", "clock_skew"}),
        (MINUTE, 200 * SECOND, set(), set()),
        (-10 * MINUTE, 200 * SECOND, set(), {"gap", "clock_skew"}),
    ],
)
def test_what_a_wrong_clock_causes_depends_on_how_wrong_it_is(
    ahead: int, lasts: int, letters: set[str], checks: set[str]
) -> None:
    expected = _aimed(ClockSkew, ahead=ahead, duration=lasts).expectation
    assert (set(expected.dead_letters), set(expected.checks)) == (letters, checks)


def test_flood_overfills_the_tank_and_the_meters_count_the_storm_water() -> None:
    shown, dry = _shown(Flood(start=START, duration=10 * MINUTE)), _shown(_aimed(Dropout, duration=0))
    times, level = shown["bak-ekualisasi", "level"]
    total, usual = shown["debit-inlet", "flow_total"][1], dry["debit-inlet", "flow_total"][1]
    assert level[times == START + MINUTE] > 100
    assert total[-1] - usual[-1] == pytest.approx(8.0 / 6, abs=0.01)


def test_a_counter_begins_again_at_zero_and_stays_low() -> None:
    fault = CounterReset(start=START, duration=MINUTE, target="press-1")
    times, counts = _shown(fault)["press-1", "cycle_count"]
    assert counts[times == START] == 0
    assert counts[times < START].min() > counts[-1] > 0


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
