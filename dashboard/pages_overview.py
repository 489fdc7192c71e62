"""The overview: one calm card for each site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from dashboard import effluent, machines, system
from dashboard.alert_lines import AlertLine, line, ringing, urgent_first
from dashboard.causes import system_alerts
from dashboard.frame import Visit
from dashboard.latest import Latest, read_latest
from dashboard.measurement import Measurement, measure
from dashboard.visits import PageRoute, Visiting
from domain.alert import Alert
from domain.ports import Page
from domain.reading import Millis, Series
from domain.registry import Site, SiteKind
from domain.series import MachineState, Selection
from domain.system_condition import CAUSES

SHOWN = 3  # alerts on a card

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Card:
    """One site in brief."""

    site: Site
    verdict: effluent.Verdict
    held: list[Measurement]
    alerts: list[AlertLine]
    open: str
    last: Millis | None
    machines: list[machines.Machine]

    @property
    def running(self) -> int:
        """Machines executing now."""
        return sum(machine.state is MachineState.EXECUTING for machine in self.machines)

    @property
    def states(self) -> list[tuple[MachineState, int]]:
        """How many machines are in each state, for the legend of their shapes."""
        counted = [(state, sum(one.state is state for one in self.machines)) for state in MachineState]
        return [(state, number) for state, number in counted if number]


@router.get("/")
def overview(visit: Visiting) -> Response:
    """Both centres at a glance."""
    latest = read_latest(visit, Selection())
    cards = [_card(visit, site, latest) for site in visit.plan.sites.values()]
    parts = system.read_parts(visit.services, visit.now)
    return visit.page(
        "overview.html",
        live=visit.url,
        cards=cards,
        everywhere=everywhere(visit),
        parts=parts,
        check=system.last_check(parts),
        away=latest.away,
    )


def everywhere(visit: Visit) -> list[AlertLine]:
    """What holds at no one site, causes of everything else first: it stands on no site's card."""
    found = [line(visit, one) for one in system_alerts(visit) if one.active and not one.site]
    return sorted(found, key=cause_first)[:SHOWN]


def cause_first(one: AlertLine) -> tuple[bool, tuple[int, int, int]]:
    """Sorts what is the cause of other silence before all else, then by urgency."""
    return (not (one.alert.active and one.alert.metric in CAUSES), one.urgency)


def _card(visit: Visit, site: Site, latest: Latest) -> Card:
    page = ringing(visit, site.id)
    held = held_to_law(visit, site, latest)
    fleet = machines_of(visit, site, latest) if site.kind is SiteKind.MACHINES else []
    last = latest.newest(device.id for device in visit.plan.devices_of(site.id))
    lines = sorted(urgent_first(visit, page.items), key=cause_first)[:SHOWN]
    return Card(site, _verdict(site, held, fleet, page.items), held, lines, how_many(page), last, fleet)


def how_many(page: Page[Alert]) -> str:
    """The number of open alerts, `100+` where there are more than were read."""
    return f"{len(page.items)}+" if page.next else str(len(page.items))


def _verdict(
    site: Site, held: list[Measurement], fleet: list[machines.Machine], alerts: Sequence[Alert]
) -> effluent.Verdict:
    if site.kind is SiteKind.IPAL:
        return effluent.judge(held, alerts)
    silent = sum(machine.state is MachineState.NOT_AVAILABLE for machine in fleet)
    return effluent.judge_machines(len(fleet), silent, alerts)


def held_to_law(visit: Visit, site: Site, latest: Latest) -> list[Measurement]:
    """What is measured at the site's compliance points and has a limit, in the order of the limits."""
    plan, today = visit.plan, visit.formats(site.timezone).local(visit.now).date()
    found: dict[tuple[str, str], Measurement] = {}
    for point, limits in plan.compliance_points(site.id):
        measured = [(device, limit.metric) for limit in limits.limits for device in point.devices]
        for device, metric in measured:
            info = plan.metric(device, metric)
            if info is None:
                continue
            reading = latest.readings.get((device, metric))
            series = reading.series if reading else Series(site.id, device, metric, info.unit, point.stage)
            one = measure(plan, series, reading, today, visit.now)
            if one.legal:
                found[device, metric] = one
    return list(found.values())


def machines_of(visit: Visit, site: Site, latest: Latest) -> list[machines.Machine]:
    """Every machine of a site with its state now."""
    book, floor = visit.dashboard.machine_days, visit.services.machines
    return [
        machines.state_now(
            device,
            source,
            book.recent(floor, device.id, visit.now),
            latest.readings.get((device.id, source.metric)),
            visit.now,
        )
        for device, source in floor.of_site(site.id)
    ]
