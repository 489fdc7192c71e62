"""Composites: all or any of other rules hold at the same place. Judged from their states, not from readings."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.kinds.finding import BREACH, CLEAR
from domain.alert import RuleStatus
from domain.rule import CompositeRule, Match

HOLDS = frozenset({RuleStatus.ACTIVE, RuleStatus.RETURNING})


def judge(rule: CompositeRule, holding: Iterable[str]) -> int:
    """The verdict, given the ids of the rules that hold somewhere at the place."""
    named, held = set(rule.of), set(holding)
    found = named <= held if rule.match is Match.ALL else bool(named & held)
    return BREACH if found else CLEAR
