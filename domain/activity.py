"""The month's activity of the whole UPT on one page: figures, and the same put into words for paper and screen.

Times are ms, moments ms UTC, volumes m3, shares 0 to 1. None is what nobody measured; nothing is estimated.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from msgspec import Struct

from domain.reading import Millis
from domain.report_head import Label

SCHEMA: Final = 1


class WaterVerdict(StrEnum):
    """Whether the effluent of a point was in order."""

    WITHIN = "within"  # everything that has a limit was judged on every day, and within it
    PARTLY = "partly"  # what was judged is within; not everything was
    BEYOND = "beyond"
    NOT_JUDGED = "not_judged"  # nothing was


class Water(Struct, frozen=True):
    """One compliance point, from its compliance report. `completeness`: good two-minute slots of those expected."""

    point: str
    name: Label
    verdict: WaterVerdict
    beyond: tuple[Label, ...]
    not_judged: tuple[Label, ...]
    volume: float | None
    volume_covered: float
    exceedances: int
    beyond_time: Millis | None  # in which any parameter was beyond; None where that is not known
    completeness: float | None


class Machinery(Struct, frozen=True):
    """The machines of a site within planned time. `availability` is APT / PBT (ISO 22400-2) of what is known;
    `no_signal` is the share of planned time of which nothing is known, None where nothing was planned.
    """

    site: str
    name: Label
    machines: int
    availability: float | None
    no_signal: float | None
    planned: Millis
    running: Millis


class Response(Struct, frozen=True):
    """The alerts of a site, and how long until somebody acknowledged them (ms)."""

    site: str
    name: Label
    rang: int
    critical: int
    acknowledged: int
    never_acknowledged: int
    median: Millis | None
    p90: Millis | None


class ServiceDone(Struct, frozen=True):
    """How often a machine was serviced in the month, and the last day of it."""

    device: str
    name: Label
    times: int
    last: date


class ServiceDue(Struct, frozen=True):
    """A service plan that is due, as it stands now. Below 0 is overdue; None: not planned by it, or not known."""

    device: str
    name: Label
    plan: Label
    overdue: bool
    hours_left: float | None
    days_left: int | None


class OpenKind(StrEnum):
    """What somebody still has to see to, the gravest first."""

    STALE_ALERT = "stale_alert"  # active for longer than a day
    CALIBRATION_DUE = "calibration_due"
    REPORT_UNSIGNED = "report_unsigned"
    LOGBOOK_MISSING = "logbook_missing"
    LOGBOOK_UNSIGNED = "logbook_unsigned"


class OpenPoint(Struct, frozen=True):
    """One of them. `days`: how many days of the logbook. `day`: since when, until when, or the period's first day.
    `late`: overdue (a calibration), or outdated by newer data (a report).
    """

    kind: OpenKind
    subject: Label
    day: date | None = None
    days: int = 0
    late: bool = False


class Activity(Struct, frozen=True):
    """The month. `until`: the last day counted. What is open or due is as it stood at `at`."""

    schema: int
    month: str
    first: date
    last: date
    until: date
    at: Millis
    timezone: str
    company: str
    water: tuple[Water, ...]
    machines: tuple[Machinery, ...]
    response: tuple[Response, ...]
    done: tuple[ServiceDone, ...]
    due: tuple[ServiceDue, ...]
    open: tuple[OpenPoint, ...]


class SheetCell(Struct, frozen=True):
    """A text, and whether it asks for attention."""

    text: str
    mark: bool = False


class SheetTile(Struct, frozen=True):
    """One of the large figures at the top."""

    label: str
    value: SheetCell
    note: str = ""


class SheetPart(Struct, frozen=True):
    """One table. `note` stands below it; without rows it says why there are none. `wide`: the widths of columns."""

    title: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[SheetCell, ...], ...]
    note: str = ""


class ActivitySheet(Struct, frozen=True):
    """The page in one language, with the fingerprint of its figures."""

    language: str
    month: str
    title: str
    period: str
    company: str
    warnings: tuple[str, ...]
    tiles: tuple[SheetTile, ...]
    parts: tuple[SheetPart, ...]
    signatures: tuple[str, ...]
    foot: str
    sha256: str
    stamp: str


class ActivityDesk(Protocol):
    """Makes the page. Raises Invalid for what is no month or one of which no day is over; `month` None is the last
    one that is over.
    """

    def sheet(self, month: str | None, language: str, now: Millis) -> ActivitySheet:
        """In words, for a screen."""
        ...

    def pdf(self, month: str | None, language: str, now: Millis) -> tuple[str, bytes]:
        """Name and content of the file: one page of A4."""
        ...
