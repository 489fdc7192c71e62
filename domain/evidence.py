"""Records that people write beside the readings: corrected by a new revision, never by a change of the old one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.errors import Invalid
from domain.ports_readings import Page
from domain.reading import Millis

TEXT: Final = 4000  # characters of a free note
T = TypeVar("T")


class EvidenceKind(StrEnum):
    """What a record is of."""

    CALIBRATION = "calibration"
    FUNCTION_CHECK = "function_check"  # calibration mode
    CORRECTION = "correction"
    SAMPLE = "sample"  # a laboratory's results of one sample
    CONDITION = "condition"  # of the plant: the portal's abnormal and emergency conditions
    JUDGEMENT = "judgement"  # of a stretch of a series, by hand
    LOGBOOK = "logbook"
    SIGNED_DAY = "signed_day"
    PRODUCTION = "production"
    EPISODE_NOTE = "episode_note"
    COMPANY = "company"
    SIGNATORIES = "signatories"


class Revision(Struct, Generic[T], frozen=True):
    """One state of a record. `removed`: from this revision on it no longer counts; what it said stays."""

    id: str
    number: int  # from 1
    record: T
    who: str
    at: Millis
    note: str = ""  # why it was corrected
    removed: bool = False


class Book(Protocol[T]):
    """Records of one kind. Every change is one transaction, durable on return."""

    def add(self, record: T, who: str, now: Millis) -> Revision[T]:
        """A new record, with an id of its own. Raises Invalid naming the field, Conflict where it is taken."""
        ...

    def correct(self, record_id: str, at_number: int, record: T, who: str, note: str, now: Millis) -> Revision[T]:
        """A new revision of it. Raises NotFound, Invalid, Conflict where it is not at `at_number` any more."""
        ...

    def remove(self, record_id: str, at_number: int, who: str, note: str, now: Millis) -> Revision[T]:
        """It no longer counts; raises as `correct`."""
        ...

    def history(self, record_id: str) -> list[Revision[T]]:
        """Every revision, oldest first. Raises NotFound."""
        ...

    def page(self, place: str | None, after: str | None, limit: int) -> Page[Revision[T]]:
        """The newest revision of each that counts, latest first by when it was."""
        ...


def require_past(at: Millis, now: Millis, field: str) -> None:
    """Raises Invalid for a moment that has not come."""
    if at > now:
        raise Invalid("lies in the future", field)


def require_past_day(day: date, zone: ZoneInfo, now: Millis, field: str) -> None:
    """Raises Invalid for a local day that has not begun."""
    if day > datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).date():
        raise Invalid(f"{day} lies in the future", field)


def require_order(start: Millis, stop: Millis | None, field: str = "stop") -> None:
    """Raises Invalid for an end that is not after its beginning."""
    if stop is not None and stop <= start:
        raise Invalid("is not after the start", field)


def require_text(text: str, field: str, *, empty: bool = True) -> None:
    """Raises Invalid for a text that is too long, or empty where it must not be."""
    if len(text) > TEXT:
        raise Invalid(f"is longer than {TEXT} characters", field)
    if not empty and not text.strip():
        raise Invalid("must not be empty", field)


def require_finite(numbers: Sequence[float | None], field: str, *, least: float | None = None) -> None:
    """Raises Invalid for a number that is none, or below the least that is possible."""
    for number in numbers:
        if number is not None and not abs(number) < float("inf"):
            raise Invalid("is not a number", field)
        if number is not None and least is not None and number < least:
            raise Invalid(f"is below {least:g}", field)
