"""How often alerts rang, as stacked bars: one bar an hour or a day, the priorities in greys from the bottom up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from domain.alert import Priority
from domain.reading import Millis

ORDER: Final = (Priority.CRITICAL, Priority.HIGH, Priority.MEDIUM, Priority.LOW)


@dataclass(frozen=True)
class Block:
    """One priority's part of a bar, in shares of the chart's height."""

    priority: Priority
    count: int
    bottom: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One hour or one day."""

    start: Millis
    total: int
    blocks: list[Block]


@dataclass(frozen=True)
class Bars:
    """The chart; `top` is the count at its upper edge."""

    bars: list[Bar]
    top: int


def stacked(counts: Iterable[tuple[Millis, str, int]], start: Millis, stop: Millis, step: Millis) -> Bars:
    """Bars by time. Hours or days without an alert are bars of nothing, not left out."""
    by_start: dict[Millis, dict[str, int]] = {}
    for at, priority, count in counts:
        by_start.setdefault(at, {})[priority] = count
    moments = _moments(sorted(by_start), start, stop, step)
    top = max((sum(found.values()) for found in by_start.values()), default=0)
    return Bars([_bar(at, by_start.get(at, {}), top) for at in moments], top)


def _moments(known: list[Millis], start: Millis, stop: Millis, step: Millis) -> list[Millis]:
    """The known ones with what lies between and around them; local days are near enough `step` long."""
    if not known:
        return []
    found: list[Millis] = []
    at = known[0] - (known[0] - start) // step * step
    for moment in [*known, stop]:
        while moment - at > step // 2:
            found.append(at)
            at += step
        if moment != stop:
            found.append(moment)
            at = moment + step
    return found


def _bar(at: Millis, counts: dict[str, int], top: int) -> Bar:
    blocks: list[Block] = []
    bottom = 0
    for priority in ORDER:
        count = counts.get(priority, 0)
        if count:
            blocks.append(Block(priority, count, bottom / top, count / top))
        bottom += count
    return Bar(at, bottom, blocks)
