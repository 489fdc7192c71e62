"""Readings and buckets as later judgement leaves them: the value as it came, the flag of the interval over it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from domain.quality import QualityInterval
from domain.reading import MISSING, NOT_EVALUATED, Millis, Reading
from domain.series import Bucket


def overlaid(readings: Sequence[Reading], intervals: Sequence[QualityInterval]) -> list[Reading]:
    """The readings by time; one inside an interval worse than its own quality carries flag and reason of that."""
    if not intervals:
        return list(readings)
    return [_under(reading, intervals) for reading in readings]


def _under(reading: Reading, intervals: Sequence[QualityInterval]) -> Reading:
    worst = reading
    for interval in intervals:
        if interval.start <= reading.time < interval.stop and worst.quality < interval.flag:
            worst = replace(worst, quality=interval.flag, reason=interval.reason)
    return worst


def slots(intervals: Sequence[QualityInterval], start: Millis, stop: Millis, width: Millis) -> set[int]:
    """The numbers of the buckets of [start, stop) that the intervals touch."""
    found: set[int] = set()
    for one in intervals:
        begin, end = max(one.start, start), min(one.stop, stop)
        found.update(range(begin // width, -(-end // width)))
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
