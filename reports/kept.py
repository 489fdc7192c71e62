"""Figures as the report keeps them, and whether a kept figure lies beyond a limit: one rule for every judgement.

A mean is a sum of floats: of readings that all are 0.1 it may be 0.10000000000000002. What is kept and printed is
judged, never the noise behind it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from msgspec import Struct

from domain.registry import Limit

DECIMALS: Final = 6
DIGITS: Final = 12  # of them a sum of a day's readings is sure
NOISE: Final = 1e-12  # relative; what a limit that is written finer than figures are kept is widened by


def rounded(value: float | None) -> float | None:
    """Six decimals, of a million and more twelve digits: the same from every store, whatever order its sums were
    made in. None where there is no figure, or none that a float can hold.
    """
    if value is None or not math.isfinite(value):
        return None
    large = math.floor(math.log10(abs(value))) if abs(value) >= 1 else 0
    return round(float(value), min(DECIMALS, DIGITS - 1 - large)) + 0.0


class Bounds(Struct, frozen=True):
    """The least and the greatest figure that are still kept as within a limit; infinite where it has no bound."""

    low: float
    high: float

    def beyond(self, value: float) -> bool:
        """At the limit is within it."""
        return value > self.high or value < self.low


@lru_cache(maxsize=256)
def edges(least: float | None, most: float | None) -> Bounds:
    """What a figure must lie between, both ends within; None for a bound there is not."""
    low = -math.inf if least is None else -_edge(-least)
    return Bounds(low, math.inf if most is None else _edge(most))


def bounds_of(limit: Limit) -> Bounds:
    """Those of a limit."""
    return edges(limit.min, limit.max)


def telling(value: float, beside: Iterable[Bounds], decimals: int) -> int:
    """The fewest decimals, at least `decimals`, with which a figure reads on its own side of every limit: 0.304
    above a limit of 0.3 is not printed as 0.30.
    """
    limits = list(beside)
    for count in range(decimals, DECIMALS):
        if all(one.beyond(round(value, count)) == one.beyond(value) for one in limits):
            return count
    return max(decimals, DECIMALS)


def _edge(limit: float) -> float:
    """The greatest float that is kept as `limit`."""
    if rounded(limit) != limit:
        return limit + abs(limit) * NOISE
    low, high = limit, math.nextafter(limit + max(10.0**-DECIMALS, abs(limit) * 10.0 ** (1 - DIGITS)), math.inf)
    while (middle := low + (high - low) / 2) not in (low, high):
        low, high = (middle, high) if rounded(middle) == limit else (low, middle)
    return low
