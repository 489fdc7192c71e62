"""The shifts of a day that the logbook is kept in, and when that day is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.reading import Millis
from domain.shift import Shift, window
from domain.text import Text

USUAL: Final = (
    ("pagi", Text(id="Pagi", en="Morning"), 6, 14),
    ("siang", Text(id="Siang", en="Afternoon"), 14, 22),
    ("malam", Text(id="Malam", en="Night"), 22, 30),
)  # where the installation names no shifts of the site: hours of the local day, the night's end on the next


class LogbookShift(Struct, frozen=True):
    """One shift that begins on the day; it may end on the next."""

    id: str
    name: Text
    start: Millis
    stop: Millis


def shifts_of_day(shifts: Sequence[Shift], site: str, zone: ZoneInfo, day: date) -> list[LogbookShift]:
    """The site's own, without those that rest on that day; the usual three where it names none."""
    named = [one for one in shifts if one.site == site]
    if named:
        cut = [(one, window(one, zone, day)) for one in named]
        return [LogbookShift(one.id, one.name, made.start, made.stop) for one, made in cut if made is not None]
    return [
        LogbookShift(name, title, _at(day, zone, start), _at(day, zone, stop)) for name, title, start, stop in USUAL
    ]


def day_over(shifts: Sequence[LogbookShift], zone: ZoneInfo, day: date) -> Millis:
    """When midnight has passed and the day's last shift has ended: from then on the day can be signed."""
    return max([_at(day, zone, 24), *(one.stop for one in shifts)])


def _at(day: date, zone: ZoneInfo, hour: int) -> Millis:
    ahead, rest = divmod(hour, 24)
    return round(datetime.combine(day + timedelta(days=ahead), time(rest), zone).timestamp() * 1000)
