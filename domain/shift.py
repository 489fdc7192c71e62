"""Shifts: when machines are planned to be busy. A shift belongs to the production day it begins on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from pydantic import Field

from domain.noun import Noun, Slug
from domain.reading import Millis
from domain.text import Text

Span = tuple[Millis, Millis]
"""From, until (half open)."""


class Break(Noun):
    """A planned break in local time; within a night shift it may lie after midnight. `days` count from Monday 0,
    by the day the shift begins on.
    """

    start: time
    end: time
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


class Shift(Noun):
    """A shift of a site, or of some of its lines and machines. `end` at or before `start` lies on the next day.

    `days` count from Monday 0. No shift begins on one of its `holidays`.
    """

    id: Slug
    site: Slug
    name: Text
    start: time
    end: time
    days: tuple[int, ...] = Field(default=(0, 1, 2, 3, 4, 5), min_length=1)
    breaks: tuple[Break, ...] = ()
    stages: tuple[Slug, ...] = ()
    devices: tuple[Slug, ...] = ()
    holidays: tuple[date, ...] = ()

    def takes_in(self, stage: str, device: str) -> bool:
        """Whether a machine of a line works in it: all do where neither lines nor machines are named."""
        return not (self.stages or self.devices) or stage in self.stages or device in self.devices


class ShiftWindow(Struct, frozen=True):
    """One shift of one production day. `planned`: what remains of it without the breaks."""

    shift: str
    day: date
    start: Millis
    stop: Millis
    planned: tuple[Span, ...]

    @property
    def planned_busy(self) -> Millis:
        """Planned busy time (PBT, ISO 22400-2) in ms."""
        return sum(stop - start for start, stop in self.planned)


def window(shift: Shift, zone: ZoneInfo, day: date) -> ShiftWindow | None:
    """The shift that begins on a local day; None where there is none."""
    if day.weekday() not in shift.days or day in shift.holidays:
        return None
    start, stop = _stretch(shift.start, shift.end, zone, day)
    breaks = [_within(pause, shift, zone, day) for pause in shift.breaks if day.weekday() in pause.days]
    return ShiftWindow(shift.id, day, start, stop, tuple(without((start, stop), breaks)))


def windows(shifts: Sequence[Shift], zone: ZoneInfo, start: Millis, stop: Millis) -> Iterator[ShiftWindow]:
    """The windows that share a moment with [start, stop), by their start."""
    first = _local(zone, start).date() - timedelta(days=1)
    last = _local(zone, max(start, stop - 1)).date()
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    found = [made for day in days for shift in shifts if (made := window(shift, zone, day)) is not None]
    yield from sorted((w for w in found if w.start < stop and start < w.stop), key=lambda w: (w.start, w.shift))


def without(whole: Span, parts: Sequence[Span]) -> Iterator[Span]:
    """What of a stretch lies in none of the parts."""
    at, end = whole
    for start, stop in sorted(parts):
        if start > at:
            yield at, min(start, end)
        at = max(at, stop)
        if at >= end:
            return
    if at < end:
        yield at, end


def overlap(one: Span, other: Span) -> Millis:
    """How long two stretches share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _within(pause: Break, shift: Shift, zone: ZoneInfo, day: date) -> Span:
    """A break earlier in the day than the shift begins lies after its midnight."""
    return _stretch(pause.start, pause.end, zone, day if pause.start >= shift.start else day + timedelta(days=1))


def _stretch(start: time, end: time, zone: ZoneInfo, day: date) -> Span:
    last = day if end > start else day + timedelta(days=1)
    return _millis(datetime.combine(day, start, zone)), _millis(datetime.combine(last, end, zone))


def _millis(moment: datetime) -> Millis:
    return round(moment.astimezone(UTC).timestamp() * 1000)


def _local(zone: ZoneInfo, at: Millis) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
