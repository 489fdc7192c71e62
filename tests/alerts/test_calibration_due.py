"""A calibration that falls due is an alert of its own, and goes when the next one is recorded."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alerts.causes.conditions import of_calibrations
from alerts.causes.defaults import default_rule
from domain.registry import Device
from domain.report_records import CalibrationRecord
from domain.services import Services
from domain.system_condition import SystemCondition
from domain.text import Text
from service.calibration_due import DueCalibrations
from support.app import NOON, MovedClock, build_services

HOUR = 3_600_000
DAY = 24 * HOUR
OUTLET = Device(id="ipal-outlet", site="batik", stage="outlet", profile="x", name=Text(id="x", en="x"))


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return build_services(tmp_path, MovedClock())


def calibrated(services: Services, next_due: date, start: int = NOON - DAY, metric: str = "ph") -> None:
    record = CalibrationRecord("", "ipal-outlet", metric, start, start + HOUR, "sari", next_due=next_due)
    services.evidence.calibrations.add(record, "sari", NOON)


def due(services: Services, now: int = NOON) -> dict[str, int]:
    return DueCalibrations(services.evidence.calibrations, services.registry)(now)


@pytest.mark.parametrize(("day", "left"), [(21, 0), (22, 1), (28, 7)])
def test_it_is_told_a_week_ahead(services: Services, day: int, left: int) -> None:
    calibrated(services, date(2026, 11, day))
    assert due(services) == {"ipal-outlet": left}


def test_one_that_is_due_later_is_not_told(services: Services) -> None:
    calibrated(services, date(2026, 11, 29))
    assert due(services) == {}


def test_days_are_counted_in_the_zone_of_the_site(services: Services) -> None:
    calibrated(services, date(2026, 11, 29))
    assert due(services, NOON + 13 * HOUR) == {"ipal-outlet": 7}  # 01:00 of the 22nd there, still the 21st in UTC


def test_the_next_calibration_takes_it_away(services: Services) -> None:
    calibrated(services, date(2026, 11, 21))
    calibrated(services, date(2026, 12, 21), NOON - 2 * HOUR)
    assert due(services) == {}


def test_of_two_sensors_of_a_device_the_first_due_decides(services: Services) -> None:
    calibrated(services, date(2026, 11, 24))
    calibrated(services, date(2026, 11, 22), metric="cod")
    assert due(services) == {"ipal-outlet": 1}


def test_it_names_the_device_and_the_days_left() -> None:
    (trouble,) = of_calibrations({"ipal-outlet": -3, "gone": 1}, {"ipal-outlet": OUTLET}, NOON)
    assert (trouble.condition, trouble.device, trouble.site) == (
        SystemCondition.CALIBRATION_DUE,
        "ipal-outlet",
        "batik",
    )
    assert (trouble.value, trouble.unit) == (-3.0, "d")


def test_it_may_wait_until_the_morning() -> None:
    assert default_rule(SystemCondition.CALIBRATION_DUE).priority == "low"
