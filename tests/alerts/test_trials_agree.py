"""A trial on history tells the alerts that the engine would have raised on the same readings."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from alerts.rule_scene import StoryProfiles
from alerts.rulebook import CompiledRuleBook
from alerts.trials import Trials
from device_profiles.catalogue import Catalogue
from domain.alert import AlertState
from domain.counters import Tally
from domain.reading import FAIL, GOOD, Reading, Series
from domain.registry import Device, Installation, Site, SiteKind, Stage
from domain.rule import Rule
from domain.rule_record import ServiceRecord
from domain.text import Text
from service.rule_stage import RuleStage, rule_stage

T0 = 1_795_219_200_000
NAME = Text(id="x", en="x")
STEP = 10  # s between readings, and between ticks
COUNT = 150
KINDS: dict[str, dict[str, Any]] = {
    "limit": {"kind": "limit", "above": 9.0, "deadband": 0.2},
    "delays": {"kind": "limit", "above": 9.0, "on_delay": 30, "off_delay": 20},
    "stuck": {"kind": "stuck", "after": 40, "tolerance": 0.3},
    "rate": {"kind": "rate_of_change", "rise": 120.0, "over": 60},
    "quality": {"kind": "quality", "share": 0.2, "window": 300},
    "state": {"kind": "state", "equals": [8.0, 8.5, 9.0], "on_delay": 20},
}
PROFILES = StoryProfiles(Catalogue.load(), frozenset({"ph"}))


class Stored:
    """Readings as a store gives them back: without the time of receipt."""

    def __init__(self, readings: list[Reading]) -> None:
        self.readings = readings

    def raw(self, device: str, metric: str, start: int, stop: int) -> list[Reading]:
        return [one for one in self.readings if start <= one.time < stop]


class NoService:
    """No machine was ever serviced."""

    def last(self) -> dict[str, ServiceRecord]:
        return {}


def readings(seed: int) -> list[Reading]:
    """A random walk about the limit, some of it bad."""
    chance, value = random.Random(seed), 8.5
    series = Series("site", "device", "ph", "1", "stage")
    found = []
    for number in range(COUNT):
        value = min(11.0, max(6.0, value + chance.choice([-1.0, -0.5, 0.0, 0.0, 0.5, 1.0])))
        quality = FAIL if chance.random() < 0.15 else GOOD
        found.append(Reading(series, T0 + number * STEP * 1000, value, quality))
    return found


def live(stage: RuleStage, rule: Rule, given: list[Reading]) -> list[tuple[int, int | None]]:
    """When alerts began and ended, with somebody who acknowledges each of them after every tick."""
    for one in given:
        now = one.time
        stage.journal.append([Reading(one.series, one.time, one.value, one.quality, None, now)], Tally())
        stage.tick(now)
        for alert in stage.book.page(None, 50, None, None, None, True).items:
            if alert.state in (AlertState.UNACKNOWLEDGED, AlertState.RETURNED):
                stage.desk.acknowledge(alert.id, "sari", None, now)
    page = stage.book.page(None, 1000, None, None, None, False).items
    return sorted((alert.since, alert.returned_at) for alert in page if alert.rule == rule.id)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", KINDS)
def test_a_trial_agrees_with_the_engine(kind: str, seed: int, tmp_path: Path) -> None:
    scope = {"metric": "ph", "device": "device"}
    adapter: TypeAdapter[Rule] = TypeAdapter(Rule)
    rule = adapter.validate_python({"id": "tried", "name": NAME, "action": NAME, "scope": scope, **KINDS[kind]})
    site = Site(id="site", name=NAME, kind=SiteKind.IPAL, stages=(Stage(id="stage", name=NAME),))
    device = Device(id="device", site="site", stage="stage", profile="story", name=NAME)
    given = readings(seed)
    with rule_stage(PROFILES) as stage:
        stage.registry.apply(Installation(sites=(site,), devices=(device,), rules=(rule,)), "test", T0)
        expected = live(stage, rule, given)
        rules = CompiledRuleBook(stage.registry, PROFILES)
        trials = Trials(stage.registry, rules, PROFILES, Stored(given), NoService(), rule_stage)  # type: ignore[arg-type]
        found = trials.what_if(rule, T0, T0 + COUNT * STEP * 1000)
    episodes = sorted((one.start, one.stop) for one in found.episodes)
    assert episodes
    assert [start for start, _ in episodes] == [start for start, _ in expected]
