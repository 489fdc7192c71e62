"""Contracts of what the compliance report reads beside readings, registry and alerts.

What holds of all stands in `domain.ports`. Days are local days of the site, both ends inclusive; moments are
half-open stretches in ms UTC.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from domain.company import Company, Signature
from domain.reading import Millis
from domain.report_records import (
    AbnormalCondition,
    CalibrationRecord,
    EpisodeNote,
    LabResult,
    LogbookDay,
    ProductionDay,
)


class LabBook(Protocol):
    """Results of the accredited laboratory."""

    def results(self, point: str, first: date, last: date) -> list[LabResult]:
        """Those of samples taken on these days, newest revision of each only, by day, metric, id."""
        ...


class CalibrationBook(Protocol):
    """Records of calibrations."""

    def calibrations(self, device: str, start: Millis, stop: Millis) -> list[CalibrationRecord]:
        """Those of a device that share a moment with [start, stop), by start; newest revision of each only."""
        ...

    def last_before(self, device: str, metric: str, at: Millis) -> CalibrationRecord | None:
        """The one that ended last at or before a moment: in force from then on."""
        ...


class ConditionBook(Protocol):
    """Abnormal and emergency conditions."""

    def conditions(self, site: str, start: Millis, stop: Millis) -> list[AbnormalCondition]:
        """Those that share a moment with [start, stop), by start; newest revision of each only."""
        ...


class Logbook(Protocol):
    """The daily logbook, and what was found out about exceedances."""

    def days(self, site: str, first: date, last: date) -> list[LogbookDay]:
        """The days for which anything was written, in order."""
        ...

    def episode_notes(self, point: str, start: Millis, stop: Millis) -> list[EpisodeNote]:
        """Those that share a moment with [start, stop), by start."""
        ...


class Production(Protocol):
    """What was produced."""

    def days(self, site: str, first: date, last: date) -> list[ProductionDay]:
        """The days for which anything was noted, in order."""
        ...


class PauseBook(Protocol):
    """When a place was out of operation on purpose."""

    def pauses(self, site: str, stage: str, device: str, start: Millis, stop: Millis) -> list[tuple[Millis, Millis]]:
        """The stretches in [start, stop) in which the site, the stage or the device rested, by start."""
        ...


class CompanyBook(Protocol):
    """Who owes the report, and who signs it."""

    def company(self, site: str) -> Company:
        """With empty fields where nothing was filled in."""
        ...

    def signatures(self, point: str, period: str) -> list[Signature]:
        """The places of a report's signature block, in the order they are printed: its own where it was given one,
        else those of the site; empty where nobody filled in either.
        """
        ...
