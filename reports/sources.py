"""What a compliance report is made from: ports only."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.calibration import Correction
from domain.condition import HandJudgement
from domain.evidence import Book
from domain.evidence_books import PlacedBook
from domain.function_check import FunctionCheck
from domain.ports import AlertBook, ProfileBook, QualityIntervals, ReadingQuery, Registry, RuleBook
from domain.ports_evidence import (
    CalibrationBook,
    CompanyBook,
    ConditionBook,
    LabBook,
    Logbook,
    PauseBook,
    Production,
)
from domain.reading import Millis
from domain.report_records import CalibrationRecord
from reports.up_to import UpTo


@dataclass(frozen=True)
class Sources:
    """Books that an installation does not keep are None: their part of the report says that nothing was recorded.

    Readings are those corrected and judged, as the report counts them. Beside them: `as_came` without corrections,
    `unjudged` without what people judged by hand, `untouched` without either.
    """

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
    corrections: PlacedBook[Correction] | None = None
    judgements: PlacedBook[HandJudgement] | None = None
    checks: PlacedBook[FunctionCheck] | None = None
    calibration_history: Book[CalibrationRecord] | None = None
    as_came: ReadingQuery | None = None
    unjudged: ReadingQuery | None = None
    untouched: ReadingQuery | None = None
    rules: RuleBook | None = None

    def up_to(self, stop: Millis) -> Sources:
        """The same without any reading at `stop` or later."""

        def cut(readings: ReadingQuery | None) -> ReadingQuery | None:
            return None if readings is None else UpTo(readings, stop)

        return replace(
            self,
            readings=UpTo(self.readings, stop),
            as_came=cut(self.as_came),
            unjudged=cut(self.unjudged),
            untouched=cut(self.untouched),
        )
