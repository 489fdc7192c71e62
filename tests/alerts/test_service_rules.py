"""Service plans by running hours have their rule, with the plan's own figures."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.derived_service import service_rules
from device_profiles.catalogue import Catalogue
from domain.registry import Installation
from domain.rule import RunHoursRule

NAME = {"id": "oli", "en": "oil"}


def derived(profile: str = "house-hot-press", **plan: Any) -> list[RunHoursRule]:
    press = {"id": "press-1", "site": "alas-kaki", "stage": "line-3", "profile": profile, "name": NAME}
    given = {"id": "press-oli", "device": "press-1", "name": NAME, "every_hours": 500, "ahead_hours": 25} | plan
    return list(service_rules(Installation.model_validate({"devices": [press], "service_plans": [given]}), CATALOGUE))


CATALOGUE = Catalogue.load()


def test_a_plan_by_hours_rings_ahead_by_the_hour_meter() -> None:
    [rule] = derived(source="Manual p. 12")
    assert (rule.id, rule.scope.device, rule.scope.metric) == ("service.press-oli", "press-1", "run_hours")
    assert (rule.every, rule.ahead, rule.source) == (500, 25, "Manual p. 12")


def test_a_machine_without_an_hour_meter_is_counted_by_its_run_bit() -> None:
    [rule] = derived("advantech-adam-6000")
    assert rule.scope.metric == "run"


@pytest.mark.parametrize(
    ("profile", "plan"),
    [
        ("house-hot-press", {"every_hours": None, "every_days": 30}),  # by the calendar alone
        ("tasmota-energy", {}),  # neither hours nor a run bit
        ("house-hot-press", {"device": "press-9"}),
        ("no-such-profile", {}),
    ],
)
def test_what_cannot_be_judged_has_no_rule(profile: str, plan: dict[str, Any]) -> None:
    assert derived(profile, **plan) == []
