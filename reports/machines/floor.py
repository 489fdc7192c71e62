"""The machines of an installation as people ask for them (`domain.ports_machines.Machines`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from domain.errors import NotFound
from domain.machine import MachineShift, MachineSpan, RunSource, Stop, StopReason, StopRecord
from domain.metrics import MetricKind
from domain.ports import Maintenance, ProfileBook, ReadingQuery, Registry
from domain.ports_evidence import PauseBook
from domain.ports_machines import (
    MachineNow,
    MachineTimeline,
    ServiceStanding,
    ShiftOverview,
    StatusBook,
    StopLog,
    Summed,
)
from domain.reading import Millis
from domain.reference_names import missing
from domain.registry import Device, DeviceStatus, Installation, Site
from domain.report_period import local_day, midnight
from domain.rule_record import ServiceRecord
from domain.series import MachineState
from domain.shift import Shift, ShiftWindow, Span, windows
from reports.machines.hours import hours_since
from reports.machines.reading import Journal, Machine, machine_shifts, machine_spans
from reports.machines.service_due import service_due
from reports.machines.shifts import pareto, stops_in, unexplained

DAY: Final[Millis] = 86_400_000
HOUR: Final[Millis] = 3_600_000


@dataclass(frozen=True)
class Floor:
    """What there is to tell of. `explain_after`: ms from which on a stop is to be explained."""

    registry: Registry
    profiles: ProfileBook
    readings: ReadingQuery
    stops: StopLog
    maintenance: Maintenance
    pauses: PauseBook
    statuses: StatusBook
    explain_after: Millis = 5 * 60_000

    def of_site(self, site: str) -> list[tuple[Device, RunSource]]:
        """The machines of a site, in the order of the files."""
        installation = self.registry.installation()
        _site(installation, site)
        found = [(device, self._source(device)) for device in installation.devices if device.site == site]
        return [(device, source) for device, source in found if source is not None]

    def reasons(self) -> list[StopReason]:
        """Every stop reason, in the order of the files."""
        return list(self.registry.installation().stop_reasons)

    def now(self, site: str, now: Millis) -> list[MachineNow]:
        """Every machine of a site."""
        installation = self.registry.installation()
        return [self._now(installation, device, source, now) for device, source in self.of_site(site)]

    def one_now(self, device: str, now: Millis) -> MachineNow:
        """One machine. Raises NotFound."""
        installation = self.registry.installation()
        found, source = self._machine(installation, device)
        return self._now(installation, found, source, now)

    def timeline(self, device: str, start: Millis, stop: Millis, now: Millis) -> MachineTimeline:
        """States over [start, stop), nothing after `now`."""
        installation = self.registry.installation()
        found, source = self._machine(installation, device)
        end = min(stop, max(start, now))
        machine = self._known(found, source, start, end)
        spans = machine_spans(self.readings, machine, start, end, now) if end > start else []
        shifts = _shifts_of(installation, found)
        met = tuple(windows(shifts, _zone(_site(installation, found.site)), start, stop))
        records = self.stops.touching([device], start, stop)
        stops = [one for window in met for one in _stops(device, window, (start, end), spans, records, now)]
        return MachineTimeline(device, start, stop, tuple(spans), tuple(stops), met)

    def overview(self, site: str, first: date, last: date, now: Millis, shift: str | None = None) -> ShiftOverview:
        """Shifts that begin on these local days, as far as they have come."""
        installation = self.registry.installation()
        place = _site(installation, site)
        shifts = [one for one in installation.shifts if one.site == site and shift in (None, one.id)]
        if shift is not None and not shifts:
            known = [one.id for one in installation.shifts if one.site == site]
            raise NotFound(missing("shift", shift, known))
        start, stop = midnight(first, _zone(place)), midnight(last + timedelta(days=1), _zone(place))
        found = [
            made
            for device, source in self.of_site(site)
            for made in self._shifts(installation, place, device, source, shifts, start, stop, now)
        ]
        return _summed_up(place, first, last, shifts, found)

    def unexplained(self, devices: Sequence[str], start: Millis, now: Millis) -> list[Stop]:
        """Stops since `start` that are long enough and that nobody explained, newest first."""
        found = [stop for device in devices for stop in self.timeline(device, start, now, now).stops]
        return unexplained(found, self.explain_after)

    def services(self, site: str | None, now: Millis) -> list[ServiceStanding]:
        """How every service plan stands, the most urgent first."""
        installation = self.registry.installation()
        devices = {device.id: device for device in installation.devices if site in (None, device.site)}
        if site is not None:
            _site(installation, site)
        last = self.maintenance.last()
        found = []
        for plan in installation.service_plans:
            if plan.device not in devices:
                continue
            device, record = devices[plan.device], last.get(plan.device)
            zone = _zone(_site(installation, device.site))
            hours = self._hours(device, record, now) if plan.every_hours is not None else None
            day = None if record is None else local_day(record.at, zone)
            due = service_due(plan, day, hours, local_day(now, zone))
            found.append(
                ServiceStanding(plan, device, hours, due.hours_left, due.days_left, due.soon, due.overdue, record)
            )
        return sorted(found, key=_urgency)

    def _hours(self, device: Device, record: ServiceRecord | None, now: Millis) -> float | None:
        source = self._source(device)
        if source is None:
            return None
        return hours_since(self.readings, self._known(device, source, now, now), record, now)

    def _source(self, device: Device) -> RunSource | None:
        try:
            return self.profiles.profile(device.profile).run
        except NotFound:
            return None

    def _machine(self, installation: Installation, name: str) -> tuple[Device, RunSource]:
        device = next((one for one in installation.devices if one.id == name), None)
        source = None if device is None else self._source(device)
        if device is None or source is None:
            raise NotFound(f"there is no machine {name}")
        return device, source

    def _known(self, device: Device, source: RunSource, start: Millis, stop: Millis) -> Machine:
        infos = self.profiles.profile(device.profile).metrics
        counters = {info.metric: info for info in infos if info.kind is MetricKind.COUNTER}
        paused = self.pauses.pauses(device.site, device.stage, device.id, start, stop)
        out = (*paused, *self.statuses.out_of_service(device.id, start, stop))
        return Machine(device.id, device.stage, source, counters, out)

    def _shifts(
        self,
        installation: Installation,
        place: Site,
        device: Device,
        source: RunSource,
        shifts: Sequence[Shift],
        start: Millis,
        stop: Millis,
        now: Millis,
    ) -> list[MachineShift]:
        machine = self._known(device, source, start, stop + DAY)
        journal = Journal(
            self.stops.touching([device.id], start, stop + DAY), {one.id: one for one in installation.stop_reasons}
        )
        made = machine_shifts(self.readings, machine, shifts, _zone(place), start, stop, journal, now)
        return [replace(one, stage=device.stage) for one in made]

    def _now(self, installation: Installation, device: Device, source: RunSource, now: Millis) -> MachineNow:
        place = _site(installation, device.site)
        shifts = _shifts_of(installation, device)
        window = next(windows(shifts, _zone(place), now, now + 1), None)
        start = min(now, window.start if window else now) - 2 * HOUR
        spans = machine_spans(self.readings, self._known(device, source, start, now + 1), start, now + 1)
        state = spans[-1].state if spans else MachineState.NOT_AVAILABLE
        since = spans[-1].start if spans and spans[-1].start > start else None
        if device.status is DeviceStatus.OUT_OF_SERVICE and state is not MachineState.OUT_OF_SERVICE:
            state, since = MachineState.OUT_OF_SERVICE, None
        shift = None
        if window is not None:
            stop = window.start + 1
            own = [one for one in shifts if one.id == window.shift]
            shift = next(iter(self._shifts(installation, place, device, source, own, window.start, stop, now)), None)
        return MachineNow(device, state, since, window, shift)


def _stops(
    device: str,
    window: ShiftWindow,
    known: Span,
    spans: Sequence[MachineSpan],
    records: Sequence[StopRecord],
    now: Millis,
) -> list[Stop]:
    """The stops of one shift, as far as the stretch shows it."""
    planned = [(max(a, known[0]), min(b, known[1])) for a, b in window.planned if a < known[1] and b > known[0]]
    until = now if known[1] == now else None
    return stops_in(device, (window.start, window.stop), planned, spans, records, until)


def _urgency(one: ServiceStanding) -> tuple[bool, bool, float]:
    shares = [
        left / every
        for left, every in ((one.hours_left, one.plan.every_hours), (one.days_left, one.plan.every_days))
        if left is not None and every
    ]
    return not one.overdue, not one.soon, min(shares, default=float("inf"))


def _summed_up(
    site: Site, first: date, last: date, shifts: Sequence[Shift], found: Sequence[MachineShift]
) -> ShiftOverview:
    def by(names: Iterable[str], key: Callable[[MachineShift], str]) -> tuple[Summed, ...]:
        groups = {name: [one for one in found if key(one) == name] for name in names}
        return tuple(summed(name, group) for name, group in groups.items() if group)

    days = sorted({one.day.isoformat() for one in found})
    return ShiftOverview(
        site=site,
        first=first,
        last=last,
        shifts=tuple(shifts),
        machines=tuple(sorted(found, key=lambda one: one.day)),
        by_machine=by(dict.fromkeys(one.device for one in found), lambda one: one.device),
        by_line=by([stage.id for stage in site.stages], lambda one: one.stage),
        by_shift=by([shift.id for shift in shifts], lambda one: one.shift),
        by_day=by(days, lambda one: one.day.isoformat()),
        total=summed("", found),
        losses=tuple(pareto(stop for one in found for stop in one.stops)),
    )


def summed(of: str, shifts: Sequence[MachineShift]) -> Summed:
    """Several shifts as one."""
    return Summed(
        of,
        sum(one.planned for one in shifts),
        sum(one.running for one in shifts),
        sum(one.stopped for one in shifts),
        sum(one.excused for one in shifts),
        sum(one.no_signal for one in shifts),
        sum(one.out_of_service for one in shifts),
    )


def _site(installation: Installation, site: str) -> Site:
    found = next((one for one in installation.sites if one.id == site), None)
    if found is None:
        raise NotFound(missing("site", site, [one.id for one in installation.sites]))
    return found


def _shifts_of(installation: Installation, device: Device) -> list[Shift]:
    return [one for one in installation.shifts if one.site == device.site and one.takes_in(device.stage, device.id)]


def _zone(site: Site) -> ZoneInfo:
    return ZoneInfo(site.timezone)
