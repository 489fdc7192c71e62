"""Rules that nobody in his right mind writes: refused with their key, or judged without harm to the others."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.alert import AlertState
from domain.registry import Escalation, Route
from domain.rule import LONGEST
from support.alerts_stage import T0, AlertStage, any_rule, installation, limit_rule, reading

RUN = {"metric": "run", "device": "outlet"}
ENDLESS: list[tuple[str, dict[str, Any]]] = [
    ("on_delay", {"kind": "limit", "above": 9}),
    ("off_delay", {"kind": "limit", "above": 9}),
    ("realarm", {"kind": "limit", "above": 9}),
    ("after", {"kind": "no_data"}),
    ("after", {"kind": "stuck"}),
    ("over", {"kind": "rate_of_change", "rise": 1}),
    ("window", {"kind": "quality", "share": 0.5}),
    ("on_delay", {"kind": "state", "equals": [0], "scope": RUN}),
    ("after", {"kind": "system", "condition": "flood"}),
]


@pytest.mark.parametrize(("key", "keys"), ENDLESS, ids=[f"{keys['kind']}.{key}" for key, keys in ENDLESS])
def test_a_wait_of_more_than_ten_years_is_refused_by_its_key(key: str, keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        any_rule(**keys, **{key: 1e300})

    assert key in refused.value.errors()[0]["loc"]


@pytest.mark.parametrize(("key", "keys"), ENDLESS, ids=[f"{keys['kind']}.{key}" for key, keys in ENDLESS])
def test_the_longest_wait_stops_nobody_else(stage: AlertStage, key: str, keys: dict[str, Any]) -> None:
    stage.apply(installation(any_rule(**{**keys, key: LONGEST, "id": "patient"}), limit_rule()))
    stage.arrive(reading(1, 9.5), reading(1, 0, metric="run"))
    stage.tick(2)
    for alert in stage.alerts():
        stage.desk.acknowledge(alert.id, "sari", None, T0 + 3000)
    stage.tick(4)
    stage.tick(6)

    assert "ph-outlet" in {alert.rule for alert in stage.alerts() if alert.state is AlertState.ACKNOWLEDGED}


@pytest.mark.parametrize("endless", [1e300, float("inf")])
def test_a_reminder_after_more_than_ten_years_is_refused(endless: float) -> None:
    with pytest.raises(ValidationError):
        Route(id="duty", notifier="log", repeat=endless)
    with pytest.raises(ValidationError):
        Escalation(after=endless, contacts=("budi",))


@pytest.mark.parametrize(
    "keys",
    [
        {"kind": "rate_of_change", "rise": 1e-300, "over": 1e-300},
        {"kind": "stuck", "after": 1e-300},
        {"kind": "no_data", "after": 1e-300},
        {"kind": "quality", "share": 0, "window": 1e-300, "minimum": 10**30},
        {"kind": "limit", "above": 1.7e308, "below": -1.7e308, "deadband": 1e307},
        {"kind": "run_hours", "every": 1e300, "ahead": 1e300, "scope": RUN},
    ],
    ids=lambda keys: keys["kind"],
)
def test_an_absurd_rule_stops_nobody_else(stage: AlertStage, keys: dict[str, Any]) -> None:
    stage.apply(installation(any_rule(**{**keys, "id": "absurd"}), limit_rule()))
    for at in (1, 3, 500):
        stage.arrive(reading(at, 9.5 + at / 1000), reading(at, 1, metric="run"))
        stage.tick(at + 1)

    assert "ph-outlet" in {alert.rule for alert in stage.alerts()}


def test_a_limit_that_is_raised_above_the_value_returns_its_alert_with_the_next_reading(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    stage.arrive(reading(1, 9.5))
    stage.tick(2)
    stage.apply(installation(limit_rule(above=12)))
    stage.arrive(reading(3, 9.5))
    stage.tick(4)

    assert [alert.state for alert in stage.alerts()] == [AlertState.RETURNED]


def test_a_rule_that_becomes_one_of_another_kind_leaves_no_alert_behind(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    stage.arrive(reading(1, 9.5))
    stage.tick(2)
    stage.apply(installation(any_rule(kind="no_data", id="ph-outlet", after=60, scope={"device": "outlet"})))
    stage.tick(4)

    assert [(alert.state, alert.active) for alert in stage.alerts()] == [(AlertState.NORMAL, False)]


def test_a_rule_that_is_dropped_ends_its_alert(stage: AlertStage) -> None:
    stage.apply(installation(limit_rule()))
    stage.arrive(reading(1, 9.5))
    stage.tick(2)
    stage.registry.drop_rule("ph-outlet", "sari", 3)
    stage.tick(4)

    assert [(alert.state, alert.active) for alert in stage.alerts()] == [(AlertState.NORMAL, False)]
