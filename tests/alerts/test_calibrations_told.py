"""Calibrations that fall due, through whole ticks: told once ahead, once when overdue, over when one is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.alert import AlertEvent, AlertState
from support.plant_stage import PlantStage, Thing

SENSORS = [Thing(f"sensor-{number}") for number in range(20)]
LOOK = 40  # s, longer than between two looks


@pytest.fixture(params=[False, True], ids=["straight", "forgetful"])
def plant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlantStage]:
    """Twenty sensors, all well."""
    stage = PlantStage(tmp_path)
    stage.forgetful = request.param
    stage.build(*SENSORS)
    yield stage
    stage.close()


def days_pass(plant: PlantStage, *left: int) -> None:
    """So many days are left of one calibration, day by day."""
    for days in left:
        plant.due = {"sensor-0": days}
        plant.run(LOOK)


def told(plant: PlantStage) -> list[AlertEvent]:
    """What people were told."""
    return [event for _, event in plant.told()]


def test_it_is_told_once_ahead_of_its_day(plant: PlantStage) -> None:
    days_pass(plant, 7, 6, 1, 0)
    assert told(plant) == [AlertEvent.RAISED]


def test_it_is_told_once_more_when_it_is_overdue(plant: PlantStage) -> None:
    days_pass(plant, 1, 0, -1, -2, -30)
    assert [event for event in told(plant) if event is not AlertEvent.RETURNED] == [
        AlertEvent.RAISED,
        AlertEvent.REOCCURRED,
    ]
    assert plant.one("system.calibration_due").value == -1


def test_one_that_somebody_took_on_is_told_again_when_it_is_overdue(plant: PlantStage) -> None:
    days_pass(plant, 3)
    plant.desk.acknowledge(plant.one("system.calibration_due").id, "sari", None, plant.clock)
    days_pass(plant, 0, -1, -2)
    assert plant.one("system.calibration_due").state is AlertState.UNACKNOWLEDGED
    assert told(plant).count(AlertEvent.RAISED) == 2


def test_one_that_was_overdue_from_the_beginning_is_told_once(plant: PlantStage) -> None:
    days_pass(plant, -5, -6, -7)
    assert told(plant) == [AlertEvent.RAISED]


def test_it_ends_when_a_calibration_is_recorded(plant: PlantStage) -> None:
    days_pass(plant, 2)
    plant.due = {}
    plant.run(LOOK)
    assert not plant.one("system.calibration_due").active


def test_twenty_on_one_day_are_no_flood(plant: PlantStage) -> None:
    plant.due = {thing.id: 7 for thing in SENSORS}
    plant.run(LOOK)
    assert {rule.split()[0] for rule in plant.raised()} == {"system.calibration_due"}
