"""Stuck: readings arrive, good or not, but the value does not move (QARTOD flat line)."""

from __future__ import annotations

from typing import Final

import msgspec

from alerts.kinds.finding import AHEAD, BREACH, CLEAR, UNJUDGED, Evaluator, Place
from domain.reading import Millis
from domain.rule import StuckRule

FEWEST: Final = 3  # readings that must agree


class StuckEvaluator(Evaluator):
    """Remembers the first reading of the stretch, how many agreed with it, and the newest. A gap is no agreement."""

    remembers = True
    sees_all = True

    def __init__(self, rule: StuckRule, place: Place) -> None:
        super().__init__()
        self._after, self._tolerance = rule.after * 1000, rule.tolerance
        self._gap = place.gap
        self.shape = f"{rule.tolerance}"
        self._first: float | None = None
        self._began: Millis = 0
        self._last: Millis = 0
        self._count = 0

    def observe(self, time: Millis, value: float | None, quality: int, received: Millis) -> int:
        if value is None:
            return UNJUDGED
        last = self._last
        if time <= last <= received + AHEAD:
            return UNJUDGED
        self._last = time
        first = self._first
        if first is None or not -self._tolerance <= value - first <= self._tolerance:
            self._begin(time, value)
            return CLEAR
        if time < last or (self._gap is not None and time - last > self._gap):
            self._begin(time, value)
            return UNJUDGED  # whether it moved within the gap nobody knows
        self._count += 1
        if time - self._began < self._after or self._count < FEWEST:
            return UNJUDGED
        self.value, self.since = value, self._began
        return BREACH

    def interrupt(self) -> None:
        self._first = None

    def _begin(self, time: Millis, value: float) -> None:
        self._first, self._began, self._count, self.value = value, time, 1, value

    def memo(self) -> str:
        return msgspec.json.encode((self._first, self._began, self._last, self._count)).decode()

    def restore(self, memo: str) -> None:
        self._first, self._began, self._last, self._count = msgspec.json.decode(
            memo, type=tuple[float | None, int, int, int]
        )
