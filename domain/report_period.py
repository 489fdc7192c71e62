"""The stretches of local days that reports are made of: a day, a month, a quarter, a semester, a year."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.errors import Invalid
from domain.reading import Millis


class PeriodKind(StrEnum):
    """How long a period is. Which of them a permit asks for is up to the permit."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    YEAR = "year"


class Period(Struct, frozen=True):
    """Whole local days from `first` to `last`, both inclusive. `name`: 2026-10-05, 2026-10, 2026-Q4, 2026-S2."""

    kind: PeriodKind
    name: str
    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Every day of it, in order."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


_PATTERNS: Final = {
    PeriodKind.DAY: (r"(\d{4})-(\d{2})-(\d{2})", "2026-10-05"),
    PeriodKind.MONTH: (r"(\d{4})-(\d{2})", "2026-10"),
    PeriodKind.QUARTER: (r"(\d{4})-[QqTt]([1-4])", "2026-Q4"),
    PeriodKind.SEMESTER: (r"(\d{4})-[Ss]([12])", "2026-S2"),
    PeriodKind.YEAR: (r"(\d{4})", "2026"),
}
YEARS: Final = (1971, 9998)  # whose days and neighbours a moment in ms can be of
_MONTHS: Final = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.SEMESTER: 6, PeriodKind.YEAR: 12}


def period_of(kind: PeriodKind, name: str) -> Period:
    """The period of that name. Raises Invalid, saying how the name is written."""
    pattern, example = _PATTERNS[kind]
    found = re.fullmatch(pattern, name.strip())
    try:
        if found is None or not YEARS[0] <= int(found.group(1)) <= YEARS[1]:
            raise ValueError
        return _made(kind, [int(number) for number in found.groups()])
    except ValueError:
        raise Invalid(f"{name!r} is no {kind}; write it like {example}", kind) from None


def _made(kind: PeriodKind, numbers: list[int]) -> Period:
    year = numbers[0]
    if kind is PeriodKind.DAY:
        day = date(*numbers)
        return Period(kind, day.isoformat(), day, day)
    months = _MONTHS[kind]
    number = numbers[1] if len(numbers) > 1 else 1
    first = date(year, (number - 1) * months + 1, 1)
    last = _months_later(first, months) - timedelta(days=1)
    return Period(kind, _name(kind, year, number), first, last)


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _name(kind: PeriodKind, year: int, number: int) -> str:
    endings = {
        PeriodKind.MONTH: f"-{number:02d}",
        PeriodKind.QUARTER: f"-Q{number}",
        PeriodKind.SEMESTER: f"-S{number}",
    }
    return f"{year:04d}{endings.get(kind, '')}"


def period_with(kind: PeriodKind, day: date) -> Period:
    """The period of that kind a day lies in."""
    if kind is PeriodKind.DAY:
        return _made(kind, [day.year, day.month, day.day])
    return _made(kind, [day.year, (day.month - 1) // _MONTHS[kind] + 1])


def midnight(day: date, zone: ZoneInfo) -> Millis:
    """The first millisecond of a local day. Where the clock skips midnight, the first moment after it."""
    return round(datetime.combine(day, time(), zone).timestamp() * 1000)


def local_day(at: Millis, zone: ZoneInfo) -> date:
    """The local day a moment lies in."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date()
