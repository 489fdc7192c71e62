"""Limits on values: where a value lies, which bound it broke, which of two is worse. Pure."""

from __future__ import annotations

from math import inf

from alerts.kinds.finding import BAND, BREACH, CLEAR
from domain.rule import LimitRule


def bounds(rule: LimitRule) -> tuple[float, float]:
    """The lowest and the highest value that is no breach."""
    low = -inf if rule.below is None else rule.below
    return low, inf if rule.above is None else rule.above


def find(rule: LimitRule, value: float) -> int:
    """The verdict. Exactly at the limit is within it; within, but not back by the deadband, is neither."""
    low, high = bounds(rule)
    if value < low or value > high:
        return BREACH
    return CLEAR if low + rule.deadband <= value <= high - rule.deadband else BAND


def broken(rule: LimitRule, value: float) -> float | None:
    """The bound the value is nearest to breaking, or broke."""
    if rule.below is None or (rule.above is not None and rule.above - value < value - rule.below):
        return rule.above
    return rule.below


def worse(rule: LimitRule, peak: float | None, value: float) -> float:
    """Of two values the one further out."""
    if peak is None:
        return value
    return max(peak, value, key=lambda v: _excess(rule, v))


def _excess(rule: LimitRule, value: float) -> float:
    low, high = bounds(rule)
    return max(value - high, low - value)
