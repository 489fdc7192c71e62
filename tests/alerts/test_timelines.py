"""Every file in `timelines/` is one story: played straight, and with the engine rebuilt before every step.

The format is described in docs/alert-rules.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Conflict, Invalid
from domain.registry import DeviceStatus, Installation
from support.alerts_stage import T0, AlertStage, installation, limit_rule, no_data_rule, reading
from support.servers import Postgres

FOLDER = Path(__file__).parent / "timelines"
FILES = sorted(FOLDER.glob("*.toml"))
MAKERS = {"limit": limit_rule, "no_data": no_data_rule}


class Player:
    """Plays one story on a stage; `forgetful` rebuilds the engine before every step."""

    def __init__(self, stage: AlertStage, story: dict[str, Any], *, forgetful: bool) -> None:
        self.stage = stage
        self.story = story
        self.forgetful = forgetful
        self.tick_every: int = story.get("tick", 10)
        self.last = 0
        rule = dict(story["rule"])
        self.given = installation(MAKERS[rule.pop("kind")](**rule))

    def play(self) -> None:
        """All steps, with the ticks between them, to the end."""
        self.stage.apply(self.given)
        self.stage.tick(0)
        for step in self.story["steps"]:
            self._wait_until(step["at"])
            self._rebuild()
            self._do(step)
            self.stage.tick(step["at"])
            self.last = step["at"]
            if "expect" in step:
                assert [a.state for a in self.stage.alerts()][-1:] == [step["expect"]], f"after {step}"
        self._wait_until(self.story.get("end", self.last))

    def _wait_until(self, at: int) -> None:
        for now in range(self.last + self.tick_every, at, self.tick_every):
            self._rebuild()
            self.stage.tick(now)
            self.last = now

    def _rebuild(self) -> None:
        if self.forgetful:
            self.stage.rebuild()

    def _do(self, step: dict[str, Any]) -> None:
        for metric in ("ph", "cod", "online"):
            if metric in step:
                self._arrive(step, metric)
        if "do" in step:
            refused = step.get("refused", False)
            if refused:
                with pytest.raises((Conflict, Invalid)):
                    self._act(step)
            else:
                self._act(step)

    def _arrive(self, step: dict[str, Any], metric: str) -> None:
        values = step[metric] if isinstance(step[metric], list) else [step[metric]]
        times = step.get("times", [step.get("time", step["at"])] * len(values))
        for value, time in zip(values, times, strict=True):
            keys = {"quality": step["quality"]} if "quality" in step else {}
            number = None if value == "null" else float(value)
            self.stage.arrive(reading(time, number, metric=metric, received=step["at"], **keys))

    def _act(self, step: dict[str, Any]) -> None:
        deed, now, who = step["do"], T0 + step["at"] * 1000, step.get("who", "sari")
        desk, alerts = self.stage.desk, self.stage.alerts()
        match deed:
            case "acknowledge":
                desk.acknowledge(alerts[-1].id, who, step.get("comment"), now)
            case "comment":
                desk.comment(alerts[-1].id, who, step["comment"], now)
            case "shelve":
                desk.shelve(alerts[-1].id, who, T0 + step["until"] * 1000, step["comment"], now)
            case "unshelve":
                desk.unshelve(alerts[-1].id, who, None, now)
            case _:
                self.stage.apply(self._changed(deed, step))

    def _changed(self, deed: str, step: dict[str, Any]) -> Installation:
        rule, device = self.given.rules[0], self.given.devices[0]
        match deed:
            case "disable" | "enable":
                rule = rule.model_copy(update={"enabled": deed == "enable"})
            case "rescope":
                rule = rule.model_copy(update={"scope": rule.scope.model_copy(update={"stage": step["stage"]})})
            case "out_of_service" | "in_service":
                device = device.model_copy(update={"status": DeviceStatus(deed)})
            case _:
                raise AssertionError(f"unknown deed {deed!r}")
        self.given = self.given.model_copy(update={"rules": (rule,), "devices": (device,)})
        return self.given


def _told(stage: AlertStage) -> list[str]:
    """`at event from>to who` of all alerts, one after the other."""
    return [
        f"{(t.at - T0) / 1000:g} {t.event} {t.from_state}>{t.to_state}" + ("" if t.who == "pantau" else f" {t.who}")
        for alert in stage.alerts()
        for t in stage.life(alert)
    ]


def _seconds(value: object) -> object:
    return (value - T0) / 1000 if isinstance(value, int) and not isinstance(value, bool) and value > T0 / 2 else value


def _record(stage: AlertStage) -> list[object]:
    """All that is durable: alerts with their lives, notifications, and the rule states without their mark."""
    alerts = stage.alerts()
    states = sorted(
        stage.states(("outlet", "ph"), ("outlet", "cod"), ("outlet", "*")), key=lambda s: (s.rule, s.metric)
    )
    kept = [(s.rule, s.metric, s.status, s.since, s.alert, s.deadline, s.peak) for s in states]
    return [alerts, [stage.life(a) for a in alerts], [stage.book.notifications(a.id) for a in alerts], kept]


def _check(stage: AlertStage, story: dict[str, Any]) -> None:
    assert _told(stage) == story["transitions"]
    found = stage.alerts()
    assert len(found) == len(story.get("alerts", found))
    for alert, expected in zip(found, story.get("alerts", []), strict=False):
        assert {key: _seconds(getattr(alert, key)) for key in expected} == expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_timeline_ends_as_told_and_restarts_change_nothing(file: Path, tmp_path: Path) -> None:
    story = tomllib.loads(file.read_text(encoding="utf-8"))
    records = []
    for forgetful in (False, True):
        folder = tmp_path / str(forgetful)
        folder.mkdir()
        stage = AlertStage(folder)
        Player(stage, story, forgetful=forgetful).play()
        _check(stage, story)
        records.append(_record(stage))
        stage.close()

    assert records[0] == records[1]


@pytest.fixture(scope="module")
def database_urls(postgres: Postgres) -> Iterator[Iterator[str]]:
    """A fresh PostgreSQL database for each story."""
    return (postgres.create_database(f"timeline_{number}") for number in range(1000))


@pytest.mark.postgres
@pytest.mark.parametrize("file", FILES[:: max(1, len(FILES) // 6)], ids=lambda file: file.stem)
def test_postgresql_tells_the_same_story(file: Path, tmp_path: Path, database_urls: Iterator[str]) -> None:
    story = tomllib.loads(file.read_text(encoding="utf-8"))
    stage = AlertStage(tmp_path, next(database_urls))
    Player(stage, story, forgetful=True).play()

    _check(stage, story)
    stage.close()


def test_there_are_at_least_thirty_timelines() -> None:
    assert len(FILES) >= 30
