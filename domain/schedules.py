"""Whether a schedule holds, and when that changes next.

A stretch belongs to the day it begins on: the night shift of Friday holds on Saturday at 03.00, and a holiday on
Saturday does not cut it. Stretches are cut in local time of the zone, also where its clocks are moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.reading import Millis
from domain.registry import Hours, Schedule, Weekday

WEEKDAYS: Final = tuple(Weekday)
HORIZON: Final = 400  # days looked ahead: a year of holidays, and then some


def within(schedule: Schedule, zone: ZoneInfo, at: Millis) -> bool:
    """Whether the schedule holds at that moment; the start of a stretch is within, its end is not."""
    return _covered_until(schedule, zone, at) is not None


def next_change(schedule: Schedule, zone: ZoneInfo, at: Millis) -> Millis | None:
    """The first moment after `at` at which it begins or ceases to hold; None where that is over a year away."""
    until = _covered_until(schedule, zone, at)
    return _next_start(schedule, zone, at) if until is None else _end(schedule, zone, at, until)


def _end(schedule: Schedule, zone: ZoneInfo, at: Millis, until: Millis | None) -> Millis | None:
    """Where the stretches that follow each other without a gap end."""
    end = at
    while until is not None:
        if until - at > HORIZON * 86_400_000:
            return None
        end, until = until, _covered_until(schedule, zone, until)
    return end


def _next_start(schedule: Schedule, zone: ZoneInfo, at: Millis) -> Millis | None:
    today = _local(zone, at)
    for ahead in range(HORIZON + 1):
        starts = [start for start, _ in _of_day(schedule, zone, today + timedelta(days=ahead)) if start > at]
        if starts:
            return min(starts)
    return None


def _covered_until(schedule: Schedule, zone: ZoneInfo, at: Millis) -> Millis | None:
    """The latest end of the stretches that hold at that moment."""
    today = _local(zone, at)
    ends = [
        stop
        for day in (today - timedelta(days=1), today)
        for start, stop in _of_day(schedule, zone, day)
        if start <= at < stop
    ]
    return max(ends, default=None)


def _of_day(schedule: Schedule, zone: ZoneInfo, day: date) -> Iterator[tuple[Millis, Millis]]:
    """The stretches that begin on a local day."""
    if day in schedule.holidays:
        return
    weekday = WEEKDAYS[day.weekday()]
    for hours in schedule.hours:
        if weekday in hours.days and day not in hours.holidays:
            yield _stretch(hours, zone, day)


def _stretch(hours: Hours, zone: ZoneInfo, day: date) -> tuple[Millis, Millis]:
    last = day if hours.end > hours.start else day + timedelta(days=1)
    return _millis(datetime.combine(day, hours.start, zone)), _millis(datetime.combine(last, hours.end, zone))


def _millis(moment: datetime) -> Millis:
    """Of a local time; one that the moved clock skips is as long after the jump as it was meant after it."""
    return round(moment.astimezone(UTC).timestamp() * 1000)


def _local(zone: ZoneInfo, at: Millis) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date()
