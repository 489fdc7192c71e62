"""The compliance reports over the ports of an installation."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from domain.reading import Millis
from domain.report import ComplianceReport
from domain.report_head import Policy
from domain.report_period import Period, PeriodKind, local_day, period_of, period_with
from domain.services import Services
from reports.compliance import ComplianceReports, point_of, zone_of
from reports.sources import Sources
from reports.stamp import Stamp


def sources_of(services: Services) -> Sources:
    """What there is to report from. Readings are those corrected; as they came they stand in exports of raw data."""
    books = services.evidence
    return Sources(
        registry=services.registry,
        profiles=services.profiles,
        readings=books.corrected,
        alerts=services.book,
        quality=services.quality,
        laboratory=books.samples,
        calibrations=books.calibrations,
        conditions=books.conditions,
        logbook=books.logbook,
        production=books.production,
        pauses=books.pauses,
        companies=books.companies,
        corrections=books.corrections,
        judgements=books.judgements,
        checks=books.checks,
        calibration_history=books.calibrations,
        as_came=services.readings,
        unjudged=books.unjudged,
        untouched=books.untouched,
        rules=services.rules,
    )


class Reporting:
    """Reports as people ask for them: by site, kind and name of the period."""

    def __init__(self, sources: Sources, policy: Policy) -> None:
        self._sources = sources
        self._reports = ComplianceReports(sources, policy)

    def report(
        self, site: str, point: str | None, kind: PeriodKind, name: str | None, now: Millis
    ) -> ComplianceReport:
        """The period of that name; the last one that is over where none is given.

        Raises NotFound and Invalid, saying what to write instead.
        """
        installation = self._sources.registry.installation()
        found = point_of(installation, site, point)
        period = period_of(kind, name) if name else last_period(kind, now, zone_of(installation, found))
        return self._reports.make_now(found.id, period, now)

    def again(self, stamp: Stamp) -> ComplianceReport:
        """The report a stamp speaks of, from the data of today."""
        return self._reports.make(stamp.point, period_of(stamp.kind, stamp.period), stamp.until)


def last_period(kind: PeriodKind, now: Millis, zone: ZoneInfo) -> Period:
    """The newest period of a kind that is over."""
    running = period_with(kind, local_day(now, zone))
    return period_with(kind, running.first - timedelta(days=1))
