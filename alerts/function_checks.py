"""Calibration mode as the rules see it: what a sensor says of a buffer is no word about the water, now or later.

The readings of the named metrics are marked failed before anything looks at them, whenever they arrive, so that a
value of the check neither rings late nor lingers in what a rule remembers. That the device speaks still counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TypeVar

from msgspec.structs import replace

from domain.function_check import REASON
from domain.ports import Entry
from domain.quality import QualityInterval
from domain.reading import FAIL, Millis, Reading

Known = Callable[[Millis], Sequence[QualityInterval]]
"""The intervals of calibration mode that end after a moment, of all series."""
T = TypeVar("T")


class FunctionChecks:
    """Asked after the readings were read, so that a mode that began before them is always known."""

    def __init__(self, known: Known | None = None) -> None:
        """Without `known` nothing is ever marked."""
        self._known = known

    def entries(self, found: list[Entry]) -> list[Entry]:
        """Rows of the journal; those within a check marked."""
        readings = list(map(attrgetter("reading"), found))
        return self._marked(found, readings, lambda one, reading: replace(one, reading=reading))

    def readings(self, found: list[Reading]) -> list[Reading]:
        """Readings of any series; those within a check marked."""
        return self._marked(found, found, lambda _, reading: reading)

    def _marked(self, found: list[T], readings: list[Reading], put: Callable[[T, Reading], T]) -> list[T]:
        if self._known is None or not found:
            return found
        spans = _by_series(self._known(_earliest(readings)))
        if not spans:
            return found
        marked = list(found)
        for at, (one, reading) in enumerate(zip(found, readings, strict=True)):
            time = min(reading.time, reading.received_at or reading.time)
            held = spans.get((reading.series.device, reading.series.metric), ())
            if any(start <= time < stop for start, stop in held):
                marked[at] = put(one, replace(reading, quality=max(FAIL, reading.quality), reason=REASON))
        return marked


def of_check(reading: Reading) -> bool:
    """Whether it was marked: not even its quality says anything then."""
    return reading.reason == REASON


def _earliest(readings: list[Reading]) -> Millis:
    """The first moment that any was taken or received at; no call for each, as every tick pays for it."""
    taken: Millis = min(map(attrgetter("time"), readings))
    received: Millis = min(filter(None, map(attrgetter("received_at"), readings)), default=taken)
    return min(taken, received)


def _by_series(intervals: Iterable[QualityInterval]) -> dict[tuple[str, str], list[tuple[Millis, Millis]]]:
    found: dict[tuple[str, str], list[tuple[Millis, Millis]]] = {}
    for one in intervals:
        found.setdefault((one.device, one.metric), []).append((one.start, one.stop))
    return found
