"""Rules that could be written down but never mean anything are refused with the place of the mistake."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.errors import Problem
from domain.references import reference_problems
from domain.references_rules import metric_problems
from domain.registry import Device, Installation, Site, SiteKind, Stage
from domain.rule import Rule
from domain.text import Text

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
WORDS = Text(id="x", en="x")
GIVEN = {"name": WORDS, "action": WORDS}
STAGES = (Stage(id="outlet", name=WORDS), Stage(id="aerob", name=WORDS))
SITE = Site(id="batik", name=WORDS, kind=SiteKind.IPAL, stages=STAGES)
DEVICES = tuple(
    Device(id=name, site="batik", stage=stage, profile="probe", name=WORDS)
    for name, stage in (("one", "outlet"), ("two", "outlet"), ("three", "aerob"))
)


def rule(name: str, kind: str, metric: str | None = None, device: str | None = None, **keys: Any) -> Rule:
    scope = {"metric": metric or "*", "device": device}
    return RULE.validate_python({**GIVEN, "id": name, "kind": kind, "scope": scope, **keys})


def limit(name: str, device: str) -> Rule:
    return rule(name, "limit", "ph", device, above=9)


def with_rules(*rules: Rule) -> Installation:
    return Installation(sites=(SITE,), devices=DEVICES, rules=rules)


def keys(problems: list[Problem]) -> list[str]:
    return [problem.key for problem in problems]


@pytest.mark.parametrize(
    ("mistaken", "key"),
    [
        (rule("diam", "no_data", "online", after=60), "scope.metric"),
        (rule("system.disk_low", "system", condition="flood"), "condition"),
        (rule("system.disk_low", "limit", "ph", above=9), "kind"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(mistaken: Rule, key: str) -> None:
    assert keys(reference_problems(with_rules(mistaken))) == [f"rules[0].{key}"]


def test_the_rule_of_a_condition_may_be_replaced() -> None:
    assert reference_problems(with_rules(rule("system.disk_low", "system", condition="disk_low"))) == []


@pytest.mark.parametrize("known", [None, {"system.flood"}])
def test_a_composite_names_no_rule_about_pantau_itself(known: set[str] | None) -> None:
    both = rule("both", "composite", of=["a", "system.flood"])
    assert keys(reference_problems(with_rules(both, limit("a", "one")), known)) == ["rules[0].of[1]"]


@pytest.mark.parametrize(
    ("place", "match", "other", "refused"),
    [
        ("device", "all", "two", True),
        ("device", "any", "two", False),
        ("stage", "all", "two", False),
        ("stage", "all", "three", True),
        ("site", "all", "three", False),
    ],
)
def test_a_composite_of_rules_that_never_meet_is_refused(
    place: str, match: str, other: str, *, refused: bool
) -> None:
    both = rule("both", "composite", of=["a", "b"], place=place, match=match)
    found = keys(reference_problems(with_rules(both, limit("a", "one"), limit("b", other))))
    assert found == (["rules[0].place"] if refused else [])


@pytest.mark.parametrize(
    ("summed", "unit", "refused"),
    [
        (rule("v", "volume", "x", above=1), "pH", True),
        (rule("v", "volume", "x", above=1), "L/s", False),
        (rule("h", "run_hours", "x", every=1), "pH", True),
        (rule("h", "run_hours", "x", every=1), "h", False),
        (rule("h", "run_hours", "x", every=1), "1", False),
    ],
)
def test_what_is_summed_up_must_be_a_volume_or_hours(summed: Rule, unit: str, *, refused: bool) -> None:
    problems = metric_problems(with_rules(summed), lambda _: {"x": unit})
    assert keys(list(problems)) == (["rules[0].scope.metric"] if refused else [])


def test_where_no_unit_is_known_none_is_refused() -> None:
    assert list(metric_problems(with_rules(rule("v", "volume", "x", above=1)), lambda _: {"x"})) == []
