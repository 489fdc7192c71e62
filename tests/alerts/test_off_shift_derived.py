"""Silence of machines that work in shifts, out of the box: no rule is written by hand.

Played straight and with a restart every fifteen seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from alerts.rulebook import derive_rules
from device_profiles.catalogue import Catalogue
from domain.alert import AlertState
from domain.registry import CompliancePoint, Installation
from domain.rule import NoDataRule, Scope
from domain.shift import Shift
from support.alerts_stage import NAME, no_data_rule
from support.mojokerto import mojokerto
from support.plant_stage import PlantStage, Thing, plant

PRESSES = (Thing("press-1", "sepatu"), Thing("press-2", "sepatu"))
SHIFTS = ((time(7), time(7, 10)), (time(7, 30), time(8)))  # the stage begins at 07.00


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def silence(installation: Installation, catalogue: Catalogue, device: str) -> NoDataRule:
    [found] = [one for one in derive_rules(installation, catalogue) if one.id == f"no-data.{device}"]
    assert isinstance(found, NoDataRule)
    return found


def test_a_machine_with_shifts_is_missed_within_them(catalogue: Catalogue) -> None:
    assert silence(mojokerto(), catalogue, "jahit-1").schedule == "shifts-jahit-1"


def test_a_machine_without_shifts_is_missed_at_any_hour(catalogue: Catalogue) -> None:
    given = mojokerto().model_copy(update={"shifts": ()})
    assert silence(given, catalogue, "jahit-1").schedule is None


def test_a_sensor_at_a_site_with_shifts_is_missed_at_any_hour(catalogue: Catalogue) -> None:
    everywhere = Shift(id="ipal", site="batik", name=NAME, start=time(7), end=time(15))
    given = mojokerto().model_copy(update={"shifts": (everywhere,)})
    assert silence(given, catalogue, "ipal-inlet").schedule is None


def test_a_machine_whose_record_the_law_wants_is_missed_at_any_hour(catalogue: Catalogue) -> None:
    given = mojokerto()
    point = given.compliance_points[0]
    watched = CompliancePoint.model_validate({**point.model_dump(), "devices": (*point.devices, "jahit-1")})
    given = given.model_copy(update={"compliance_points": (watched,)})
    assert silence(given, catalogue, "jahit-1").schedule is None


def test_a_rule_of_ones_own_takes_its_place(catalogue: Catalogue) -> None:
    own = NoDataRule(id="no-data.jahit-1", name=NAME, action=NAME, scope=Scope(device="jahit-1"), after=60)
    given = mojokerto().model_copy(update={"rules": (own,)})
    assert silence(given, catalogue, "jahit-1") == own


@pytest.fixture(params=[False, True], ids=["straight", "forgetful"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlantStage]:
    """Two presses in two shifts, the first of which falls silent after two minutes."""
    made = PlantStage(tmp_path)
    made.forgetful = request.param
    missed = no_data_rule(scope={"metric": "*", "device": "press-1"}, schedule="shifts-press-1")
    shifts = [
        Shift(id=f"shift-{number}", site="sepatu", name=NAME, start=start, end=end, days=tuple(range(7)))
        for number, (start, end) in enumerate(SHIFTS)
    ]
    given = plant(*PRESSES).model_copy(update={"rules": (missed,), "shifts": tuple(shifts)})
    made.things = list(PRESSES)
    made.signs = {"collector": {"state": "running"}, "broker": {"state": "connected"}, "store": {"state": "ok"}}
    made.apply(given)
    made.run(120)
    made.mute([PRESSES[0]])
    yield made
    made.close()


def test_silence_within_the_shift_rings_and_is_over_with_it(stage: PlantStage) -> None:
    stage.run(420)
    assert [one.state for one in stage.alerts()] == [AlertState.UNACKNOWLEDGED]
    stage.run(120)
    assert [one.state for one in stage.alerts()] == [AlertState.RETURNED]


def test_a_machine_that_is_still_silent_in_the_next_shift_rings_anew(stage: PlantStage) -> None:
    stage.run(1800 - 120)
    assert [one.state for one in stage.alerts()] == [AlertState.RETURNED]
    stage.run(90)
    assert [one.state for one in stage.alerts()] == [AlertState.UNACKNOWLEDGED]


def test_a_machine_that_comes_back_with_the_next_shift_does_not(stage: PlantStage) -> None:
    stage.run(1800 - 120 + 20)
    stage.silent.clear()
    stage.run(300)
    assert stage.raised() == ["silence press-1"]
    assert [one.state for one in stage.alerts()] == [AlertState.RETURNED]
