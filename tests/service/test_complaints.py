"""docs/alarm-complaints.md: every complaint has tests that exist; and the tests that are written for it alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.causes.defaults import default_rule
from api.app import create_api
from domain.account import Role
from domain.alert import AlertState, Notification, NotificationState
from domain.system_condition import SystemCondition
from support.alerts_stage import T0, AlertStage, installation, limit_rule, no_data_rule, reading
from support.app import MovedClock, add_token, build_services, client_of, raise_alert
from support.evaluators import Evaluator, Versions, new_folder, rings
from support.plant_stage import ROUTE, PlantStage, Thing

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+)\.(\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "alarm-complaints.md").read_text("utf-8"))
HOUR, DAY = 3600, 86_400


# ── the table ───────────────────────────────────────────────────────────────────────────────────


def names_in(file: Path) -> set[str]:
    """The names of the tests in a file: functions, and the classes that Hypothesis makes of its machines."""
    found = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in found if name.startswith(("test_", "Test"))}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}.{row[1]}")
def test_every_test_that_covers_a_complaint_exists(row: tuple[str, ...]) -> None:
    named = re.findall(r"`([^`]+)::([^`\[]+)(?:\[([^`\]]+)\])?`", row[4])

    assert named, "no test is named"
    for file, test, story in named:
        assert test in names_in(ROOT / "tests" / file), f"{file}::{test}"
        assert not story or (ROOT / "tests" / "alerts" / "timelines" / f"{story}.toml").exists(), story


def test_every_complaint_about_alarms_is_in_the_table() -> None:
    assert {number for number, *_ in ROWS} == {"2", "3", "4", "5", "10", "16"}


def test_the_rows_of_a_complaint_are_numbered_one_by_one() -> None:
    numbers = [(int(major), int(minor)) for major, minor, *_ in ROWS]
    follows = ((a == b and y == x + 1) or (b > a and y == 1) for (a, x), (b, y) in pairwise(numbers))

    assert all(follows)


# ── complaint 2: nobody notices that nothing comes ──────────────────────────────────────────────


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[AlertStage]:
    """A journal and a book."""
    made = AlertStage(tmp_path)
    yield made
    made.close()


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[PlantStage]:
    """A plant with all that looks for causes."""
    made = PlantStage(tmp_path)
    yield made
    made.close()


def test_a_device_that_does_not_come_back_after_a_power_cut_is_noticed(stage: AlertStage) -> None:
    stage.apply(installation(no_data_rule(), no_data_rule(id="other", scope={"metric": "*", "device": "inlet"}),
                             devices=("outlet", "inlet")))  # fmt: skip
    stage.arrive(reading(0, 7.0), reading(0, 7.0, device="inlet"))
    stage.tick(1)
    stage.rebuild()  # everything was without power for three hours; one of two devices starts again
    for at in range(3 * HOUR, 3 * HOUR + 90, 10):
        stage.arrive(reading(at, 7.0, device="inlet"))
        stage.tick(at)

    assert [(alert.device, alert.kind) for alert in stage.alerts()] == [("outlet", "no_data")]


def test_a_silence_that_was_known_before_a_restart_stays_known_and_rings_once(stage: AlertStage) -> None:
    stage.apply(installation(no_data_rule(), routes=[ROUTE]))
    stage.arrive(reading(0, 7.0))
    for at in (1, 70):
        stage.tick(at)
    for at in range(80, 200, 20):
        stage.rebuild()
        stage.tick(at)

    (alert,) = stage.alerts()
    assert (alert.state, len(stage.book.notifications(alert.id))) == (AlertState.UNACKNOWLEDGED, 1)


# ── complaint 3: events that fall between two checks ────────────────────────────────────────────


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.sampled_from([7.0, 9.5]), min_size=2, max_size=25),
    ticks=st.sets(st.integers(1, 25), max_size=12),
)
def test_wherever_the_checks_fall_no_event_is_lost_at_their_edges(values: list[float], ticks: set[int]) -> None:
    """A reading a second; a check at some of these very seconds, or one check at the end."""
    found = []
    for moments in (sorted(ticks), []):
        folder = new_folder()
        alone = Evaluator("sendiri", folder, Versions(), causes=False)
        alone.registry.apply(installation(limit_rule(on_delay=2, off_delay=1)), "test", T0)
        begun = 0
        for moment in [*moments, 30]:
            rows = [reading(at, value) for at, value in enumerate(values) if begun <= at < moment]
            if rows:
                alone.arrive(rows)
            alone.engine.tick(T0 + moment * 1000)
            begun = moment
        found.append(rings(alone.book, "ph-outlet"))
        alone.close()

    assert found[0] == found[1]


# ── complaint 5: an old alert that is still true is hidden ──────────────────────────────────────


def test_an_alert_that_has_stood_for_half_a_year_is_still_shown(tmp_path: Path) -> None:
    clock = MovedClock()
    services = build_services(tmp_path, clock)
    old = raise_alert(services, "old")
    clock.now += 180 * DAY * 1000
    for number in range(150):
        newer = raise_alert(services, f"new-{number:03}")
        services.desk.take_out(newer.id, "sari", "uji", clock.now)
        services.desk.put_back(newer.id, "sari", None, clock.now)
    with client_of(create_api(services), add_token(services, Role.VIEWER, "layar")) as client:
        shown = client.get("/api/v1/alerts", params={"open": True}).raise_for_status().json()["items"]

    assert [alert["id"] for alert in shown] == [old.id]


# ── complaint 16: nobody notices that nobody is told ────────────────────────────────────────────


def tried(plant: PlantStage, state: NotificationState, error: str) -> Notification:
    """A message to somebody was tried once, in vain."""
    hasty = default_rule(SystemCondition.NOTIFICATIONS_FAILING).model_copy(update={"after": 60.0})
    plant.build(Thing("outlet"), Thing("inlet"), rules=(hasty,))
    plant.value["outlet"] = 9.5
    plant.run(20)
    (note,) = plant.book.notifications(plant.one("ph-outlet").id)
    noted = replace(note, state=state, attempts=1, last_error=error)
    plant.book.update_notification(noted)
    return noted


def refused(plant: PlantStage) -> Notification:
    """Somebody's channel refuses a message for good."""
    return tried(plant, NotificationState.FAILED, "HTTP 403")


def test_a_channel_that_refuses_for_good_is_an_alert_of_its_own(plant: PlantStage) -> None:
    refused(plant)
    plant.run(100)

    assert "system.notifications_failing pantau" in plant.ringing()


def test_messages_that_cannot_be_delivered_for_long_are_an_alert_until_they_are(
    plant: PlantStage,
) -> None:
    waiting = tried(plant, NotificationState.QUEUED, "ConnectError")
    plant.run(100)
    assert "system.notifications_failing pantau" in plant.ringing()

    plant.book.update_notification(replace(waiting, state=NotificationState.SENT, last_error=None))
    plant.run(30)
    assert plant.one("system.notifications_failing").state is AlertState.RETURNED
