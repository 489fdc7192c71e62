"""Places that are out of operation on purpose."""

from __future__ import annotations

from msgspec import Struct

from domain.reading import Millis


class Pause(Struct, frozen=True):
    """A site, a stage of it, or one device, out of operation from `start` until `stop` (None: until ended)."""

    site: str
    start: Millis
    reason: str
    who: str
    stage: str | None = None
    device: str | None = None
    stop: Millis | None = None
    ended_by: str | None = None
    id: int = 0
