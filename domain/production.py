"""What was produced, for m3 and kg per ton: noted by people per local day, never derived."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.errors import Invalid
from domain.evidence import require_finite, require_past_day
from domain.reading import Millis


class Produced(Struct, frozen=True):
    """One site's production on one day. `raw_material` t; None: not noted (0 is noted: a day without production)."""

    site: str
    day: date
    tons: float | None = None
    pieces: float | None = None
    raw_material: float | None = None
    hours: float | None = None


def check_produced(produced: Produced, now: Millis, zone: ZoneInfo) -> None:
    """Raises Invalid naming the field."""
    require_past_day(produced.day, zone, now, "day")
    for field in ("tons", "pieces", "raw_material", "hours"):
        require_finite([getattr(produced, field)], field, least=0)
    if produced.pieces is not None and produced.pieces != int(produced.pieces):
        raise Invalid("must be whole", "pieces")
    if produced.hours is not None and produced.hours > 24:
        raise Invalid("a day has 24 hours", "hours")
    if produced.tons is None and produced.pieces is None and produced.raw_material is None:
        raise Invalid("needs tons, pieces or raw material", "tons")
