"""How far apart the readings of one series really come, day by day."""

from __future__ import annotations

from typing import Final

import numpy as np

from domain.reading import Millis
from domain.report_measured import Thin
from reports.minutes import MINUTE, Minutes

HABIT: Final[Millis] = 30 * MINUTE  # readings further apart are outages, not a habit
FEWEST: Final = 6  # distances of a day that tell a habit


class Spacing:
    """Holds the spacing of the last day that told one, and what the thin days were like."""

    def __init__(self, slot: Millis, interval: Millis) -> None:
        """`interval` is what the device's profile expects; 0 where it expects none."""
        self._slot = slot
        self._interval = interval or slot
        self._now: Millis = 0
        self._thin: list[Millis] = []
        self._attainable = 0

    def add_day(self, minutes: Minutes, expected: int) -> Millis:
        """The interval that a silence of this day is measured by; of a thin day the median of its own distances."""
        if len(minutes.time) > FEWEST:
            self._now = int(np.median(np.diff(minutes.time)))
        if not self._slot < self._now <= HABIT:
            self._attainable += expected
            return self._interval
        self._attainable += -(-expected * self._slot // self._now)
        self._thin.append(self._now)
        return max(self._interval, self._now)

    def thin(self) -> Thin | None:
        """None where no day was."""
        if not self._thin:
            return None
        return Thin(len(self._thin), min(self._thin) // 1000, max(self._thin) // 1000, self._attainable)
