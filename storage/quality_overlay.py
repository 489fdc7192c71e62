"""Readings and buckets as later judgement leaves them: the value as it came, the flag of the interval over it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from msgspec.structs import replace

from domain.quality import QualityInterval
from domain.reading import MISSING, NOT_EVALUATED, Millis, Reading
from domain.series import Bucket

_time = attrgetter("time")


def overlaid(readings: Sequence[Reading], intervals: Sequence[QualityInterval]) -> list[Reading]:
    """The readings, which come by time; one inside an interval worse than its own quality carries flag and reason of
    that. Costs what the intervals cover, not readings times intervals.
    """
    found = list(readings)
    for interval in intervals:
        first = bisect_left(found, interval.start, key=_time)
        for at in range(first, bisect_left(found, interval.stop, lo=first, key=_time)):
            if found[at].quality < interval.flag:
                found[at] = replace(found[at], quality=interval.flag, reason=interval.reason)
    return found


def slots(
    intervals: Sequence[QualityInterval], start: Millis, stop: Millis, width: Millis
) -> dict[int, list[QualityInterval]]:
    """The numbers of the buckets of [start, stop) that the intervals touch, each with those that do."""
    found: dict[int, list[QualityInterval]] = {}
    for one in intervals:
        begin, end = max(one.start, start), min(one.stop, stop)
        for number in range(begin // width, -(-end // width)):
            found.setdefault(number, []).append(one)
    return found


def lowered(
    bucket: Bucket, intervals: Sequence[QualityInterval], start: Millis, stop: Millis, width: Millis
) -> Bucket | None:
    """A bucket of good readings that lies wholly inside an interval, as its readings would make it; else None.

    All its readings then have the flag of the interval, so no reading needs to be looked at.
    """
    begin, end = max(bucket.time, start), min(bucket.time + width, stop)
    around = [one.flag for one in intervals if one.start <= begin and end <= one.stop]
    if bucket.bad or bucket.quality > NOT_EVALUATED or not around:
        return None
    flag = max(around)
    if any(one.flag > flag and one.start < end and begin < one.stop for one in intervals):
        return None
    return replace(bucket, quality=min(flag, MISSING), bad=bucket.count)
