"""Routes: what machines do and did, why they stood still, when their service is due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from api.access import Acknowledger, InstalledOf, Reader, ServicesOf
from api.machine_schemas import MachineOut, ServiceDueOut, TimelineOut
from api.openapi import CHANGES, READS, READS_ONE
from api.schemas import SLUG, DeviceFilter, ListOf, SiteFilter, SlugPath
from api.shift_schemas import ShiftsOut
from api.stop_schemas import NewStop, NewStops, OtherReason, ReasonOut, StopAnswer, StopAnswers, StopOut
from api.times import DAY, HOUR, Day, Moment, span
from domain.errors import Invalid, NotFound
from domain.registry import Site
from domain.report_period import local_day
from domain.services import Services

router = APIRouter(tags=["machines"])

MOST_DAYS = 31
SiteName = Annotated[str, Query(pattern=SLUG, max_length=64, description="The site.", examples=["alas-kaki"])]


@router.get("/machines", responses=READS_ONE, summary="What every machine of a site does")
def list_machines(caller: Reader, services: ServicesOf, site: SiteName) -> ListOf[MachineOut]:
    """With the figures of the shift that is on."""
    return ListOf(items=[MachineOut.of(one) for one in services.machines.now(site, services.clock())])


@router.get("/machines/shifts", responses=READS_ONE, summary="Shifts of a site")
def list_shifts(
    caller: Reader,
    services: ServicesOf,
    installed: InstalledOf,
    site: SiteName,
    day: Annotated[Day | None, Query(description="Local day; today unless told.")] = None,
    last: Annotated[Day | None, Query(description="Last day of several, at most 31.")] = None,
    shift: Annotated[str | None, Query(pattern=SLUG, max_length=64, description="Only this shift.")] = None,
) -> ShiftsOut:
    """Availability per machine, line, shift and day, and the stop reasons by the time they took."""
    now = services.clock()
    first = day or local_day(now, ZoneInfo(installed.site(site).timezone))
    return ShiftsOut.of(services.machines.overview(site, first, _last(first, last), now, shift))


def _last(first: date, last: date | None) -> date:
    if last is None:
        return first
    if not first <= last < first + timedelta(days=MOST_DAYS):
        raise Invalid(f"last must lie within {MOST_DAYS} days from day on", "last")
    return last


@router.get("/machines/reasons", responses=READS, summary="The stop reasons there are")
def list_reasons(caller: Reader, services: ServicesOf) -> ListOf[ReasonOut]:
    """In the order in which they are offered."""
    return ListOf(items=[ReasonOut.of(one) for one in services.machines.reasons()])


@router.get("/machines/stops", responses=READS_ONE, summary="Stops of machines")
def list_stops(
    caller: Reader,
    services: ServicesOf,
    installed: InstalledOf,
    site: SiteFilter = None,
    device: DeviceFilter = None,
    start: Moment | None = None,
    stop: Moment | None = None,
    unexplained: Annotated[bool, Query(description="Only long ones that nobody explained, newest first.")] = False,
) -> ListOf[StopOut]:
    """The last 24 hours unless told, at most seven days; of every machine of every site at most one day.
    `unexplained` looks from `start` until now.
    """
    now = services.clock()
    everywhere = site is None and device is None and not unexplained
    begin, end = span(start, stop, now, DAY, DAY if everywhere else 7 * DAY)
    devices = _devices(services, installed.sites(), site, device)
    if unexplained:
        found = services.machines.unexplained(devices, begin, min(end, now))
    else:
        found = [one for name in devices for one in services.machines.timeline(name, begin, end, now).stops]
    return ListOf(items=[StopOut.of(one) for one in found])


def _devices(services: Services, sites: list[Site], site: str | None, device: str | None) -> list[str]:
    if device is not None:
        services.machines.timeline(device, 0, 0, 0)  # raises NotFound for what is no machine
        return [device]
    names = [one.id for one in sites] if site is None else [site]
    return [machine.id for name in names for machine, _ in services.machines.of_site(name)]


@router.post("/machines/stops", responses=CHANGES, summary="Say why machines stood still")
def add_stops(caller: Acknowledger, services: ServicesOf, body: NewStops) -> StopAnswers:
    """Each is kept or refused by itself, so that one a tablet cannot send well does not hold back the others.

    The same `key` again changes nothing and gives the same answer. What was said later holds; what others said of
    the same stretch meanwhile is answered.
    """
    return StopAnswers(items=[_kept(services, one, caller.name) for one in body.items])


def _kept(services: Services, given: NewStop, who: str) -> StopAnswer:
    now = services.clock()
    try:
        kept = services.stops.add(given.record(who, now), now)
    except (NotFound, Invalid) as refused:
        return StopAnswer(key=given.key, problem=str(refused))
    said = services.stops.touching([kept.device], kept.start, kept.stop)
    others = [OtherReason.of(one, kept) for one in said if one.who != kept.who and one.reason != kept.reason]
    return StopAnswer(key=given.key, id=kept.id, others=others)


@router.get("/machines/service", responses=READS_ONE, summary="Service that is due")
def list_service(caller: Reader, services: ServicesOf, site: SiteFilter = None) -> ListOf[ServiceDueOut]:
    """Every plan, the most urgent first. Service done is noted with `POST /maintenance`."""
    return ListOf(items=[ServiceDueOut.of(one) for one in services.machines.services(site, services.clock())])


@router.get("/machines/{device}/timeline", responses=READS_ONE, summary="States of a machine")
def read_timeline(
    caller: Reader, services: ServicesOf, device: SlugPath, start: Moment | None = None, stop: Moment | None = None
) -> TimelineOut:
    """The last eight hours unless told, at most seven days."""
    now = services.clock()
    begin, end = span(start, stop, now, 8 * HOUR, 7 * DAY)
    return TimelineOut.of(services.machines.timeline(device, begin, end, now))
