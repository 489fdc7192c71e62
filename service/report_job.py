"""Reports made by the clock: one at a time, the oldest first; after a power cut what was missed is made."""

from __future__ import annotations

from typing import Final

import structlog

from domain.errors import PantauError, Unavailable
from domain.finished_report import BY_SCHEDULE, FinishedReport
from domain.reading import Millis
from domain.registry import CompliancePoint
from domain.report_period import Period, PeriodKind
from reports.config import ReportsConfig
from reports.digest import sha256_of
from service.report_desk import Compliance

log = structlog.get_logger()

EVERY: Final = 60.0  # s between two looks
RECHECK: Final[Millis] = 86_400_000
AGAIN: Final[Millis] = 3_600_000  # after a report that could not be made
LOOKED_AT: Final = 50  # of the newest reports
LATE_DATA: Final = "data yang datang kemudian (late data)"


class ReportJob:
    """Call it every minute under the lease. What was made is in the database; only waits are kept in memory."""

    def __init__(self, desk: Compliance, config: ReportsConfig) -> None:
        self._desk = desk
        self._config = config
        self._not_before: dict[tuple[str, ...], Millis] = {}

    def run_once(self, now: Millis) -> FinishedReport | None:
        """Make the next report that is due, or look whether the data still give one. Raises Unavailable."""
        if self._desk.filling():
            return None
        for point in self._desk.calendar.points():
            for kind in self._config.schedule:
                made = self._make_next(point, kind, now)
                if made is not None:
                    return made
        return self._recheck(now)

    def _make_next(self, point: CompliancePoint, kind: PeriodKind, now: Millis) -> FinishedReport | None:
        """The oldest that is due; one that could not be made holds up none of the others."""
        for period, due in self._desk.calendar.owed(point, kind, now):
            if due <= now and self._not_before.get((kind.value, point.id, period.name), 0) <= now:
                return self._make(point, kind, period, now)
        return None

    def _make(self, point: CompliancePoint, kind: PeriodKind, period: Period, now: Millis) -> FinishedReport | None:
        key = (kind.value, point.id, period.name)
        try:
            made, _ = self._desk.make(kind, point.id, period.name, BY_SCHEDULE, "", now)
        except Unavailable:
            raise
        except PantauError as error:
            self._not_before[key] = now + AGAIN
            log.warning("report_not_made", kind=kind, point=point.id, period=period.name, error=str(error))
            return None
        log.info("report_made", kind=kind, point=point.id, period=period.name, revision=made.revision)
        return made

    def _recheck(self, now: Millis) -> FinishedReport | None:
        """One report a run, each once a day while it is young: late data and corrections are noticed."""
        youngest = now - self._config.recheck_days * 86_400_000
        for report in self._desk.page(None, LOOKED_AT).items:
            key = ("recheck", report.kind.value, report.place, report.period)
            if report.made_at < youngest or self._not_before.get(key, report.made_at + RECHECK) > now:
                continue
            self._not_before[key] = now + RECHECK
            return self._compare(report, now)
        return None

    def _compare(self, report: FinishedReport, now: Millis) -> FinishedReport | None:
        """Signed: people are told that the data changed. Not signed yet: it is made again."""
        try:
            if sha256_of(self._desk.today(report)) == report.sha256:
                self._desk.book.outdated(report, None)
                return None
            if report.signed_at is not None:
                self._desk.book.outdated(report, now)
                return None
            return self._desk.make(report.kind, report.place, report.period, BY_SCHEDULE, LATE_DATA, now)[0]
        except Unavailable:
            raise
        except PantauError as error:
            log.warning("report_not_compared", point=report.place, period=report.period, error=str(error))
            return None
