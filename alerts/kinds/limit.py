"""Limits on single values."""

from __future__ import annotations

from alerts import limits
from alerts.kinds.finding import Evaluator, Place
from domain.reading import Millis
from domain.rule import LimitRule


class LimitEvaluator(Evaluator):
    """Remembers nothing: each good value is judged by itself."""

    def __init__(self, rule: LimitRule, place: Place) -> None:
        super().__init__()
        del place
        self.rule = rule
        self.low, self.high = limits.bounds(rule)
        if not self.low < self.high:
            raise ValueError("no value would ever be within")

    def observe(self, time: Millis, value: float | None, quality: int, received: Millis) -> int:
        """Exactly at the limit is within it."""
        assert value is not None
        self.value, self.limit = value, limits.broken(self.rule, value)
        return limits.find(self.rule, value)
