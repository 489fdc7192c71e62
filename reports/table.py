"""A part of a report as a table that every format can print: typed cells, never a blank without a word."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.figures import localised
from domain.reading import Millis
from domain.text import Language
from reports.summary_text import MONTHS
from reports.words import Words

ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


TOTAL = -1  # the row of the whole period, among the marks
LEAST_SHARE = 0.001  # what is less, and not zero, is printed as less
AS_GIVEN = -1  # decimals of a figure that was typed in: none is added to it


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    SHARE = "share"  # 0 to 1, printed in percent
    DAY = "day"
    MOMENT = "moment"  # ms UTC, printed in the site's zone
    DURATION = "duration"  # ms


class Absent(StrEnum):
    """Why a cell holds no value."""

    NOT_MEASURED = "not_measured"
    NOT_JUDGED = "not_judged"
    NOT_FILLED = "not_filled"
    NOT_COMPUTED = "not_computed"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"
    NONE = "none"


class Figure(float):
    """One that needs more decimals than its column to be read on its own side of a limit."""

    decimals: int

    def __new__(cls, value: float, decimals: int) -> Figure:
        """A float that remembers them."""
        made = super().__new__(cls, value)
        made.decimals = decimals
        return made


Cell = str | float | int | date | Absent


class Column(Struct, frozen=True):
    """`width` is its share of the page. `decimals` of numbers."""

    title: str
    kind: Kind = Kind.TEXT
    width: float = 1.0
    decimals: int = 2


class Table(Struct, frozen=True):
    """`marks`: (row, column) of cells that are beyond a limit, TOTAL for the row of the whole period. `data_only`:
    too long for paper, for XLSX and CSV. `paper_only`: the same figures stand in another table. `note_on_paper`: on
    paper the note says it all. `total`: one more row, of the whole period.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    marks: frozenset[tuple[int, int]] = frozenset()
    data_only: bool = False
    paper_only: bool = False
    note_on_paper: bool = False
    total: tuple[Cell, ...] = ()


def decimals_of(cell: float, column: Column) -> int:
    """With how many a number is printed in every format."""
    if column.kind is Kind.COUNT:
        return 0
    return cell.decimals if isinstance(cell, Figure) else column.decimals


def printed_share(share: float) -> float:
    """To the nearest tenth of a percent, in every format; but what is not whole is never 1, and what is less than a
    tenth is 0.
    """
    if share < LEAST_SHARE:
        return 0.0
    return min(round(share, 3), 0.999) if share < 1 else round(share, 3)


class Printer:
    """Cells as people read them in one language and zone."""

    def __init__(self, language: str, timezone: str) -> None:
        self.words = Words(language)
        self.language = language
        self._zone = ZoneInfo(timezone)
        self.zone_name = ZONES.get(timezone, timezone)

    def text(self, cell: Cell, column: Column) -> str:
        """One cell."""
        if isinstance(cell, Absent):
            return self.words(f"absent.{cell}")
        if isinstance(cell, str):
            return cell
        if isinstance(cell, date):
            return self.day(cell)
        if column.kind is Kind.MOMENT:
            return self.moment(int(cell))
        if column.kind is Kind.DURATION:
            return self.duration(int(cell))
        if column.kind is Kind.SHARE:
            return self.share(cell)
        return self.number(cell, decimals_of(cell, column))

    def number(self, value: float, decimals: int) -> str:
        """With fixed decimals, or as it was given, and the marks of the language."""
        if decimals == AS_GIVEN:
            return localised(f"{value:,.10f}".rstrip("0").rstrip("."), self.language)
        return localised(f"{value:,.{decimals}f}", self.language)

    def share(self, value: float) -> str:
        """In percent: 99.96 % is not called complete. A share that is not zero is never printed as zero."""
        percent = printed_share(value) * 100
        if percent == 0 and value > 0:
            return f"< {self.number(0.1, 1)} %"
        return f"{self.number(percent, 1)} %"

    def day(self, day: date) -> str:
        """05/10/2026, in English 2026-10-05."""
        return day.isoformat() if self.language == Language.EN else f"{day:%d/%m/%Y}"

    def long_day(self, day: date) -> str:
        """5 Oktober 2026."""
        return f"{day.day} {self.month(day)}"

    def month(self, day: date) -> str:
        """Oktober 2026."""
        return f"{MONTHS[day.month - 1].in_language(self.language)} {day.year}"

    def local(self, at: Millis) -> datetime:
        """A moment at the site."""
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(self._zone)

    def moment(self, at: Millis) -> str:
        """05/10/2026 14.30, in English 2026-10-05 14:30."""
        local = self.local(at)
        clock = f"{local:%H:%M}" if self.language == Language.EN else f"{local:%H.%M}"
        return f"{self.day(local.date())} {clock}"

    def duration(self, length: Millis) -> str:
        """2 hari 3 jam, 1 jam 24 mnt, 4 mnt, 30 dtk."""
        seconds = length // 1000
        steps = ((seconds // 86400, "days"), (seconds // 3600 % 24, "hours"), (seconds // 60 % 60, "minutes"))
        said = [f"{count} {self.words('say.' + word)}" for count, word in steps if count]
        return " ".join(said[:2]) if said else f"{seconds} {self.words('say.seconds')}"
