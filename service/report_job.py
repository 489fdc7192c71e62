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
from service.report_desk import Compliance

log = structlog.get_logger()

EVERY: Final = 60.0  # s between two looks
AGAIN: Final[Millis] = 3_600_000  # after a report that could not be made or compared
DAY: Final[Millis] = 86_400_000

Key = tuple[str, str, str]


class ReportJob:
    """Call it every minute under the lease. What was made is in the database; only waits are kept in memory."""

    def __init__(self, desk: Compliance, config: ReportsConfig) -> None:
        self._desk = desk
        self._config = config
        self._not_before: dict[Key, Millis] = {}
        self._look_at: dict[Key, Millis] = {}

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
        """One report a run, the longest due, each once a day while it is young: late data and corrections are
        noticed.
        """
        young = {_key(one): one for one in self._desk.book.made_since(now - self._config.recheck_days * DAY)}
        self._look_at = {key: self._look_at.get(key, one.made_at + DAY) for key, one in young.items()}
        key = min(self._look_at, key=self._look_at.__getitem__, default=None)
        return None if key is None or self._look_at[key] > now else self._compare(key, young[key], now)

    def _compare(self, key: Key, report: FinishedReport, now: Millis) -> FinishedReport | None:
        self._look_at[key] = now + AGAIN
        try:
            found = self._desk.recheck(report, now)
        except Unavailable:
            raise
        except PantauError as error:
            log.warning("report_not_compared", point=report.place, period=report.period, error=str(error))
            return None
        self._look_at[key] = now + DAY
        return found


def _key(report: FinishedReport) -> Key:
    return report.kind.value, report.place, report.period
