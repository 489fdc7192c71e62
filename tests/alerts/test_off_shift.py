"""Machines that are switched off at the end of their shift: nobody misses them until the next one has begun.

Played straight and with a restart every fifteen seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.registry import Hours, Schedule
from domain.rule import NoDataRule
from support.alerts_stage import T0
from support.plant_stage import NAME, PlantStage, Thing, plant

PRESSES = (Thing("press-1", "sepatu"), Thing("press-2", "sepatu"), Thing("press-3", "sepatu"))


@pytest.fixture(params=[False, True], ids=["straight", "forgetful"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlantStage]:
    """An empty plant."""
    made = PlantStage(tmp_path)
    made.forgetful = request.param
    yield made
    made.close()


def clock(seconds: int, zone: ZoneInfo) -> time:
    """Local time so long after the beginning."""
    return datetime.fromtimestamp(T0 / 1000 + seconds, UTC).astimezone(zone).time()


def work(stage: PlantStage, start: int, stop: int) -> None:
    """Three presses that are expected to speak from `start` to `stop` (s); they ran for a minute."""
    given = plant(*PRESSES)
    zone = ZoneInfo(given.sites[0].timezone)
    shift = Schedule(id="shift", name=NAME, hours=(Hours(start=clock(start, zone), end=clock(stop, zone)),))
    rules = [
        rule.model_copy(update={"schedule": "shift"}) if isinstance(rule, NoDataRule) else rule
        for rule in given.rules
    ]
    stage.things = list(PRESSES)
    stage.signs = {"collector": {"state": "running"}, "broker": {"state": "connected"}, "store": {"state": "ok"}}
    stage.apply(given.model_copy(update={"rules": tuple(rules), "schedules": (shift,)}))
    stage.run(60)


def test_machines_switched_off_after_their_shift_ring_nothing(stage: PlantStage) -> None:
    work(stage, -3600, 120)
    stage.run(70)
    stage.mute(list(PRESSES))
    stage.run(900)
    assert stage.raised() == []


def test_machines_that_do_not_come_back_with_the_shift_are_missed(stage: PlantStage) -> None:
    work(stage, 600, 7200)
    stage.mute(list(PRESSES))
    stage.run(560)
    assert stage.raised() == []
    stage.run(400)
    assert stage.raised() == ["system.site_silent pantau"]
