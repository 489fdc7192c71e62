"""Which reports an installation owes itself: periods that are over and due, and those that still run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from domain.finished_report import FinishedReport, FinishedReports
from domain.reading import Millis
from domain.registry import CompliancePoint, Installation
from domain.report_period import Period, PeriodKind, local_day, midnight, period_of, period_with
from reports.compliance import zone_of
from reports.config import ReportsConfig
from reports.sources import Sources

HOUR: Final[Millis] = 3_600_000
ASK_AGAIN: Final[Millis] = HOUR  # whether a period without readings has some by now

Key = tuple[str, Period]


class ReportCalendar:
    """Asks the book what was made and the store what was measured; remembers only the latter."""

    def __init__(self, sources: Callable[[], Sources], book: FinishedReports, config: ReportsConfig) -> None:
        self._sources = sources
        self._book = book
        self._config = config
        self._measured: set[Key] = set()
        self._empty_at: dict[Key, Millis] = {}

    def installation(self) -> Installation:
        """As it stands."""
        return self._sources().registry.installation()

    def points(self) -> tuple[CompliancePoint, ...]:
        """Every compliance point."""
        return self.installation().compliance_points

    def owed(self, point: CompliancePoint, kind: PeriodKind, now: Millis) -> Iterator[tuple[Period, Millis]]:
        """Periods not made yet with the moment each is due, oldest first; the last is the one that runs.

        Of the last `catch_up_months` before the first start: from the first period in which the point measured
        anything. From then on every period, for one without readings is an honest report too.
        """
        installation = self.installation()
        today = local_day(now, zone_of(installation, point))
        made, newest = self._book.periods(kind, point.id), self._book.newest(kind, point.id)
        first = _months_before(today, self._config.catch_up_months)
        period = period_with(kind, first if newest is None else min(first, newest.last + timedelta(days=1)))
        begun = False
        while period.first <= today:
            begun = begun or period.name in made or period.last >= today or self.has_readings(point, period, now)
            if begun and period.name not in made:
                yield period, self.due_at(point, period)
            period = period_with(kind, period.last + timedelta(days=1))

    def open(self, now: Millis) -> list[tuple[PeriodKind, str, str, Millis]]:
        """Everything owed at every point."""
        return [
            (kind, point.id, period.name, due)
            for point in self.points()
            for kind in self._config.schedule
            for period, due in self.owed(point, kind, now)
        ]

    def due_at(self, point: CompliancePoint, period: Period) -> Millis:
        """When its report is made: its last day is over, and late data had their time."""
        zone = zone_of(self.installation(), point)
        return midnight(period.last + timedelta(days=1), zone) + round(self._config.wait_hours * HOUR)

    def told(self, report: FinishedReport) -> bool:
        """Whether people are told of it: it fell due after the installation began."""
        point = next((one for one in self.points() if one.id == report.place), None)
        began = self._book.began()
        if point is None or began is None:
            return False
        return self.due_at(point, period_of(report.kind, report.period)) >= began

    def has_readings(self, point: CompliancePoint, period: Period, now: Millis) -> bool:
        """Whether any device of the point measured anything in the period. A no is asked again after an hour."""
        key = (point.id, period)
        if key in self._measured:
            return True
        if now - self._empty_at.get(key, -ASK_AGAIN) < ASK_AGAIN:
            return False
        if self._read(point, period):
            self._measured.add(key)
            return True
        self._empty_at[key] = now
        return False

    def _read(self, point: CompliancePoint, period: Period) -> bool:
        sources = self._sources()
        installation = sources.registry.installation()
        zone = zone_of(installation, point)
        start, stop = midnight(period.first, zone), midnight(period.last + timedelta(days=1), zone)
        profiles = {device.id: device.profile for device in installation.devices if device.id in point.devices}
        return any(
            sources.readings.series(device, info.metric, start, stop, 1)
            for device, profile in profiles.items()
            for info in sources.profiles.profile(profile).metrics
        )


def _months_before(day: date, months: int) -> date:
    """The first day of the month so many months before."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
