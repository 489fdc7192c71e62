"""The books of evidence that the API, the pages and the reports are given, by what each of them must answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from domain.attachment import FileStore
from domain.calibration import Correction, CorrectionBook
from domain.company import CompanyOf, SignatoriesOf
from domain.condition import Condition, HandJudgement
from domain.errors import NotFound
from domain.evidence import Book, Revision
from domain.function_check import FunctionCheck
from domain.lab import LabSample
from domain.logbook import LogbookEntry, SignedDay
from domain.plant_figures import PlantFigures
from domain.ports_evidence import (
    CalibrationBook,
    CompanyBook,
    ConditionBook,
    LabBook,
    Logbook,
    PauseBook,
    Production,
)
from domain.ports_readings import ReadingQuery
from domain.production import Produced
from domain.reading import Millis
from domain.report_records import CalibrationRecord, EpisodeNote

T = TypeVar("T")


class PlacedBook(Book[T], Protocol[T]):
    """A book that also finds its records by their time."""

    def get(self, record_id: str) -> Revision[T]:
        """The newest revision, removed or not. Raises NotFound."""
        ...

    def touching(self, place: str, part: str | None, start: Millis, stop: Millis | None) -> list[Revision[T]]:
        """Those that count and share a moment with [start, stop), by start."""
        ...

    def touching_any(self, places: Sequence[str], start: Millis, stop: Millis) -> list[Revision[T]]:
        """As `touching`, of several places at once."""
        ...

    def taken_out(self, place: str, part: str | None, start: Millis, stop: Millis) -> list[Revision[T]]:
        """Those that were removed and would share a moment with [start, stop), by start: the revision that did it."""
        ...


def standing(book: PlacedBook[T], record_id: str) -> Revision[T] | None:
    """The revision that holds; None where there never was one, or it was removed."""
    try:
        found = book.get(record_id)
    except NotFound:
        return None
    return None if found.removed else found


class Calibrations(PlacedBook[CalibrationRecord], CalibrationBook, Protocol):
    """Calibrations, with what is due."""

    def newest(self, device: str | None = None) -> Mapping[tuple[str, str], CalibrationRecord]:
        """The last of every (device, metric), or of one device."""
        ...


class Corrections(PlacedBook[Correction], CorrectionBook, Protocol):
    """Offsets and slopes, each from a moment on."""


class Samples(PlacedBook[LabSample], LabBook, Protocol):
    """Laboratory samples."""


class Conditions(PlacedBook[Condition], ConditionBook, Protocol):
    """Abnormal and emergency conditions."""

    def same_event(self, condition: Condition, but: str = "") -> list[Revision[Condition]]:
        """Those of its site and category that share a moment with it, by start; the record `but` left out."""
        ...


class Entries(PlacedBook[LogbookEntry], Protocol):
    """The logbook, shift by shift."""

    def of_day(self, site: str, day: date) -> list[Revision[LogbookEntry]]:
        """Those of a day, by shift."""
        ...


class SigningLogbook(Logbook, Protocol):
    """The logbook day by day."""

    def sign(
        self, site: str, day: date, seen: Sequence[tuple[str, int]], officer: str, note: str, now: Millis
    ) -> Revision[SignedDay]:
        """Sign the entries of a day as the officer has `seen` them (id and revision); again after they were
        corrected: a further revision.

        Raises Invalid without entries or before the day is over, Conflict where they stand otherwise by now or are
        signed already.
        """
        ...

    def signatures(self, site: str, day: date) -> list[Revision[SignedDay]]:
        """Every signature of a day, oldest first."""
        ...

    def corrected_since(self, site: str, day: date) -> list[str]:
        """Entries corrected, removed or added after the day was signed last."""
        ...


class ProductionBook(PlacedBook[Produced], Production, Protocol):
    """What was produced, day by day."""


@dataclass(frozen=True)
class Evidence:
    """Each book both writes and answers the report's port of its kind.

    `corrected` are the readings with the corrections in force; those as they came stand beside it in `Services`.
    `unjudged` are those corrected as if nobody had judged by hand, `untouched` without corrections as well.
    """

    checks: PlacedBook[FunctionCheck]
    calibrations: Calibrations
    corrections: Corrections
    judgements: PlacedBook[HandJudgement]
    samples: Samples
    conditions: Conditions
    entries: Entries
    episode_notes: PlacedBook[EpisodeNote]
    logbook: SigningLogbook
    production: ProductionBook
    company_of: PlacedBook[CompanyOf]
    signatories: PlacedBook[SignatoriesOf]
    companies: CompanyBook
    pauses: PauseBook
    files: FileStore
    figures: PlantFigures
    corrected: ReadingQuery
    unjudged: ReadingQuery
    untouched: ReadingQuery
