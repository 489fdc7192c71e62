"""Service that falls due by the calendar: told ahead, once, and over when the service is noted."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from alerts.causes import Causes
from alerts.causes.conditions import of_services
from alerts.causes.defaults import default_rule
from alerts.engine import AlertEngine
from alerts.parcels import Item, plan
from domain.alert import AlertEvent, AlertState, Notification, Transition
from domain.reading import GOOD, Reading
from domain.registry import DeviceStatus
from domain.rule_record import ServiceRecord
from domain.services import Services
from domain.system_condition import SystemCondition
from service.service_due import DueServices
from support.alerting import alert
from support.app import NOON, MovedClock
from support.mojokerto import append, mojokerto_services, series_of

DAY = 86_400_000
SEWING = "jahit-1"  # every 30 days, told 3 days ahead
LASTING = "lasting-1"  # every 90 days, told 7 days ahead, and every 400 h, told 20 h ahead


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return mojokerto_services(tmp_path, MovedClock(NOON))


@pytest.fixture
def engine(services: Services) -> AlertEngine:
    due = DueServices(services.maintenance, services.registry)
    causes = Causes(services.book, services.journal, services.pauses, services=due)
    registry, maintenance = services.registry, services.maintenance
    return AlertEngine(
        services.journal, services.book, registry, services.profiles, causes=causes, maintenance=maintenance
    )


def serviced(services: Services, days_ago: int, device: str = SEWING, now: int = NOON) -> None:
    services.maintenance.add(ServiceRecord(device, now - days_ago * DAY, "budi", "oli"))


def due(services: Services, now: int = NOON) -> dict[str, int]:
    return DueServices(services.maintenance, services.registry)(now)


def told(services: Services) -> list[tuple[str, str, AlertState]]:
    found = services.book.page(None, 100, None, None, None, open_only=False).items
    return sorted((one.rule, one.device, one.state) for one in found if "service" in one.rule)


@pytest.mark.parametrize(
    ("days_ago", "found"), [(26, {}), (27, {SEWING: 3}), (30, {SEWING: 0}), (33, {SEWING: -3}), (0, {})]
)
def test_it_is_told_from_its_notice_on(services: Services, days_ago: int, found: dict[str, int]) -> None:
    serviced(services, days_ago)
    assert due(services) == found


def test_a_machine_that_was_never_serviced_cannot_say(services: Services) -> None:
    assert due(services) == {}


def test_days_are_those_of_the_machines_site(services: Services) -> None:
    serviced(services, 26)
    assert due(services, NOON + 13 * 3_600_000) == {SEWING: 3}  # 01.00 of the next day there


def test_a_machine_out_of_service_need_not_be_serviced(services: Services) -> None:
    devices = {device.id: device for device in services.registry.installation().devices}
    out = devices[SEWING].model_copy(update={"status": DeviceStatus.OUT_OF_SERVICE})
    assert list(of_services({SEWING: 1, "gone": 1}, {SEWING: out}, NOON)) == []


def test_it_may_wait_until_the_morning() -> None:
    assert default_rule(SystemCondition.SERVICE_DUE).priority == "low"


def test_it_rings_once_and_is_over_when_the_service_is_noted(services: Services, engine: AlertEngine) -> None:
    serviced(services, 28)
    for minute in range(4):
        engine.tick(NOON + minute * 60_000)
    [one] = told(services)
    assert one == ("system.service_due", SEWING, AlertState.UNACKNOWLEDGED)
    serviced(services, 0, now=NOON + 240_000)
    engine.tick(NOON + 300_000)
    assert told(services) == [("system.service_due", SEWING, AlertState.RETURNED)]


def hours(services: Services, value: float, at: int) -> None:
    device = services.registry.device(LASTING)
    infos = services.profiles.profile(device.profile).metrics
    info = next(one for one in infos if one.metric == "run_hours")
    append(services, [Reading(series_of(device, info), at, value, GOOD, None, at)])


def test_what_the_running_hours_told_first_the_calendar_does_not_tell_again(
    services: Services, engine: AlertEngine
) -> None:
    serviced(services, 10, LASTING)
    for day, value in ((0, 100.0), (20, 490.0)):
        hours(services, value, NOON + day * DAY)
        engine.tick(NOON + day * DAY)
    engine.tick(NOON + 75 * DAY)
    assert told(services) == [("service.lasting-1-servis", LASTING, AlertState.UNACKNOWLEDGED)]


def test_what_the_calendar_told_first_the_running_hours_do_not_ring_for_again(
    services: Services, engine: AlertEngine
) -> None:
    serviced(services, 84, LASTING)
    for day, value in ((0, 100.0), (20, 490.0), (21, 491.0)):
        hours(services, value, NOON + day * DAY)
        engine.tick(NOON + day * DAY)
    assert told(services) == [
        ("service.lasting-1-servis", LASTING, AlertState.SUPPRESSED),
        ("system.service_due", LASTING, AlertState.UNACKNOWLEDGED),
    ]


def waiting(number: int) -> Item:
    about = replace(alert(f"a{number}"), kind="system", metric="service_due", device=f"jahit-{number}")
    rang = Transition(about.id, NOON, AlertEvent.RAISED, AlertState.NORMAL, AlertState.UNACKNOWLEDGED)
    return Notification(number, "ipal", id=number, queued_at=NOON), rang, about


def test_twenty_machines_due_on_one_day_are_one_message() -> None:
    [parcel] = plan([waiting(number) for number in range(20)], {}, NOON).parcels
    assert len(parcel) == 20


def test_machines_that_are_due_are_no_flood(services: Services, engine: AlertEngine) -> None:
    installed = services.registry.installation()
    [sewing] = [one for one in installed.service_plans if one.device == SEWING]
    machine = next(device for device in installed.devices if device.id == SEWING)
    many = [machine.model_copy(update={"id": f"baru-{n}"}) for n in range(20)]
    plans = [sewing.model_copy(update={"id": f"oli-{n}", "device": f"baru-{n}"}) for n in range(20)]
    both = {"devices": (*installed.devices, *many), "service_plans": (*installed.service_plans, *plans)}
    services.registry.apply(installed.model_copy(update=both), "test", NOON)
    for one in many:
        serviced(services, 28, one.id)
    engine.tick(NOON)
    assert (len(told(services)), services.book.rang(NOON - DAY, NOON)) == (20, {})
