"""Rate of change: how fast a good value rises or falls, per hour."""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from alerts.kinds.finding import AHEAD, BREACH, CLEAR, UNJUDGED, Evaluator, Place
from domain.reading import Millis
from domain.rule import RateOfChangeRule

HOUR: Final = 3_600_000
KEPT: Final = 32  # readings of the stretch kept; denser ones are passed over, and the time between is exact


class RateEvaluator(Evaluator):
    """Remembers the good readings of the last `over` seconds, and the newest before them.

    A reference more than twice `over` away (a gap) says nothing of how fast it goes now.
    """

    remembers = True

    def __init__(self, rule: RateOfChangeRule, place: Place) -> None:
        super().__init__()
        self._rise, self._fall = rule.rise, rule.fall
        self._over = round(rule.over * 1000)
        self._farthest = max(2 * self._over, self._over + (place.gap or 0))
        self.shape = f"{rule.over}"
        self._apart = self._over // KEPT
        self._kept: deque[tuple[Millis, float]] = deque()
        self._last: Millis = 0

    def observe(self, time: Millis, value: float | None, quality: int, received: Millis) -> int:
        assert value is not None
        kept = self._kept
        if self._last > received + AHEAD:
            kept.clear()
        elif time <= self._last:
            return UNJUDGED
        self._last = time
        if not kept or time - kept[-1][0] >= self._apart:
            kept.append((time, value))
        before = time - self._over
        while len(kept) > 1 and kept[1][0] <= before:
            kept.popleft()
        then, reference = kept[0]
        if then > before:
            return UNJUDGED
        if time - then > self._farthest:
            return UNJUDGED
        rate = (value - reference) * HOUR / (time - then)
        self.value = rate
        if self._rise is not None and rate > self._rise:
            self.limit = self._rise
            return BREACH
        if self._fall is not None and rate < -self._fall:
            self.limit = -self._fall
            return BREACH
        return CLEAR

    def interrupt(self) -> None:
        self._kept.clear()

    def memo(self) -> str:
        times = [time for time, _ in self._kept]
        return msgspec.json.encode((self._last, times, [value for _, value in self._kept])).decode()

    def restore(self, memo: str) -> None:
        self._last, times, values = msgspec.json.decode(memo, type=tuple[int, list[int], list[float]])
        self._kept = deque(zip(times, values, strict=True))
