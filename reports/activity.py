"""What a month was at the whole UPT, over ports that are there already. Pure of words and paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.activity import (
    SCHEMA,
    Activity,
    Machinery,
    OpenKind,
    OpenPoint,
    Response,
    ServiceDone,
    ServiceDue,
    Water,
    WaterVerdict,
)
from domain.alert import Priority
from domain.calibration import days_until_due
from domain.errors import NotFound
from domain.evidence_books import Calibrations
from domain.finished_report import FinishedReport, ReportDesk, ReportState
from domain.metrics import name_of
from domain.ports import Maintenance, Performance
from domain.ports_machines import Machines
from domain.reading import Millis
from domain.registry import Installation, Site, SiteKind
from domain.report import ComplianceReport
from domain.report_head import Label, Policy
from domain.report_measured import Judgement
from domain.report_period import Period, PeriodKind, local_day, midnight
from domain.rule_record import ServiceRecord
from reports.compliance import ComplianceReports, last_day
from reports.limits_in_force import label
from reports.sources import Sources

AHEAD: Final = 14  # days: a calibration due within them is an open point
PAGE: Final = 200
GRAVEST: Final = list(OpenKind)


@dataclass(frozen=True)
class ActivitySources:
    """What the month is made from. Without `reports` none is kept, so none waits for a signature."""

    compliance: Sources
    performance: Performance
    machines: Machines
    maintenance: Maintenance
    calibrations: Calibrations
    reports: ReportDesk | None = None


class Activities:
    """Makes months; keeps nothing between two of them."""

    def __init__(self, sources: ActivitySources, policy: Policy | None = None) -> None:
        self._sources = sources
        self._policy = policy or Policy()

    def make(self, period: Period, now: Millis) -> Activity:
        """The days of the month that are over. Raises Invalid before its first day is, NotFound without a site."""
        return _Making(self._sources, self._policy, period, now).activity()


def water_of(report: ComplianceReport) -> Water:
    """What the compliance report of a point comes to."""
    days = (report.period.until - report.period.first).days + 1
    judged = [
        (
            one.name,
            Judgement.UNDECIDED if one.judgement is Judgement.WITHIN and one.days_judged < days else one.judgement,
        )
        for one in report.parameters
        if one.limits
    ]
    judged += [(line.name, line.judgement) for line in report.laboratory.lines]
    judged += [(missing.name, Judgement.NOT_MEASURED) for missing in report.laboratory.missing]
    beyond = _named([name for name, found in judged if found is Judgement.BEYOND])
    open_ = [name for name, found in judged if found not in (Judgement.WITHIN, Judgement.BEYOND)]
    slots = [one.completeness for one in report.parameters if one.completeness is not None]
    expected = sum(one.expected for one in slots)
    return Water(
        point=report.place.id,
        name=report.place.name,
        verdict=_verdict([one.judgement for one in report.parameters if one.limits], judged),
        beyond=beyond,
        not_judged=tuple(name for name in _named(open_) if name not in beyond),
        volume=report.volume.total,
        volume_covered=report.volume.covered,
        exceedances=sum(one.episodes for one in report.parameters),
        beyond_time=_beyond_time(report),
        completeness=sum(one.valid for one in slots) / expected if expected else None,
    )


def _beyond_time(report: ComplianceReport) -> Millis | None:
    """Time in which any parameter was beyond: exceedances at the same time count once. None where several parameters
    have some and not all of them are listed.
    """
    times = [one.beyond_time for one in report.parameters if one.episodes]
    if len(times) < 2:
        return sum(times)
    if sum(one.episodes for one in report.parameters) > len(report.episodes):
        return None
    total, reached = 0, 0
    for one in sorted(report.episodes, key=lambda each: each.start):
        total += max(0, one.stop - max(one.start, reached))
        reached = max(reached, one.stop)
    return total


def _verdict(measured: list[Judgement], judged: list[tuple[Label, Judgement]]) -> WaterVerdict:
    found = {judgement for _, judgement in judged}
    if Judgement.BEYOND in found:
        return WaterVerdict.BEYOND
    if not {Judgement.WITHIN, Judgement.TOO_LITTLE_DATA} & (found | set(measured)):
        return WaterVerdict.NOT_JUDGED
    return WaterVerdict.WITHIN if found == {Judgement.WITHIN} else WaterVerdict.PARTLY


def _named(names: list[Label]) -> tuple[Label, ...]:
    return tuple(dict.fromkeys(names))


class _Making:
    """One month on its way."""

    def __init__(self, sources: ActivitySources, policy: Policy, period: Period, now: Millis) -> None:
        self.sources, self.policy, self.period, self.now = sources, policy, period, now
        self.installation: Installation = sources.compliance.registry.installation()
        if not self.installation.sites:
            raise NotFound("there is no site yet")
        ipal = (site for site in self.installation.sites if site.kind is SiteKind.IPAL)
        self.home: Site = next(ipal, self.installation.sites[0])
        self.until = last_day(period, self.home, now)
        self.devices = {device.id: device for device in self.installation.devices}

    def activity(self) -> Activity:
        """All of it."""
        companies = self.sources.compliance.companies
        return Activity(
            schema=SCHEMA,
            month=self.period.name,
            first=self.period.first,
            last=self.period.last,
            until=self.until,
            at=self.now,
            timezone=self.home.timezone,
            company=companies.company(self.home.id).name if companies else "",
            water=tuple(self._water()),
            machines=tuple(self._machines()),
            response=tuple(self._response(site) for site in self.installation.sites),
            done=tuple(self._done()),
            due=tuple(self._due()),
            open=tuple(sorted(self._open(), key=lambda one: (GRAVEST.index(one.kind), not one.late))),
        )

    def _span(self, site: Site) -> tuple[Millis, Millis]:
        zone = ZoneInfo(site.timezone)
        return midnight(self.period.first, zone), midnight(self.until + timedelta(days=1), zone)

    def _water(self) -> Iterator[Water]:
        reports = ComplianceReports(self.sources.compliance, self.policy)
        for point in self.installation.compliance_points:
            yield water_of(reports.make(point.id, self.period, self.until))

    def _machines(self) -> Iterator[Machinery]:
        for site in self.installation.sites:
            machines = self.sources.machines.of_site(site.id)
            if not machines:
                continue
            total = self.sources.machines.overview(site.id, self.period.first, self.until, self.now).total
            unknown = total.no_signal / total.planned if total.planned else None
            yield Machinery(
                site.id, label(site.name), len(machines), total.availability, unknown, total.planned, total.running
            )

    def _response(self, site: Site) -> Response:
        found = self.sources.performance.performance(*self._span(site), site.id)
        return Response(
            site=site.id,
            name=label(site.name),
            rang=found.rang,
            critical=found.by_priority.get(Priority.CRITICAL, 0),
            acknowledged=found.acknowledged,
            never_acknowledged=found.never_acknowledged,
            median=found.acknowledged_median,
            p90=found.acknowledged_p90,
        )

    # ── service ─────────────────────────────────────────────────────────────────────────────────

    def _records(self) -> Iterator[ServiceRecord]:
        """Of the month, newest first."""
        start, stop = self._span(self.home)
        after: str | None = None
        while True:
            page = self.sources.maintenance.page(after, PAGE, None)
            yield from (one for one in page.items if start <= one.at < stop)
            after = page.next
            if after is None or page.items[-1].at < start:
                return

    def _done(self) -> Iterator[ServiceDone]:
        times: dict[str, list[ServiceRecord]] = {}
        for record in self._records():
            times.setdefault(record.device, []).append(record)
        zone = ZoneInfo(self.home.timezone)
        for device, found in times.items():
            last = local_day(max(one.at for one in found), zone)
            yield ServiceDone(device, self._name(device), len(found), last)

    def _due(self) -> Iterator[ServiceDue]:
        for one in self.sources.machines.services(None, self.now):
            if one.soon or one.overdue:
                names = label(one.device.name), label(one.plan.name)
                yield ServiceDue(one.device.id, *names, one.overdue, one.hours_left, one.days_left)

    # ── open points ─────────────────────────────────────────────────────────────────────────────

    def _open(self) -> Iterator[OpenPoint]:
        for site in self.installation.sites:
            yield from self._stale(site)
            if site.kind is SiteKind.IPAL:
                yield from self._logbook(site)
        yield from self._calibrations()
        yield from self._reports()

    def _stale(self, site: Site) -> Iterator[OpenPoint]:
        ids = self.sources.performance.performance(*self._span(site), site.id).stale
        found = self.sources.compliance.alerts.alerts_by_id(ids) if ids else []
        for alert in sorted(found, key=lambda one: one.since):
            metric, device = label(name_of(alert.metric)), self._name(alert.device)
            subject = Label(f"{device.id}: {metric.id}", f"{device.en}: {metric.en}")
            yield OpenPoint(OpenKind.STALE_ALERT, subject, local_day(alert.since, ZoneInfo(site.timezone)))

    def _logbook(self, site: Site) -> Iterator[OpenPoint]:
        book = self.sources.compliance.logbook
        if book is None:
            return
        kept = [one for one in book.days(site.id, self.period.first, self.until) if one.entries]
        missing = (self.until - self.period.first).days + 1 - len({one.day for one in kept})
        unsigned = sum(one.signed_by is None for one in kept)
        if missing:
            yield OpenPoint(OpenKind.LOGBOOK_MISSING, label(site.name), days=missing)
        if unsigned:
            yield OpenPoint(OpenKind.LOGBOOK_UNSIGNED, label(site.name), days=unsigned)

    def _calibrations(self) -> Iterator[OpenPoint]:
        today: date = local_day(self.now, ZoneInfo(self.home.timezone))
        due = [(days_until_due(one, today), one) for one in self.sources.calibrations.newest().values()]
        for left, one in sorted(
            ((n, one) for n, one in due if n is not None and n <= AHEAD), key=lambda pair: pair[0]
        ):
            if one.device in self.devices:
                metric, device = label(name_of(one.metric)), self._name(one.device)
                subject = Label(f"{device.id}: {metric.id}", f"{device.en}: {metric.en}")
                yield OpenPoint(OpenKind.CALIBRATION_DUE, subject, one.next_due, late=left < 0)

    def _reports(self) -> Iterator[OpenPoint]:
        names = {point.id: label(point.name) for point in self.installation.compliance_points}
        for one in self._kept():
            waits = one.state is not ReportState.SIGNED and one.kind is not PeriodKind.DAY
            if waits and one.last <= self.period.last:
                name = names.get(one.place, Label(one.place, one.place))
                subject = Label(f"{name.id} {one.period}", f"{name.en} {one.period}")
                late = one.state is ReportState.OUTDATED
                yield OpenPoint(OpenKind.REPORT_UNSIGNED, subject, one.first, late=late)

    def _kept(self) -> Iterator[FinishedReport]:
        after: str | None = None
        while self.sources.reports is not None:
            page = self.sources.reports.page(after, PAGE)
            yield from page.items
            after = page.next
            if after is None:
                return

    def _name(self, device: str) -> Label:
        known = self.devices.get(device)
        return label(known.name) if known else Label(device, device)
