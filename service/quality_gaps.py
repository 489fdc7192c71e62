"""Gaps between the readings that came, kept as intervals with flag 9 and reason `gap`."""

from __future__ import annotations

from typing import Final

import msgspec

from device_profiles.checks.gap import gaps_after
from device_profiles.checks.plan import Times
from domain.ports import QualityIntervals
from domain.quality import QualityChange, QualityInterval, Replacement
from domain.reading import MISSING, Millis, Reason

GAP: Final = "check:gap"
_ENDS: Final = msgspec.json.Decoder(tuple[int, int])


class GapWatch:
    """What is remembered of a series is the time of its first and of its last reading."""

    def __init__(self, book: QualityIntervals) -> None:
        self._book = book

    def judge(
        self, device: str, metric: str, times: Times, longest: Millis, memory: str | None, change: QualityChange
    ) -> None:
        """Note the gaps as they are once the readings at `times` (ascending) are known."""
        low, high = int(times[0]), int(times[-1]) + 1
        ends = None if memory is None else _ENDS.decode(memory)
        said = (
            [] if ends is None or low > ends[1] else self._said(device, metric, low, high)
        )  # no gap is after the last
        bounds, gaps = gaps_after(times, ends, [(one.start - 1, one.stop) for one in said], longest)
        if bounds != ends:
            change.memory[device, metric] = msgspec.json.encode(bounds).decode()
        if said or gaps:
            rows = [QualityInterval(device, metric, a + 1, b, MISSING, Reason.GAP, GAP) for a, b in gaps]
            change.replacements.append(Replacement(device, metric, GAP, low, high, rows))

    def _said(self, device: str, metric: str, low: Millis, high: Millis) -> list[QualityInterval]:
        return [one for one in self._book.overlapping(device, metric, low, high) if one.who == GAP]
