"""What a compliance report is made from: ports only."""

from __future__ import annotations

from dataclasses import dataclass

from domain.ports import AlertBook, ProfileBook, QualityIntervals, ReadingQuery, Registry
from domain.ports_evidence import (
    CalibrationBook,
    CompanyBook,
    ConditionBook,
    LabBook,
    Logbook,
    PauseBook,
    Production,
)


@dataclass(frozen=True)
class Sources:
    """Books that an installation does not keep are None: their part of the report says that nothing was recorded."""

    registry: Registry
    profiles: ProfileBook
    readings: ReadingQuery
    alerts: AlertBook
    quality: QualityIntervals | None = None
    laboratory: LabBook | None = None
    calibrations: CalibrationBook | None = None
    conditions: ConditionBook | None = None
    logbook: Logbook | None = None
    production: Production | None = None
    pauses: PauseBook | None = None
    companies: CompanyBook | None = None
