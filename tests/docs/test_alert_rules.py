"""docs/alert-rules.md: every kind has an example, every key is explained, and the story comes as told."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from alerts.rule_tests import play
from device_profiles.catalogue import Catalogue
from domain.registry import Installation
from domain.rule import Rule
from domain.system_condition import SystemCondition
from domain.timeline import Deed, ExpectedAlert, Timeline
from service.installation_problems import RULE_KINDS
from service.rule_stage import rule_stage

TEXT = (Path(__file__).parents[2] / "docs" / "alert-rules.md").read_text("utf-8")
EXAMPLES = [block.split("```")[0] for block in TEXT.split("```toml")[1:]]
INSTALLATIONS = [Installation.model_validate(tomllib.loads(one)) for one in EXAMPLES if "[[rules]]" in one]
RULES: list[Rule] = [rule for one in INSTALLATIONS for rule in one.rules]


def section(kind: str) -> str:
    return TEXT.split(f"\n## `{kind}`\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_every_kind_has_an_example_that_is_such_a_rule(kind: str) -> None:
    example = tomllib.loads(section(kind).split("```toml")[1].split("```")[0])
    assert [rule["kind"] for rule in example["rules"]] == [kind]


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_every_key_of_a_kind_is_explained_there_or_with_the_shared_ones(kind: str) -> None:
    shared = TEXT.split("\n## `limit`\n")[0]
    model = next(type(rule) for rule in RULES if rule.kind == kind)
    words = section(kind) + shared
    assert [key for key in model.model_fields if f"`{key}`" not in words] == []


@pytest.mark.parametrize("condition", SystemCondition)
def test_every_system_condition_is_named(condition: str) -> None:
    assert f"`{condition}`" in section("system")


@pytest.mark.parametrize("key", [*Timeline.model_fields, *ExpectedAlert.model_fields, *Deed])
def test_every_key_of_a_story_is_explained(key: str) -> None:
    assert f"`{key}`" in TEXT or key == "why"


def test_the_story_comes_as_told() -> None:
    (story,) = [tomllib.loads(one) for one in EXAMPLES if "steps" in one]

    def no_rule(rule: str) -> Any:
        raise AssertionError(rule)

    report = play(Timeline.model_validate(story), rule_stage, Installation(), no_rule, Catalogue.load())
    assert report.differences == []
