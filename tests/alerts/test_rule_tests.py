"""Stories told to rules: what came otherwise is told with its place; what cannot be told is refused with its key."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.rule_tests import play
from device_profiles.catalogue import Catalogue
from domain.errors import Invalid, NotFound
from domain.registry import Installation
from domain.rule import Rule
from domain.timeline import Timeline, TimelineReport
from service.rule_stage import rule_stage

TEXT = {"id": "x", "en": "x"}
LIMIT = {"id": "ph", "kind": "limit", "name": TEXT, "action": TEXT, "scope": {"metric": "ph"}, "above": 9.0}
STEPS = [{"at": 0, "value": 7}, {"at": 10, "value": 9.5}, {"at": 20, "value": 7}]
CAME = ["10 raised normal>unacknowledged", "20 returned unacknowledged>returned"]
CATALOGUE = Catalogue.load()


def nothing_there(rule: str) -> Rule:
    raise NotFound(f"there is no rule {rule}")


def told(**keys: Any) -> TimelineReport:
    """The story of a breach of ten seconds, changed as told."""
    story = Timeline.model_validate({"rule": LIMIT, "steps": STEPS, "transitions": CAME, **keys})
    return play(story, rule_stage, Installation(), nothing_there, CATALOGUE)


def places(report: TimelineReport) -> list[str]:
    return [one.place for one in report.differences]


def test_a_story_that_comes_as_told_passes() -> None:
    report = told()
    assert (report.passed, report.transitions) == (True, CAME)


def test_a_transition_that_did_not_come_is_told_alone() -> None:
    report = told(transitions=["10 raised normal>unacknowledged", "15 acknowledged x", CAME[1]])
    assert [(one.place, one.expected, one.found) for one in report.differences] == [
        ("transitions[1]", "15 acknowledged x", None)
    ]


def test_a_transition_too_many_is_told_alone() -> None:
    report = told(transitions=[CAME[1]])
    assert [(one.expected, one.found) for one in report.differences] == [(None, CAME[0])]


def test_no_transitions_expected_means_none() -> None:
    assert places(told(transitions=[])) == ["transitions[0]", "transitions[1]"]


def test_a_state_and_a_field_that_came_otherwise_are_told_with_their_places() -> None:
    steps = [*STEPS[:1], {"at": 10, "value": 9.5, "expect": "acknowledged"}]
    report = told(steps=steps, transitions=CAME[:1], alerts=[{"peak": 9.4, "since": 10}])
    assert places(report) == ["steps[1].expect", "alerts[0].peak"]


def test_a_deed_that_is_refused_is_told_unless_it_is_meant_to_be() -> None:
    deed = {"at": 30, "do": "unshelve"}
    assert places(told(steps=[*STEPS, deed])) == ["steps[3].do"]
    assert told(steps=[*STEPS, {**deed, "refused": True}]).passed


def test_a_deed_without_an_alert_is_told() -> None:
    assert places(told(steps=[{"at": 0, "do": "acknowledge"}], transitions=[])) == ["steps[0].do"]


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        ({"rule": "nothing-here"}, "rule"),
        ({"steps": [STEPS[1], STEPS[0]]}, "steps[1].at"),
        ({"end": 5}, "end"),
        ({"end": 31_000_000}, "tick"),
        ({"steps": [{"at": "2026-11-21T00:00:00"}]}, "at"),
        ({"rule": {**LIMIT, "schedule": "malam"}}, "rules[0].schedule"),
    ],
)
def test_a_story_that_cannot_be_told_is_refused_with_its_key(keys: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        told(**keys)
    assert refused.value.field == field


def test_a_story_that_expects_nothing_is_refused() -> None:
    story = Timeline.model_validate({"rule": LIMIT, "steps": STEPS})
    with pytest.raises(Invalid, match="expects nothing"):
        play(story, rule_stage, Installation(), nothing_there, CATALOGUE)


VOLUME = {**LIMIT, "id": "izin", "kind": "volume", "scope": {"metric": "flow"}, "above": 100.0}
FLOWED = {"rule": VOLUME, "steps": [{"at": 0, "value": 600}, {"at": 600, "value": 600}, {"at": 1200, "value": 600}]}


def test_a_story_says_in_which_unit_its_values_are() -> None:
    assert told(**FLOWED, units={"flow": "m3/h"}, transitions=["1200 raised normal>unacknowledged"]).passed


def test_a_rule_that_cannot_be_judged_is_told_with_its_error() -> None:
    (one,) = told(**FLOWED, transitions=[]).differences
    assert (one.place, one.found) == ("rule", "ValueError: '1' is neither a volume nor a flow")
