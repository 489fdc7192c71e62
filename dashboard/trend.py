"""The stretch of time a chart shows, and its data as the page carries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from dashboard.corrections import NO_CORRECTION, Corrected
from dashboard.formats import DAY, HOUR
from domain.errors import Invalid
from domain.reading import Millis
from domain.series import Bucket

POINTS: Final = 400
RANGES: Final = {"1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
CUSTOM: Final = "custom"


@dataclass(frozen=True)
class Stretch:
    """From when to when, and under which name (`1h` … `30d`, `custom`)."""

    name: str
    start: Millis
    stop: Millis

    @property
    def live(self) -> bool:
        """Whether it ends now."""
        return self.name != CUSTOM


def stretch(name: str, start: str, stop: str, zone: ZoneInfo, now: Millis) -> Stretch:
    """A named range ending now, or a custom one from two local times. Raises Invalid."""
    if name != CUSTOM:
        known = name if name in RANGES else "24h"
        return Stretch(known, now - RANGES[known], now + 1)
    first, last = local_time(start, "start", zone), local_time(stop, "stop", zone)
    if first >= last:
        raise Invalid("start is not before stop", "start")
    return Stretch(CUSTOM, first, last)


def local_time(text: str, field: str, zone: ZoneInfo) -> Millis:
    """The moment of a date-and-time input. Raises Invalid naming the field."""
    try:
        at = datetime.fromisoformat(text)
        return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Invalid(f"{field}: not a date and time: {text!r}", field) from error


@dataclass(frozen=True)
class Line:
    """What is drawn. `gap`: the longest step that still joins two points, in ms."""

    device: str
    metric: str
    decimals: int
    gap: Millis


def payload(
    line: Line,
    buckets: Sequence[Bucket],
    span: Stretch,
    zone: str,
    limits: Sequence[dict[str, Any]] = (),
    corrected: Corrected = NO_CORRECTION,
) -> dict[str, Any]:
    """What the chart is drawn from. Times in ms."""
    return {
        "device": line.device,
        "metric": line.metric,
        "start": span.start,
        "stop": span.stop,
        "points": POINTS,
        "live": span.live,
        "span": span.stop - span.start,
        "gap": line.gap,
        "decimals": line.decimals,
        "zone": zone,
        "limits": list(limits),
        "corrected": corrected.items,
        "marks": corrected.marks,
        "items": [
            {
                "time": b.time,
                "min": b.min,
                "mean": b.mean,
                "max": b.max,
                "count": b.count,
                "quality": b.quality,
                "bad": b.bad,
            }
            for b in buckets
        ],
    }
