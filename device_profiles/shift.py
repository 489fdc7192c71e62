"""Times that are told relative to another: so many seconds after it, or one step for each position in an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from device_profiles.path import Document, Place, fetcher
from device_profiles.profile_topic import TimeSource
from device_profiles.times import number_of
from domain.reading import Millis

Shift = Callable[[Millis, Document], Millis | None]

_LARGEST = 1e20  # an integer beyond floats would raise where it meets one
_FARTHEST = 100 * 365 * 86_400_000  # ms; farther is no time that was meant


def shift_of(source: TimeSource) -> Shift | None:
    """A function that moves a time by what stands beside it; None where a source says nothing of the kind."""
    if source.plus is None and source.step is None and source.step_path is None:
        return None
    plus = fetcher(source.plus) if source.plus is not None else None
    step_at = fetcher(source.step_path) if source.step_path is not None else None
    step, millis = source.step, source.plus_unit * 1000

    def shift(time: Millis, document: Document) -> Millis | None:
        """None where what should be added is no number: the time cannot be known then."""
        added = _number(plus(document)) if plus is not None else 0.0
        each = _number(step_at(document)) if step_at is not None else step or 0.0
        position = document.index if isinstance(document, Place) and document.index is not None else 0
        if added is None or each is None:
            return None
        moved = (added + each * position) * millis
        return type(time)(time + round(moved)) if -_FARTHEST < moved < _FARTHEST else None

    return shift


def _number(raw: Any) -> float | None:
    """The number, if it can be one of seconds at all."""
    number = number_of(raw)
    return number if number is not None and -_LARGEST < number < _LARGEST else None
