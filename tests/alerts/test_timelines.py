"""Every file in `timelines/` is one story: played straight, and with the engine rebuilt before every step.

The format is described in docs/alert-rules.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.alert import Alert
from domain.errors import Conflict, Invalid
from domain.registry import Device, DeviceStatus, Installation, Schedule
from domain.rule_record import ServiceRecord
from support.alerts_stage import (
    NAME,
    T0,
    UNITS,
    AlertStage,
    any_rule,
    installation,
    limit_rule,
    no_data_rule,
    reading,
)
from support.servers import Postgres

FOLDER = Path(__file__).parent / "timelines"
FILES = sorted(FOLDER.glob("*.toml"))
MAKERS = {"limit": limit_rule, "no_data": no_data_rule}
MORNING = 7  # o'clock at the site, at second 0


def seconds(at: int | str) -> int:
    """Of `22:30` or `+1 03:00` (the next day) local time; a number stands for itself."""
    if not isinstance(at, str):
        return at
    day, clock = at.split(" ") if " " in at else ("+0", at)
    hours, minutes = clock.split(":")
    return int(day) * 86_400 + (int(hours) - MORNING) * 3600 + int(minutes) * 60


def clock(at: float) -> str:
    """The other way."""
    day, rest = divmod(round(at) + MORNING * 3600, 86_400)
    text = f"{rest // 3600:02}:{rest // 60 % 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")
    return f"+{day} {text}" if day else text


def told_installation(story: dict[str, Any]) -> Installation:
    """Its rule, those beside it, its schedules and devices."""
    first = dict(story["rule"])
    make = MAKERS.get(first["kind"])
    rule = any_rule(**first) if make is None else make(**{k: v for k, v in first.items() if k != "kind"})
    beside = [any_rule(**keys) for keys in story.get("beside", [])]
    given = installation(rule, *beside)
    stages = story.get("devices", {"outlet": "outlet"})
    devices = tuple(Device(id=k, site="batik", stage=v, profile="probe", name=NAME) for k, v in stages.items())
    schedules = tuple(Schedule.model_validate({"name": NAME, **keys}) for keys in story.get("schedules", []))
    return given.model_copy(update={"devices": devices, "schedules": schedules})


def steps_of(story: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All steps, with those written as a stretch (`to`, `every`) one by one."""
    for step in story["steps"]:
        first = seconds(step["at"])
        for at in range(first, seconds(step.get("to", first)) + 1, step.get("every", 1)):
            yield {**step, "at": at}


class Player:
    """Plays one story on a stage; `forgetful` rebuilds the engine before every step."""

    def __init__(self, stage: AlertStage, story: dict[str, Any], *, forgetful: bool) -> None:
        self.stage = stage
        self.story = story
        self.forgetful = forgetful
        self.tick_every: int = story.get("tick", 10)
        self.given = told_installation(story)
        self.steps = list(steps_of(story))
        self.last = 0

    def play(self) -> None:
        """All steps, with the ticks between them, to the end."""
        self.stage.apply(self.given)
        self.stage.tick(self.last)
        for step in self.steps:
            self._wait_until(step["at"])
            self._rebuild()
            self._do(step)
            self.stage.tick(step["at"])
            self.last = step["at"]
            if "expect" in step:
                assert [a.state for a in self.stage.alerts()][-1:] == [step["expect"]], f"after {step}"
        self._wait_until(seconds(self.story.get("end", self.last)))

    def _wait_until(self, at: int) -> None:
        for now in range(self.last + self.tick_every, at, self.tick_every):
            self._rebuild()
            self.stage.tick(now)
            self.last = now

    def _rebuild(self) -> None:
        if self.forgetful:
            self.stage.rebuild()

    def _do(self, step: dict[str, Any]) -> None:
        for metric in UNITS:
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
        own = step["at"] - step.get("behind", 0)
        times = step.get("times", [step.get("time", own)] * len(values))
        keys = {key: step[key] for key in ("quality", "device") if key in step}
        for value, time in zip(values, times, strict=True):
            number = None if value == "null" else float(value)
            self.stage.arrive(reading(seconds(time), number, metric=metric, received=step["at"], **keys))

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
            case "service":
                self.stage.maintenance.add(ServiceRecord("outlet", now, who, "oli", step.get("run_hours")))
            case _:
                self.stage.apply(self._changed(deed, step))

    def _changed(self, deed: str, step: dict[str, Any]) -> Installation:
        rule, device = self.given.rules[0], self.given.devices[0]
        match deed:
            case "disable" | "enable":
                rule = rule.model_copy(update={"enabled": deed == "enable"})
            case "rescope":
                rule = rule.model_copy(
                    update={"scope": rule.scope.model_copy(update={"stage": step["stage"], "device": None})}
                )
            case "out_of_service" | "in_service":
                device = device.model_copy(update={"status": DeviceStatus(deed)})
            case _:
                raise AssertionError(f"unknown deed {deed!r}")
        self.given = self.given.model_copy(
            update={"rules": (rule, *self.given.rules[1:]), "devices": (device, *self.given.devices[1:])}
        )
        return self.given


def _told(stage: AlertStage, story: dict[str, Any]) -> list[str]:
    """`at event from>to who` of all alerts (of the rule `only`), one after the other."""
    write = clock if story.get("clock") else "{:g}".format
    return [
        f"{write((t.at - T0) / 1000)} {t.event} {t.from_state}>{t.to_state}"
        + ("" if t.who == "pantau" else f" {t.who}")
        for alert in _alerts(stage, story)
        for t in stage.life(alert)
    ]


def _alerts(stage: AlertStage, story: dict[str, Any]) -> list[Alert]:
    """Those of the rule `only`, oldest first; of two that began at one moment the one that was raised first."""
    wanted = [alert for alert in stage.alerts() if alert.rule == story.get("only", alert.rule)]
    return sorted(wanted, key=lambda alert: (alert.since, stage.life(alert)[0].id))


def _seconds(value: object) -> object:
    return (value - T0) / 1000 if isinstance(value, int) and not isinstance(value, bool) and value > T0 / 2 else value


def _record(stage: AlertStage, story: dict[str, Any]) -> list[object]:
    """All that is durable: alerts with their lives, notifications, and the rule states without their mark."""
    alerts = stage.alerts()
    states = sorted(
        stage.states(*((device, metric) for device in story.get("devices", ["outlet"]) for metric in (*UNITS, "*"))),
        key=lambda s: (s.rule, s.device, s.metric),
    )
    kept = [(s.rule, s.device, s.metric, s.status, s.since, s.alert, s.deadline, s.peak) for s in states]
    return [alerts, [stage.life(a) for a in alerts], [stage.book.notifications(a.id) for a in alerts], kept]


TIMES = {"since", "returned_at", "closed_at"}


def _number(value: object) -> bool:
    return isinstance(value, int | float)


def _check(stage: AlertStage, story: dict[str, Any]) -> None:
    assert _told(stage, story) == story["transitions"]
    found = _alerts(stage, story)
    assert len(found) == len(story.get("alerts", found))
    for alert, expected in zip(found, story.get("alerts", []), strict=False):
        wanted = {key: seconds(value) if key in TIMES else value for key, value in expected.items()}
        found_ = {key: _seconds(getattr(alert, key)) for key in expected}
        assert found_ == pytest.approx(wanted) if all(map(_number, wanted.values())) else found_ == wanted


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_timeline_ends_as_told_and_restarts_change_nothing(file: Path, tmp_path: Path) -> None:
    story = tomllib.loads(file.read_text(encoding="utf-8"))
    records = []
    for forgetful in (False, True):
        folder = tmp_path / str(forgetful)
        folder.mkdir()
        with closing(AlertStage(folder, intervals=story.get("intervals"))) as stage:
            Player(stage, story, forgetful=forgetful).play()
            _check(stage, story)
            records.append(_record(stage, story))

    assert records[0] == records[1]


@pytest.fixture(scope="module")
def database_urls(postgres: Postgres) -> Iterator[str]:
    """A fresh PostgreSQL database for each story."""
    return (postgres.create_database(f"timeline_{number}") for number in range(1000))


@pytest.mark.postgres
@pytest.mark.parametrize("file", FILES[:: max(1, len(FILES) // 6)], ids=lambda file: file.stem)
def test_postgresql_tells_the_same_story(file: Path, tmp_path: Path, database_urls: Iterator[str]) -> None:
    story = tomllib.loads(file.read_text(encoding="utf-8"))
    with closing(AlertStage(tmp_path, next(database_urls), story.get("intervals"))) as stage:
        Player(stage, story, forgetful=True).play()
        _check(stage, story)


def test_there_are_at_least_eighty_timelines() -> None:
    assert len(FILES) >= 80
