"""Quality: too many of the readings of late are bad. The sensor is wrong, not the water."""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from alerts.kinds.finding import AHEAD, BREACH, CLEAR, UNJUDGED, Evaluator, Place
from domain.reading import NOT_EVALUATED, Millis
from domain.rule import QualityRule

PARTS: Final = 60  # into which the window is cut: it moves on part by part


class QualityEvaluator(Evaluator):
    """Remembers, for each part of the window, how many readings there were and how many of them bad."""

    remembers = True
    sees_all = True

    def __init__(self, rule: QualityRule, place: Place) -> None:
        super().__init__()
        del place
        self._share, self._minimum = rule.share, rule.minimum
        self._width = max(1, round(rule.window * 1000 / PARTS))
        self._parts: deque[list[int]] = deque()  # [number of the part, readings, bad]
        self._all = self._bad = 0
        self.limit = rule.share
        self.shape = f"{rule.window}"

    def observe(self, time: Millis, value: float | None, quality: int, received: Millis) -> int:
        part, parts = time // self._width, self._parts
        if parts and parts[-1][0] > (received + AHEAD) // self._width:
            self._restart()
        bad = int(quality > NOT_EVALUATED)
        if not parts or part > parts[-1][0]:
            parts.append([part, 1, bad])
            while parts[0][0] <= part - PARTS:
                _, count, wrong = parts.popleft()
                self._all -= count
                self._bad -= wrong
        elif part < parts[-1][0]:
            return UNJUDGED  # late
        else:
            newest = parts[-1]
            newest[1] += 1
            newest[2] += bad
        self._all += 1
        self._bad += bad
        if self._all < self._minimum:
            return UNJUDGED
        self.value = self._bad / self._all
        return BREACH if self.value > self._share else CLEAR

    def _restart(self) -> None:
        self._parts.clear()
        self._all = self._bad = 0

    def memo(self) -> str:
        return msgspec.json.encode(list(self._parts)).decode()

    def restore(self, memo: str) -> None:
        self._parts = deque(msgspec.json.decode(memo, type=list[list[int]]))
        self._all = sum(part[1] for part in self._parts)
        self._bad = sum(part[2] for part in self._parts)
