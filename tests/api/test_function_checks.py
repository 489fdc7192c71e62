"""Calibration mode over the real stores: flags, pause and end stand in one row and need nothing to run."""

from __future__ import annotations

import pytest

from domain.errors import Conflict, Invalid
from domain.function_check import FunctionCheck, begun
from domain.reading import FAIL, Millis
from domain.series import Selection
from domain.services import Services
from support.app import MovedClock, add_readings

MINUTE: Millis = 60_000


def begin(services: Services, minutes: int = 30, metrics: tuple[str, ...] = ("ph",)) -> str:
    now = services.clock()
    return services.evidence.checks.add(begun("ipal-outlet", metrics, now, minutes), "sari", now).id


def end(services: Services, record_id: str, number: int = 1) -> None:
    found = services.evidence.checks.get(record_id).record
    now = services.clock()
    early = FunctionCheck(found.device, found.metrics, found.start, now, found.note)
    services.evidence.checks.correct(record_id, number, early, "budi", "selesai", now)


def flags(services: Services) -> list[tuple[str, Millis, Millis, int, str]]:
    found = services.quality.page(None, 10, "ipal-outlet", None, None, None).items
    return [(one.metric, one.start, one.stop, one.flag, one.reason) for one in found]


def test_its_metrics_are_flagged_until_it_ends(services: Services) -> None:
    begin(services, 45, ("ph", "cod"))
    now = services.clock()
    assert set(flags(services)) == {(m, now, now + 45 * MINUTE, FAIL, "function_check") for m in ("ph", "cod")}


def test_the_device_rests_meanwhile_and_returns_by_itself(services: Services, clock: MovedClock) -> None:
    begin(services)
    assert [(one.device, one.stop) for one in services.pauses.now(clock())] == [
        ("ipal-outlet", clock() + 30 * MINUTE)
    ]
    clock.move(30 * 60)
    assert services.pauses.now(clock()) == []


def test_what_it_shows_meanwhile_is_not_the_water(services: Services, clock: MovedClock) -> None:
    begin(services)
    clock.move(60)
    add_readings(services, "ipal-outlet", "ph", [4.01])
    newest = services.readings.latest(Selection(metric="ph"))[0]
    assert (newest.value, newest.quality, newest.reason) == (4.01, FAIL, "function_check")


def test_ended_early_it_flags_and_holds_no_longer(services: Services, clock: MovedClock) -> None:
    made = begin(services)
    began = clock()
    clock.move(10 * 60)
    end(services, made)
    assert flags(services) == [("ph", began, clock(), FAIL, "function_check")]
    assert services.pauses.now(clock()) == []


def test_one_at_a_time_for_each_device(services: Services) -> None:
    begin(services)
    with pytest.raises(Invalid) as refused:
        begin(services, metrics=("cod",))
    assert refused.value.field == "device"


def test_ended_by_two_at_once_the_second_hears_of_it(services: Services, clock: MovedClock) -> None:
    made = begin(services)
    clock.move(60)
    end(services, made)
    with pytest.raises(Conflict):
        end(services, made)


@pytest.mark.parametrize("minutes", [0, -5, 481])
def test_it_lasts_a_working_shift_at_most(services: Services, minutes: int) -> None:
    with pytest.raises(Invalid) as refused:
        begin(services, minutes)
    assert refused.value.field == "minutes"


def test_a_device_that_does_not_exist_has_no_calibration(services: Services) -> None:
    with pytest.raises(Invalid):
        services.evidence.checks.add(begun("outlt", ("ph",), services.clock()), "sari", services.clock())


def test_reports_know_when_a_device_rested(services: Services, clock: MovedClock) -> None:
    start = clock()
    begin(services)
    found = services.evidence.pauses.pauses("batik", "outlet", "ipal-outlet", start - MINUTE, start + MINUTE)
    assert found == [(start, start + MINUTE)]
    assert services.evidence.pauses.pauses("batik", "outlet", "debit-outlet", start, start + MINUTE) == []
