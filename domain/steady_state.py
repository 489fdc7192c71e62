"""The run state of a machine without the flicker of its sensor. The readings stay as they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.reading import Millis

SAMPLES: Final = 3


def steady(samples: Iterable[tuple[Millis, bool]], *, needed: int = SAMPLES) -> list[tuple[Millis, bool]]:
    """The changes of state, each with the time of the first sample that showed it; the first is where it begins.

    A state is believed once `needed` samples in a row show it, so a single false zero stops no machine. Samples
    ascend in time.
    """
    changes: list[tuple[Millis, bool]] = []
    since, shown, count = 0, False, 0
    for time, state in samples:
        if count == 0 or state != shown:
            since, shown, count = time, state, 0
        count += 1
        if not changes or (shown != changes[-1][1] and count >= needed):
            changes.append((since, shown))
    return changes
