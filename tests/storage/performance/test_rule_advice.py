"""Advice: when a rule should be retuned, and with what to try it. Figures counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from domain.performance import AdviceReason
from domain.rule import Rule
from storage.actor_tally import ActorKey, ActorTally, quantile
from storage.alert_lives import Life
from storage.rule_advice import advise, calming, reasons_of, waiting
from support.installations import words

S, MINUTE, HOUR = 1_000, 60_000, 3_600_000
KEY = ActorKey("ph-high", "batik", "outlet", "ph")
CHATTERS, SHORT, FREQUENT = AdviceReason.CHATTERS, AdviceReason.SHORT, AdviceReason.FREQUENT
STALE, NEVER = AdviceReason.STALE, AdviceReason.NEVER_ACTED_ON


def rule(kind: str = "limit", metric: str = "ph", **keys: Any) -> Rule:
    """A rule of a kind."""
    given = {"kind": kind, "id": "r", "name": words("R"), "action": words("Cek"), "scope": {"metric": metric}, **keys}
    made: Rule = TypeAdapter(Rule).validate_python(given)
    return made


def actor(alerts: int, lasted: int = HOUR, acknowledged: int = 1, apart: int = HOUR, held: int = 0) -> ActorTally:
    """So many alerts of one ring each; the first `acknowledged` of them were."""
    tally = ActorTally()
    for number in range(alerts):
        waits = [MINUTE] if number < acknowledged else []
        tally.add(Life([number * apart], [number * apart], [lasted], waits, not waits, held if not number else 0))
    return tally


# case: (the actor, rings of all, stale alerts, reasons with their numbers)
CASES: dict[str, tuple[ActorTally, int, int, list[tuple[AdviceReason, int]]]] = {
    "a healthy one": (actor(6), 100, 0, []),
    "held down twice": (actor(1, held=2), 100, 0, [(CHATTERS, 2)]),
    "three within a minute by the count": (actor(3, apart=20 * S), 100, 0, [(CHATTERS, 1)]),
    "five that ended within a minute": (actor(5, lasted=59 * S), 100, 0, [(SHORT, 5)]),
    "five that lasted a minute": (actor(5, lasted=60 * S), 100, 0, []),
    "four that ended within a minute": (actor(4, lasted=1 * S), 100, 0, []),
    "five of twenty": (actor(5), 20, 0, [(FREQUENT, 5)]),
    "four of twenty are a fifth, not more": (actor(4), 20, 0, []),
    "five of nineteen are too few to tell": (actor(5), 19, 0, []),
    "one that stands for days": (actor(0), 100, 3, [(STALE, 3)]),
    "five nobody acknowledged": (actor(5, acknowledged=0), 100, 0, [(NEVER, 5)]),
    "four nobody acknowledged": (actor(4, acknowledged=0), 100, 0, []),
}


@pytest.mark.parametrize("case", CASES)
def test_the_reasons_are_those_counted_by_hand(case: str) -> None:
    tally, total, stale, expected = CASES[case]
    assert reasons_of(tally, total, stale) == expected


# case: (the rule, what to try against chattering)
CALMING: dict[str, tuple[Rule, dict[str, float]]] = {
    "5 % of the range between two limits": (rule(above=9.0, below=6.0), {"deadband": 0.15, "off_delay": 60.0}),
    "5 % of the only limit": (rule(metric="cod", above=120.5), {"deadband": 6.0, "off_delay": 60.0}),
    "1 % for a temperature": (rule(metric="temperature", above=38.0), {"deadband": 0.38, "off_delay": 60.0}),
    "twice of what there is": (
        rule(metric="cod", above=100.0, deadband=7.0, off_delay=90.0),
        {"deadband": 14.0, "off_delay": 180.0},
    ),
    "no deadband where there is no room": (rule(above=9.0, below=6.0, deadband=1.4), {"off_delay": 60.0}),
    "no deadband at a limit of nothing": (rule(above=0.0), {"off_delay": 60.0}),
    "a state has no deadband": (rule("state", equals=[0.0]), {"off_delay": 60.0}),
    "a mean over a window has no delays": (rule(above=9.0, window="hour"), {}),
    "silence has no off-delay": (rule("no_data", after=60.0), {}),
}


@pytest.mark.parametrize("case", CALMING)
def test_what_to_try_against_chattering(case: str) -> None:
    tried, expected = CALMING[case]
    assert calming(tried) == expected


WAITING: dict[str, tuple[Rule, float, dict[str, float]]] = {
    "the next step longer than most lasted": (rule(above=9.0), 12.0, {"on_delay": 15.0}),
    "on top of what there is": (rule(above=9.0, on_delay=10.0), 30.0, {"on_delay": 70.0}),
    "whole minutes beyond the steps": (rule(above=9.0), 610.0, {"on_delay": 720.0}),
    "a longer patience with silence": (rule("no_data", after=60.0), 20.0, {"after": 90.0}),
    "a longer patience with a stuck value": (rule("stuck", after=600.0), 20.0, {"after": 630.0}),
    "a mean over a window has no delays": (rule(above=9.0, window="hour"), 10.0, {}),
    "a volume has no delays": (rule("volume", above=30.0), 10.0, {}),
}


@pytest.mark.parametrize("case", WAITING)
def test_what_to_try_against_short_alerts(case: str) -> None:
    tried, lasted, expected = WAITING[case]
    assert waiting(tried, lasted) == expected


@pytest.mark.parametrize("tried", [one[0] for one in CALMING.values()] + [one[0] for one in WAITING.values()])
def test_a_rule_with_what_to_try_is_a_rule(tried: Rule) -> None:
    for change in (calming(tried), waiting(tried, 42.0)):
        assert type(tried).model_validate({**tried.model_dump(), **change}).id == tried.id


def test_advice_against_short_alerts_waits_longer_than_three_quarters_lasted() -> None:
    tally = ActorTally()
    for lasted in (1, 2, 3, 40):
        tally.add(Life([0], [0], [lasted * S], [1]))
    assert advise(KEY, SHORT, 4, tally, rule(above=9.0)).change == {"on_delay": 5.0}


QUANTILES = {
    ((), 0.5): None,
    ((7,), 0.9): 7,
    ((3, 1, 2), 0.5): 2,
    ((4, 1, 3, 2), 0.5): 2,
    (tuple(range(1, 11)), 0.9): 9,
}


@pytest.mark.parametrize(("values", "share"), QUANTILES)
def test_a_quantile_is_one_of_the_values(values: tuple[int, ...], share: float) -> None:
    assert quantile(values, share) == QUANTILES[values, share]
