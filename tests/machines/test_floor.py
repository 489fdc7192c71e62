"""The machines of the example centre over real stores: a day that was worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domain.errors import NotFound
from domain.machine import MachineShift
from domain.pause import Pause
from domain.registry import DeviceStatus, Installation
from domain.rule_record import ServiceRecord
from domain.series import MachineState
from domain.services import Services
from support.machine_day import (
    AVAILABILITY,
    MINUTE,
    PRESS,
    RUN_MINUTES,
    SEVEN,
    STOPPED,
    told_day,
)

FRIDAY = date(2026, 11, 20)
EVENING = SEVEN + 660 * MINUTE


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return told_day(tmp_path, EVENING)


def test_the_shift_is_what_was_worked_out_by_hand(services: Services) -> None:
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING, "pagi")
    [press] = [one for one in found.machines if one.device == PRESS]
    minutes = [span / MINUTE for span in (press.planned, press.running, press.stopped, press.excused)]
    assert minutes == [390, RUN_MINUTES, STOPPED, 30]
    assert press.availability == pytest.approx(AVAILABILITY)


def test_silence_is_shown_apart_and_is_only_as_long_as_it_was(services: Services) -> None:
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING, "pagi")
    [press] = [one for one in found.machines if one.device == PRESS]
    assert press.no_signal == 19.5 * MINUTE  # the last reading before it holds for its patience


def test_what_ran_outside_planned_time_is_told_apart(services: Services) -> None:
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING, "pagi")
    [press] = [one for one in found.machines if one.device == PRESS]
    assert press.outside == 15 * MINUTE  # in the break; what ran before seven belongs to the night


def test_reasons_come_by_the_time_they_took(services: Services) -> None:
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING, "pagi")
    assert {(one.reason, one.time // MINUTE) for one in found.losses} == {
        (None, 33),
        ("bahan-kulit", 30),
        ("setup", 30),
    }
    assert found.losses[0].reason is None


def test_machines_that_said_nothing_have_no_availability(services: Services) -> None:
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING, "pagi")
    [silent] = [one for one in found.machines if one.device == "mixing-1"]
    assert (silent.availability, silent.no_signal) == (None, silent.planned)


def test_the_queue_holds_the_long_stop_that_nobody_explained(services: Services) -> None:
    [stop] = services.machines.unexplained([PRESS], SEVEN, SEVEN + 480 * MINUTE)
    assert (stop.start, stop.stop) == (SEVEN + 375 * MINUTE, SEVEN + 405 * MINUTE)


@pytest.mark.parametrize(
    ("minute", "state", "since"),
    [
        (30, MachineState.EXECUTING, -10),
        (70, MachineState.NOT_EXECUTING, 60),
        (250, MachineState.NOT_AVAILABLE, 240.5),
        (470, MachineState.EXECUTING, 435),
    ],
)
def test_now_is_what_it_was_then(services: Services, minute: int, state: MachineState, since: float) -> None:
    found = services.machines.one_now(PRESS, SEVEN + minute * MINUTE)
    assert (found.state, found.since) == (state, SEVEN + round(since * MINUTE))


def test_a_shift_that_is_on_is_counted_up_to_now(services: Services) -> None:
    found = services.machines.one_now(PRESS, SEVEN + 70 * MINUTE).shift
    assert found is not None
    assert (found.planned // MINUTE, found.running // MINUTE, found.stopped // MINUTE) == (70, 60, 10)


def test_a_paused_machine_was_out_of_service_meanwhile(services: Services) -> None:
    start, stop = SEVEN + 60 * MINUTE, SEVEN + 90 * MINUTE
    services.pauses.pause(Pause("alas-kaki", start, "servis", "budi", "line-3", PRESS, stop))
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING, "pagi")
    [press] = [one for one in found.machines if one.device == PRESS]
    assert (press.out_of_service // MINUTE, press.stopped // MINUTE) == (30, STOPPED - 30)


def put(services: Services, status: DeviceStatus, at: int) -> None:
    """The hot press into or out of service, as the files are applied."""
    given = services.registry.installation()
    devices = [one.model_copy(update={"status": status}) for one in given.devices if one.id == PRESS]
    services.registry.apply(Installation(devices=tuple(devices)), "budi", at)


def of_the_morning(services: Services) -> MachineShift:
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING, "pagi")
    [press] = [one for one in found.machines if one.device == PRESS]
    return press


def test_a_machine_taken_out_of_service_today_leaves_past_shifts_as_they_were(services: Services) -> None:
    before = of_the_morning(services)
    put(services, DeviceStatus.OUT_OF_SERVICE, EVENING)
    assert of_the_morning(services) == before


def test_a_machine_is_out_of_service_from_when_it_was_said_until_it_is_put_back(services: Services) -> None:
    put(services, DeviceStatus.OUT_OF_SERVICE, SEVEN + 60 * MINUTE)
    put(services, DeviceStatus.IN_SERVICE, SEVEN + 90 * MINUTE)
    press = of_the_morning(services)
    assert (press.out_of_service // MINUTE, press.stopped // MINUTE) == (30, STOPPED - 30)


def test_a_machine_out_of_service_now_says_since_when(services: Services) -> None:
    put(services, DeviceStatus.OUT_OF_SERVICE, SEVEN + 400 * MINUTE)
    found = services.machines.one_now(PRESS, SEVEN + 450 * MINUTE)
    assert (found.state, found.since) == (MachineState.OUT_OF_SERVICE, SEVEN + 400 * MINUTE)


def test_lines_and_days_are_sums_of_their_machines(services: Services) -> None:
    found = services.machines.overview("alas-kaki", FRIDAY, FRIDAY, EVENING)
    line = next(one for one in found.by_line if one.of == "line-3")
    ran = (RUN_MINUTES + 1.5) * MINUTE  # the afternoon began with 15.00 to 15.01.30
    assert (line.running, found.total.running) == (ran, ran)


@pytest.mark.parametrize("asked", [("alas-kki", None), ("alas-kaki", "pgi")])
def test_what_does_not_exist_is_not_found(services: Services, asked: tuple[str, str | None]) -> None:
    with pytest.raises(NotFound, match="did you mean"):
        services.machines.overview(asked[0], FRIDAY, FRIDAY, EVENING, asked[1])


def test_a_device_that_is_no_machine_is_not_found(services: Services) -> None:
    with pytest.raises(NotFound, match="no machine ipal-outlet"):
        services.machines.one_now("ipal-outlet", EVENING)


def test_hours_since_the_service_come_from_the_meter(services: Services) -> None:
    services.maintenance.add(ServiceRecord(PRESS, SEVEN, "budi", "oli"))
    standing = next(one for one in services.machines.services("alas-kaki", EVENING) if one.plan.device == PRESS)
    ran = (60 + 90 + 57 + 40 + 46) / 60  # by the meter, breaks included
    assert standing.hours_since == pytest.approx(ran, abs=0.02)
    assert standing.hours_left == pytest.approx(500 - ran, abs=0.02)


def test_a_calendar_plan_without_a_service_cannot_say(services: Services) -> None:
    standing = next(one for one in services.machines.services("alas-kaki", EVENING) if one.plan.id == "jahit-1-oli")
    assert (standing.days_left, standing.soon) == (None, False)
