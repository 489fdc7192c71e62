"""Local days out of one-minute buckets: figures of good minutes, and the integral by trapezoids."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.reading import NOT_EVALUATED, Millis
from domain.series import Bucket, DaySummary
from storage.buckets import HOUR, MINUTE


def midnights(first: date, last: date, zone: ZoneInfo) -> list[Millis]:
    """The starts of the local days from first to last, and the end of the last."""
    days = (last - first).days + 1
    return [
        int(datetime.combine(first + timedelta(days=n), time(), zone).astimezone(UTC).timestamp() * 1000)
        for n in range(days + 1)
    ]


def good(minutes: Sequence[Bucket]) -> list[Bucket]:
    """Those made of good readings."""
    return [minute for minute in minutes if minute.quality <= NOT_EVALUATED and minute.mean is not None]


def summarise_days(
    minutes: Sequence[Bucket], first: date, starts: Sequence[Millis], max_gap: Millis
) -> list[DaySummary]:
    """One summary for each day that has readings. `minutes` may reach beyond the days by `max_gap`."""
    areas = integrals(good(minutes), starts, max_gap)
    times = [minute.time for minute in minutes]
    found = []
    for number, (start, stop) in enumerate(itertools.pairwise(starts)):
        inside = minutes[bisect_left(times, start) : bisect_left(times, stop)]
        if inside:
            found.append(_summary(first + timedelta(days=number), inside, *areas[number]))
    return found


def _summary(day: date, minutes: Sequence[Bucket], area: float, covered: float) -> DaySummary:
    bad = sum(minute.bad for minute in minutes)
    used = good(minutes)
    count = sum(minute.count for minute in used)
    if not count:
        return DaySummary(day, None, None, None, 0, bad, None, 0.0)
    return DaySummary(
        day,
        min(minute.min for minute in used if minute.min is not None),
        sum(minute.mean * minute.count for minute in used if minute.mean is not None) / count,
        max(minute.max for minute in used if minute.max is not None),
        count,
        bad,
        area if covered else None,
        covered,
    )


def integrals(minutes: Sequence[Bucket], starts: Sequence[Millis], max_gap: Millis) -> list[tuple[float, float]]:
    """For each day: value x hours, and the hours it rests on.

    A mean stands at the middle of its minute. A trapezoid that spans midnight is shared between the two days at
    the straight line's value there; one longer than `max_gap` is left out.
    """
    areas = [[0.0, 0.0] for _ in starts[1:]]
    points = [(minute.time + MINUTE // 2, minute.mean) for minute in minutes if minute.mean is not None]
    for (left, low), (right, high) in itertools.pairwise(points):
        if right - left > max_gap:
            continue
        slope = (high - low) / (right - left)
        between = starts[bisect_right(starts, left) : bisect_left(starts, right)]
        cuts = [left, *between, right]
        for begin, end in itertools.pairwise(cuts):
            day = bisect_right(starts, begin) - 1
            if 0 <= day < len(areas):
                hours = (end - begin) / HOUR
                areas[day][0] += hours * (low + slope * ((begin + end) / 2 - left))
                areas[day][1] += hours
    return [(area, covered) for area, covered in areas]
