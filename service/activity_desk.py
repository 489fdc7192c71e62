"""The month's activity over the ports of an installation (`domain.activity.ActivityDesk`)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from zoneinfo import ZoneInfo

from domain.activity import Activity, ActivitySheet
from domain.errors import NotFound
from domain.reading import Millis
from domain.registry import Installation
from domain.report_head import Policy
from domain.report_period import PeriodKind, period_of
from domain.services import Services
from reports.activity import Activities, ActivitySources
from reports.activity_pdf import write_pdf
from reports.activity_sheet import sheet_of
from service.reporting import last_period, sources_of


def activity_sources(services: Services) -> ActivitySources:
    """What the month is made from."""
    return ActivitySources(
        compliance=sources_of(services),
        performance=services.performance,
        machines=services.machines,
        maintenance=services.maintenance,
        calibrations=services.evidence.calibrations,
        reports=services.reports,
    )


class MonthlyActivity:
    """One for a process. One month is made at a time: it takes seconds."""

    def __init__(self, sources: Callable[[], ActivitySources], policy: Policy) -> None:
        self._sources = sources
        self._policy = policy
        self._busy = threading.Lock()

    def activity(self, month: str | None, now: Millis) -> Activity:
        """The figures. Raises Invalid, NotFound without a site."""
        sources = self._sources()
        zone = _home(sources.compliance.registry.installation())
        period = period_of(PeriodKind.MONTH, month) if month else last_period(PeriodKind.MONTH, now, zone)
        with self._busy:
            return Activities(sources, self._policy).make(period, now)

    def sheet(self, month: str | None, language: str, now: Millis) -> ActivitySheet:
        """In words, for a screen."""
        return sheet_of(self.activity(month, now), language)

    def pdf(self, month: str | None, language: str, now: Millis) -> tuple[str, bytes]:
        """Name and content."""
        found = self.activity(month, now)
        return f"kegiatan-{found.month}.pdf", write_pdf(found, language)


def _home(installation: Installation) -> ZoneInfo:
    if not installation.sites:
        raise NotFound("there is no site yet")
    return ZoneInfo(installation.sites[0].timezone)
