"""Numbers, times and spans as people here write them: decimal comma and `14.30 WIB` in Indonesian."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.figures import localised
from domain.reading import Millis
from domain.text import Language

NOTHING: Final = "–"
SECOND: Final = 1_000
MINUTE: Final = 60_000
HOUR: Final = 3_600_000
DAY: Final = 86_400_000

_AGES: Final = {
    Language.ID: (" detik", " menit", " jam", " hari"),
    Language.EN: (" s", " min", " h", " d"),
}


@dataclass(frozen=True)
class Formats:
    """How one language and one place write figures and times."""

    language: Language
    zone: ZoneInfo

    def zone_name(self, at: Millis) -> str:
        """WIB, WITA or WIT; elsewhere what the zone calls itself at that moment."""
        return str(self.local(at).tzname())

    def number(self, value: float | None, decimals: int = 1) -> str:
        """`1.234,5` in Indonesian, `1,234.5` in English; a dash for no value. Very small or large
        values that the decimals would hide are written in full.
        """
        if value is None or not math.isfinite(value):
            return NOTHING
        text = f"{value:,.{decimals}f}"
        if value != 0 and float(text.replace(",", "")) == 0:
            text = f"{value:.2g}"
        return localised(text, self.language)

    def brief(self, value: float | None) -> str:
        """A limit as it is printed in the law: `6`, `8,5`, `0,05`."""
        return NOTHING if value is None else localised(f"{value:g}", self.language)

    def local(self, at: Millis) -> datetime:
        """The local time of a moment."""
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(self.zone)

    def clock(self, at: Millis | None) -> str:
        """`14.30 WIB`, or `14:30 WIB` in English."""
        if at is None:
            return NOTHING
        shape = "%H:%M" if self.language is Language.EN else "%H.%M"
        return f"{self.local(at):{shape}} {self.zone_name(at)}"

    def seconds(self, at: Millis | None) -> str:
        """`14.30.05`: with seconds, without zone, for tables."""
        if at is None:
            return NOTHING
        return f"{self.local(at):{'%H:%M:%S' if self.language is Language.EN else '%H.%M.%S'}}"

    def date(self, at: Millis | None) -> str:
        """`21/11/2026`, day first in both languages."""
        return NOTHING if at is None else f"{self.local(at):%d/%m/%Y}"

    def iso(self, at: Millis) -> str:
        """For machines: RFC 3339 in local time."""
        return self.local(at).isoformat(timespec="seconds")

    def field(self, at: Millis) -> str:
        """For a date-and-time input: local, to the minute."""
        return f"{self.local(at):%Y-%m-%dT%H:%M}"

    def moment(self, at: Millis | None, now: Millis) -> str:
        """The clock time, with its date unless that is today's."""
        if at is None:
            return NOTHING
        today = self.local(at).date() == self.local(now).date()
        return self.clock(at) if today else f"{self.date(at)} {self.clock(at)}"

    def age(self, span: Millis) -> str:
        """`12 detik`, `4 menit`, `3 jam`, `2 hari`: the largest whole unit."""
        seconds, minutes, hours, days = _AGES[self.language]
        if span >= 2 * DAY:
            return f"{span // DAY}{days}"
        if span >= 2 * HOUR:
            return f"{span // HOUR}{hours}"
        if span >= 2 * MINUTE:
            return f"{span // MINUTE}{minutes}"
        return f"{max(span, 0) // SECOND}{seconds}"

    def span(self, span: Millis) -> str:
        """`90 menit`, `2 jam`: exact, in the largest unit that leaves no rest."""
        units = zip((SECOND, MINUTE, HOUR, DAY), _AGES[self.language], strict=True)
        size, word = max((size, word) for size, word in units if span % size == 0 or size == SECOND)
        return f"{self.brief(span / size)}{word}"

    def hours(self, span: Millis) -> str:
        """`06:42`: hours and minutes of a span."""
        return f"{span // HOUR:02d}:{span % HOUR // MINUTE:02d}"

    def midnight(self, now: Millis) -> Millis:
        """When today began here."""
        start = self.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
        return int(start.timestamp() * 1000)
