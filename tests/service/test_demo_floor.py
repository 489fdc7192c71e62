"""What people of the demo noted: it belongs to the stops that the machines of the demo had."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.machine import StopRecord
from service.demo_floor import SEEN, SERVICED, note_the_past, reasons, services, stops_of
from service.demo_history import SEED
from simulators.local_time import DAY, HOUR, day_of
from simulators.machines import MACHINES
from simulators.shifts import running_spans
from support.app import NOON, MovedClock
from support.mojokerto import mojokerto, mojokerto_services

WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def said() -> list[StopRecord]:
    return list(reasons(SEED, NOON - 7 * DAY, NOON))


def test_every_machine_had_stops_that_somebody_explained(said: list[StopRecord]) -> None:
    assert {one.device for one in said} == set(MACHINES)


def test_what_was_said_is_of_a_stop(said: list[StopRecord]) -> None:
    for one in said:
        stood = stops_of(MACHINES[one.device][1].calendar, SEED, one.device, day_of(one.start + SEEN))
        assert (one.start + SEEN, one.stop - SEEN) in stood


def test_a_machine_does_not_run_while_it_stands() -> None:
    for name, (_, kind) in MACHINES.items():
        runs = running_spans(kind.calendar, SEED, name, day_of(NOON))
        stood = stops_of(kind.calendar, SEED, name, day_of(NOON))
        assert not any(start < end and begin < stop for start, stop in runs for begin, end in stood)


def test_the_reasons_are_those_of_the_installation(said: list[StopRecord]) -> None:
    assert {one.reason for one in said} <= {one.id for one in mojokerto().stop_reasons}


def test_services_are_of_machines_with_a_plan() -> None:
    assert {one.device for one in mojokerto().service_plans} == set(SERVICED)


def test_what_the_meter_said_is_what_it_counted() -> None:
    earlier, later = (
        {one.device: one.run_hours or 0 for one in services(SEED, day, WIB)}
        for day in (date(2026, 11, 10), date(2026, 11, 20))
    )
    assert all(0 < later[name] - earlier[name] < 240 for name in SERVICED)


def test_noted_again_it_is_there_once(tmp_path: Path) -> None:
    made = mojokerto_services(tmp_path, MovedClock(NOON))
    for _ in range(2):
        note_the_past(made.stops, made.maintenance, SEED, NOON - 2 * DAY, NOON, WIB)
    found = made.stops.touching(list(MACHINES), NOON - 3 * DAY, NOON)
    assert len(found) == len({one.key for one in found}) > 10


def test_the_last_hours_still_wait_for_a_reason(tmp_path: Path) -> None:
    made = mojokerto_services(tmp_path, MovedClock(NOON))
    note_the_past(made.stops, made.maintenance, SEED, NOON - 2 * DAY, NOON, WIB)
    assert made.stops.touching(list(MACHINES), NOON - 3 * HOUR, NOON) == []
