"""Floods: more alerts than people can follow, from a sliding count of ten minutes (standards.md 1). Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from domain.performance import FLOOD_ENDS, FLOOD_STARTS, FLOOD_WINDOW, Flood
from domain.reading import Millis


def floods_of(site: str, rings: Sequence[Millis], stop: Millis) -> list[Flood]:
    """The floods of one site out of its rings, in order, up to `stop`; the last has no end when it lasts then.

    One begins with the ring that makes more than ten within ten minutes, and ends when fewer than five are left of
    the last ten minutes. Its `alerts` are all rings from the first of those that began it.
    """
    found: list[Flood] = []
    window: deque[Millis] = deque()
    flood: Flood | None = None
    for at in (*rings, None):
        until = stop if at is None else at
        while window and window[0] + FLOOD_WINDOW <= until:
            left = window.popleft() + FLOOD_WINDOW
            if flood is not None and len(window) < FLOOD_ENDS:
                found.append(Flood(site, flood.start, left, flood.alerts))
                flood = None
        if at is None:
            break
        window.append(at)
        if flood is not None:
            flood = Flood(site, flood.start, None, flood.alerts + 1)
        elif len(window) > FLOOD_STARTS:
            flood = Flood(site, at, None, len(window))
    return found if flood is None else [*found, flood]


def share_in_flood(floods: Iterable[Flood], start: Millis, stop: Millis) -> float:
    """The share of [start, stop) in which at least one site was in flood, 0 to 1."""
    covered, reached = 0, start
    for begin, end in sorted((flood.start, stop if flood.stop is None else flood.stop) for flood in floods):
        covered += max(0, end - max(begin, reached))
        reached = max(reached, end)
    return covered / (stop - start) if stop > start else 0.0
