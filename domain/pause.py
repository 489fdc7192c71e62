"""Places that are out of operation on purpose."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from domain.errors import Invalid
from domain.reading import Millis

LONGEST_PAUSE: Final[Millis] = 30 * 86_400_000


class Pause(Struct, frozen=True):
    """A site, a stage of it, or one device, out of operation from `start` until `stop` (None: until ended; only old
    ones, for a place that is paused without an end is forgotten).
    """

    site: str
    start: Millis
    reason: str
    who: str
    stage: str | None = None
    device: str | None = None
    stop: Millis | None = None
    ended_by: str | None = None
    id: int = 0


def require_end(start: Millis, stop: Millis | None) -> Millis:
    """The end of a new pause. Raises Invalid for none, or one that does not lie within 30 days of its start."""
    if stop is None or not start < stop <= start + LONGEST_PAUSE:
        raise Invalid("a pause ends after it starts, at most 30 days later; make another one then", "stop")
    return stop
