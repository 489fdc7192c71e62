"""Corrections of a series as a chart and a list show them: the corrected line, and from when on which rule holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dashboard.formats import Formats
from dashboard.frame import Visit
from domain.calibration import Correction
from domain.reading import NOT_EVALUATED, Millis
from domain.series import Bucket


@dataclass(frozen=True)
class Corrected:
    """`items`: time and corrected mean, only where it differs from the raw one. `marks`: when a correction begins."""

    items: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)


NO_CORRECTION: Final = Corrected()


def rule_of(formats: Formats, one: Correction) -> str:
    """`1 × x − 0,15`."""
    return f"{formats.brief(one.slope)} × x {'+' if one.offset >= 0 else '−'} {formats.brief(abs(one.offset))}"


def in_force(visit: Visit, device: str, metric: str, start: Millis, stop: Millis) -> list[Correction]:
    """Those that matter to [start, stop); none where none of them changes a value."""
    found = visit.services.evidence.corrections.in_force(device, metric, start, stop)
    return found if any((one.slope, one.offset) != (1, 0) for one in found) else []


def drawn(
    formats: Formats, word: str, raw: Sequence[Bucket], corrected: Sequence[Bucket], steps: Sequence[Correction],
    start: Millis,
) -> Corrected:  # fmt: skip
    """The corrected line beside the raw one. `word` stands before the moment that a correction begins at."""
    before = {one.time: one.mean for one in raw}
    changed = [
        one
        for one in corrected
        if one.quality <= NOT_EVALUATED and one.mean is not None and one.mean != before.get(one.time)
    ]
    return Corrected(
        [{"time": one.time, "mean": one.mean} for one in changed],
        [
            {"time": one.start, "label": f"{word} {formats.date(one.start)} {formats.clock(one.start)}"}
            for one in steps
            if one.start >= start
        ],
    )


def beside(visit: Visit, raw: Sequence[Bucket], series: tuple[str, str], stretch: tuple[Millis, Millis], points: int,
           zone: str) -> Corrected:  # fmt: skip
    """What stands beside the raw line of (device, metric) over [start, stop). Raises Unavailable."""
    steps = in_force(visit, *series, *stretch)
    if not steps:
        return NO_CORRECTION
    made = visit.services.evidence.corrected.series(*series, *stretch, points)
    return drawn(visit.formats(zone), visit.words("calibration.from_short"), raw, made, steps, stretch[0])
