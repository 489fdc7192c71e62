"""What a report is about: the place, the period, the limit sets and the choices it rests on."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from domain.reading import Millis
from domain.report_period import PeriodKind


class Label(Struct, frozen=True):
    """One phrase in both languages."""

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """Indonesian for any language but English."""
        return self.en if language == "en" else self.id


class DeviceUsed(Struct, frozen=True):
    """One device of the compliance point."""

    id: str
    name: Label
    profile: str


class Place(Struct, frozen=True):
    """The compliance point."""

    id: str
    name: Label
    site: str
    site_name: Label
    stage: str
    stage_name: Label
    timezone: str
    devices: tuple[DeviceUsed, ...]


class Span(Struct, frozen=True):
    """The period. `until` is the last day counted, earlier than `last` where the period was not over; [start, stop)
    are the days from `first` to it in ms UTC.
    """

    kind: PeriodKind
    name: str
    first: date
    last: date
    until: date
    start: Millis
    stop: Millis


class Policy(Struct, frozen=True):
    """The installation's own choices ("kebijakan internal"), none of them law.

    `slot`: s, the unit of completeness. `day_share`: what share of a day's slots must hold a good reading for the
    day to count as well covered. `join`: exceedances that lie at most so far apart (s) are one episode. `max_gap`:
    s, a flow is not integrated over a longer silence. `outage`: a silence is an outage where it lasts longer than so
    many times the interval in which the device's readings come.
    """

    slot: int = 120
    day_share: float = 0.75
    join: int = 600
    max_gap: int = 600
    outage: float = 3.0


class LimitSetUsed(Struct, frozen=True):
    """A limit set in force on days of the period, with the dates it says of itself; `version` is of its content."""

    id: str
    name: Label
    source: str
    valid_from: date
    valid_until: date | None
    first: date
    last: date
    version: str
