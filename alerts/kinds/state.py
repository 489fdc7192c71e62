"""States: the metric has one of the values named (a fault word, `run` = 0 within a shift)."""

from __future__ import annotations

from alerts.kinds.finding import BREACH, CLEAR, Evaluator, Place
from domain.reading import Millis
from domain.rule import StateRule


class StateEvaluator(Evaluator):
    """Each good value is judged by itself. A metric without an interval speaks only when it changes (`on_change`):
    its delays end by the clock.
    """

    def __init__(self, rule: StateRule, place: Place) -> None:
        super().__init__()
        self.equals = frozenset(rule.equals)
        self.on_change = place.gap is None

    def observe(self, time: Millis, value: float | None, quality: int, received: Millis) -> int:
        self.value = value
        return BREACH if value in self.equals else CLEAR
