"""Makes the compliance report of one point and period from the ports, day by day.

What is held in memory is one day of one series and a row for each day: it does not grow with the number of readings.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain.company import Company, Signature, SignatureRole
from domain.errors import Invalid, NotFound
from domain.metrics import MetricInfo, MetricKind, name_of
from domain.reading import Millis
from domain.registry import CompliancePoint, Device, Installation, Site
from domain.report import SCHEMA, ComplianceReport, Versions
from domain.report_head import DeviceUsed, Label, Place, Policy, Span
from domain.report_measured import Parameter
from domain.report_period import Period, local_day, midnight
from domain.report_recorded import Laboratory
from domain.report_records import AbnormalCondition, ProductionDay
from domain.report_water import Volume
from reports.digest import DataDigest, short
from reports.edits import Counted, Edits
from reports.exceedances import Exceedances
from reports.gap_causes import GapCauses, Stretch
from reports.gaps import Raw
from reports.joined import judged_together
from reports.laboratory import laboratory_part
from reports.limits_in_force import LimitCalendar, label
from reports.loads import laboratory_loads, sensor_loads
from reports.meter_course import Meter, meter_of
from reports.minutes import read_minutes
from reports.parameter import ParameterCourse, not_measured
from reports.records import calibrations_part, logbook_part, product_part
from reports.sources import Sources
from reports.volumes import VolumeCourse

PH = "ph"  # its daily course is asked for everywhere, limited or not


def last_day(period: Period, site: Site, now: Millis) -> date:
    """The last day of the period that is over. Raises Invalid before its first day is."""
    yesterday = local_day(now, ZoneInfo(site.timezone)) - timedelta(days=1)
    if yesterday < period.first:
        raise Invalid(f"no day of {period.name} is over yet at {site.id}", "period")
    return min(period.last, yesterday)


def point_of(installation: Installation, site: str, point: str | None) -> CompliancePoint:
    """The compliance point asked for; the site's only one where none is named. Raises NotFound, Invalid."""
    points = [one for one in installation.compliance_points if one.site == site]
    if all(one.id != site for one in installation.sites):
        raise NotFound(f"there is no site {site}")
    found = [one for one in points if point in (None, one.id)]
    if not found:
        raise NotFound(f"site {site} has no compliance point" + (f" {point}" if point else ""))
    if len(found) > 1:
        raise Invalid(f"site {site} has several compliance points: {', '.join(one.id for one in found)}", "point")
    return found[0]


def zone_of(installation: Installation, point: CompliancePoint) -> ZoneInfo:
    """The zone that cuts the point's days."""
    return ZoneInfo(_site(installation, point).timezone)


class ComplianceReports:
    """Makes reports; keeps nothing between two of them."""

    def __init__(self, sources: Sources, policy: Policy | None = None) -> None:
        self._sources = sources
        self._policy = policy or Policy()

    def make(self, point: str, period: Period, until: date) -> ComplianceReport:
        """The days of the period from its first to `until`.

        Raises NotFound for a point that does not exist, Invalid for a last day outside the period, Unavailable when
        a store is away.
        """
        if not period.first <= until <= period.last:
            raise Invalid(f"{until} is no day of {period.name}", "until")
        return _Making(self._sources, self._policy, point, period, until).report()

    def make_now(self, point: str, period: Period, now: Millis) -> ComplianceReport:
        """The days of the period that are over. Raises Invalid before its first day is."""
        installation = self._sources.registry.installation()
        return self.make(point, period, last_day(period, _site(installation, _point(installation, point)), now))


def _point(installation: Installation, point: str) -> CompliancePoint:
    for one in installation.compliance_points:
        if one.id == point:
            return one
    raise NotFound(f"there is no compliance point {point}")


def _site(installation: Installation, point: CompliancePoint) -> Site:
    return next(site for site in installation.sites if site.id == point.site)


def _stop(day: date, zone: ZoneInfo) -> Millis:
    """Where a local day ends; where it begins, of one that the zone skipped (Apia, 30 December 2011)."""
    return midnight(day + timedelta(days=1), zone)


class _Making:
    """One report on its way."""

    def __init__(self, sources: Sources, policy: Policy, point: str, period: Period, until: date) -> None:
        self.sources, self.policy = sources, policy
        installation = sources.registry.installation()
        self.point = _point(installation, point)
        self.site = _site(installation, self.point)
        self.devices = [device for device in installation.devices if device.id in self.point.devices]
        self.devices.sort(key=lambda device: self.point.devices.index(device.id))
        zone = ZoneInfo(self.site.timezone)
        counted = [day for day in period.days if day <= until]
        self.days = [day for day in counted if _stop(day, zone) > midnight(day, zone)]
        if not self.days:
            raise Invalid(f"no day of {period.name} came at {self.site.id}", "period")
        self.edges = [midnight(counted[0], zone), *(_stop(day, zone) for day in self.days)]
        self.span = Span(period.kind, period.name, period.first, period.last, until, self.edges[0], self.edges[-1])
        self.sources = sources = sources.up_to(self.span.stop)
        self.calendar = LimitCalendar(installation, self.point, self.days)
        self.infos = {device.id: self._infos(device) for device in self.devices}
        self.causes = GapCauses(sources, installation, self.site, (self.span.start, self.span.stop))
        self.digest = DataDigest()
        measured = [(device, info.metric) for device, info in self._measured()]
        self.edits = Edits(sources, policy, self.span, measured, self._meters())

    def report(self) -> ComplianceReport:
        """All parts, in the order they need each other."""
        courses, volumes = self._walk()
        parameters = judged_together(self._parameters(courses), self.policy.day_share)
        volume = volumes.finished() if volumes else Volume(None, (), None, 0, 0.0)
        production = self._production()
        tons = {day.day: day.tons for day in production if day.tons is not None}
        counted = Counted(courses, parameters, volume)
        corrections, judgements = self.edits.corrections(counted), self.edits.judgements(counted)
        found = Exceedances(self.sources, self.point, self.span, self.policy)
        laboratory = self._laboratory()
        calibrations = calibrations_part(self.sources.calibrations, self.devices, list(courses), self.span)
        sets = self.calendar.used()
        return ComplianceReport(
            schema=SCHEMA,
            company=self._company(),
            place=self._place(),
            period=self.span,
            policy=self.policy,
            limit_sets=sets,
            without_limits=self.calendar.without(),
            parameters=tuple(parameters),
            volume=volume,
            episodes=found.episodes(courses, volumes),
            loads=(
                *sensor_loads(parameters, volume, tons, self.policy.day_share),
                *laboratory_loads(laboratory.lines, volume, tons, self.policy.day_share),
            ),
            product=product_part(production, volume, self.calendar, self.policy),
            laboratory=laboratory,
            calibrations=calibrations,
            corrections=corrections,
            judgements=judgements,
            alerts=found.summary(),
            conditions=self._conditions(),
            logbook=logbook_part(self.sources.logbook, self.site.id, self.days),
            signatures=self._signatures(),
            versions=Versions(
                limits=short([one.version for one in sets]),
                calibrations=short(calibrations),
                corrections=short(corrections.used),
                judgements=short(judgements.used),
                data=self.digest.hexdigest(),
                readings=self.digest.readings,
            ),
        )

    # ── what books hold of it ───────────────────────────────────────────────────────────────────

    def _company(self) -> Company:
        book = self.sources.companies
        return book.company(self.site.id).at(self.point.id) if book else Company()

    def _laboratory(self) -> Laboratory:
        book = self.sources.laboratory
        results = book.results(self.point.id, self.days[0], self.days[-1]) if book else []
        return laboratory_part(results, self.calendar)

    def _conditions(self) -> tuple[AbnormalCondition, ...]:
        book = self.sources.conditions
        return tuple(book.conditions(self.site.id, self.span.start, self.span.stop)) if book else ()

    # ── the walk over the days ──────────────────────────────────────────────────────────────────

    def _walk(self) -> tuple[dict[tuple[str, str], ParameterCourse], VolumeCourse | None]:
        courses = {(device, info.metric): self._course(device, info) for device, info in self._measured()}
        meters = self._meters()
        volumes = VolumeCourse(self.sources.readings, meters, self.policy.max_gap * 1000) if meters else None
        for day, span in zip(self.days, pairwise(self.edges), strict=True):
            for (device, metric), course in courses.items():
                self._day_of(course, device, metric, day, span)
            self.edits.add_volume_day(day, span)
            for device, metric, minutes in volumes.add_day(day, span) if volumes is not None else ():
                if (device, metric) not in courses:
                    self.digest.add(device, metric, minutes)
        return courses, volumes

    def _day_of(self, course: ParameterCourse, device: str, metric: str, day: date, span: Stretch) -> None:
        minutes = read_minutes(self.sources.readings, device, metric, *span)
        self.digest.add(device, metric, minutes)
        limit = self.calendar.limit(metric, day)
        course.add_day(day, span, minutes, limit, lambda: self.causes.explained(device, metric, *span))
        self.edits.add_day(device, metric, day, span, minutes, limit)

    def _measured(self) -> list[tuple[str, MetricInfo]]:
        """What is reported of which device: limited gauges and pH, in the order of the limits."""
        limited = self.calendar.metrics()
        wanted = limited if PH in limited else [PH, *limited]
        return [
            (device.id, info)
            for metric in wanted
            for device in self.devices
            for info in self.infos[device.id]
            if info.metric == metric and info.kind is MetricKind.GAUGE
        ]

    def _course(self, device: str, info: MetricInfo) -> ParameterCourse:
        silent = partial(self.causes.silent, device)
        self.edits.follow(device, info)
        watch = self.edits.watch(device, info.metric)
        return ParameterCourse(info, self.policy, self._raw(device, info.metric), silent, watch)

    def _raw(self, device: str, metric: str) -> Raw:
        return lambda start, stop: self.sources.readings.raw(device, metric, start, stop)

    def _meters(self) -> list[Meter]:
        """The devices of the point that meter flow, as it names them."""
        meters = (meter_of(device.id, self.infos[device.id]) for device in self.devices)
        return [meter for meter in meters if meter is not None]

    # ── parts ───────────────────────────────────────────────────────────────────────────────────

    def _parameters(self, courses: dict[tuple[str, str], ParameterCourse]) -> list[Parameter]:
        found = [
            course.finished(self._name(metric), device, self.calendar.limits_of(metric))
            for (device, metric), course in courses.items()
        ]
        measured = {metric for _, metric in courses}
        for metric in self.calendar.metrics():
            limits = self.calendar.limits_of(metric)
            if metric not in measured and limits:
                found.append(not_measured(metric, self._name(metric), limits[0].unit, limits))
        return found

    def _name(self, metric: str) -> Label:
        return self.calendar.name(metric) or label(name_of(metric))

    def _place(self) -> Place:
        stage = next((stage for stage in self.site.stages if stage.id == self.point.stage), None)
        return Place(
            id=self.point.id,
            name=label(self.point.name),
            site=self.site.id,
            site_name=label(self.site.name),
            stage=self.point.stage,
            stage_name=Label(self.point.stage, self.point.stage) if stage is None else label(stage.name),
            timezone=self.site.timezone,
            devices=tuple(DeviceUsed(one.id, label(one.name), one.profile) for one in self.devices),
        )

    def _infos(self, device: Device) -> tuple[MetricInfo, ...]:
        try:
            return self.sources.profiles.profile(device.profile).metrics
        except NotFound:
            return ()

    def _production(self) -> list[ProductionDay]:
        book = self.sources.production
        return book.days(self.site.id, self.days[0], self.days[-1]) if book else []

    def _signatures(self) -> tuple[Signature, ...]:
        book = self.sources.companies
        found = book.signatures(self.point.id, self.span.name) if book else []
        return tuple(found) or tuple(Signature(role) for role in SignatureRole)
