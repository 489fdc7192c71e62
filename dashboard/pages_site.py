"""A site's page: the IPAL with its stages in a row, or the machines with their day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response

from dashboard import effluent, machine_day, machines, system
from dashboard.alert_lines import ringing, urgent_first
from dashboard.causes import Cause, not_judged, pauses_now
from dashboard.frame import Visit
from dashboard.latest import Latest, read_latest
from dashboard.measurement import ONLINE, Measurement, Standing, measurements_of
from dashboard.pages_overview import everywhere, held_to_law, machines_of
from dashboard.visits import PageRoute, Visiting
from domain.errors import PantauError
from domain.reading import Millis, Reading
from domain.registry import Device, Site, SiteKind, Stage
from domain.series import MachineState, Selection

DEVICES_SHOWN: Final = 60
TROUBLED: Final = frozenset({Standing.OUTSIDE, Standing.BAD, Standing.STALE, Standing.NEVER})

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class DeviceCard:
    """A device with everything it measures."""

    device: Device
    measurements: list[Measurement]
    online: Reading | None
    cause: Cause | None = None  # why it is not judged now

    @property
    def silent_since(self) -> Millis | None:
        """When it last sent anything, where all that it ever sent is old: said once, not at every value."""
        sent = [one for one in self.measurements if one.reading is not None]
        old = bool(sent) and all(one.standing is Standing.STALE for one in sent)
        return max(one.reading.time for one in sent if one.reading) if old else None


@dataclass(frozen=True)
class MachineCard:
    """A machine with its day; `day` is None while the store is away. `off_until`: its next shift, outside of any."""

    machine: machines.Machine
    day: machines.MachineDay | None
    cause: Cause | None = None
    off_until: Millis | None = None

    @property
    def since(self) -> Millis | None:
        """When the present state began, as far as is known."""
        if self.machine.state is MachineState.NOT_AVAILABLE or self.day is None:
            return self.machine.last
        return self.day.since


@router.get("/sites/{site}")
def site_page(visit: Visiting, site: str, after: str = "") -> Response:
    """One site, by its kind."""
    found = visit.plan.site(site)
    devices = visit.plan.devices_of(site)
    shown = [device for device in devices if device.id not in _before(devices, after)][:DEVICES_SHOWN]
    more = shown[-1].id if shown and shown[-1] is not devices[-1] else None
    latest = read_latest(visit, Selection(site=site, devices=_only(shown, devices)))
    draw = _ipal if found.kind is SiteKind.IPAL else _machines
    return draw(visit, found, shown, latest, more)


def _before(devices: list[Device], after: str) -> set[str]:
    names = [device.id for device in devices]
    return set(names[: names.index(after) + 1]) if after in names else set()


def _only(shown: list[Device], devices: list[Device]) -> frozenset[str] | None:
    """Which devices to ask for; None, for all, is the cheaper question."""
    return None if len(shown) == len(devices) else frozenset(device.id for device in shown)


def _ipal(visit: Visit, site: Site, shown: list[Device], latest: Latest, more: str | None) -> Response:
    today = visit.formats(site.timezone).local(visit.now).date()
    causes = not_judged(visit, shown)
    cards = []
    for device in shown:
        measured = measurements_of(visit.plan, device, latest.readings, today, visit.now)
        cards.append(DeviceCard(device, measured, latest.readings.get((device.id, ONLINE)), causes.get(device.id)))
    stages = [(stage, [card for card in cards if card.device.stage == stage.id]) for stage in site.stages]
    points = {point.stage: limits for point, limits in visit.plan.compliance_points(site.id)}
    troubled = {card.device.stage for card in cards if any(one.standing in TROUBLED for one in card.measurements)}
    open_alerts = ringing(visit, site.id).items
    held = held_to_law(visit, site, latest)
    verdict = effluent.judge(held, open_alerts)
    return _page(
        visit,
        "ipal.html",
        site,
        latest,
        more,
        stages=stages,
        points=points,
        troubled=troubled,
        held=held,
        verdict=verdict,
    )


def _machines(visit: Visit, site: Site, shown: list[Device], latest: Latest, more: str | None) -> Response:
    known = {device.id for device in shown}
    fleet = [machine for machine in machines_of(visit, site, latest) if machine.device.id in known]
    midnight = visit.formats(site.timezone).midnight(visit.now)
    causes = not_judged(visit, shown)

    def card(machine: machines.Machine) -> MachineCard:
        device = machine.device
        return MachineCard(machine, _day(visit, device, midnight), causes.get(device.id), _off_until(visit, device))

    cards = [card(machine) for machine in fleet]
    stages: list[tuple[Stage, list[MachineCard]]] = [
        (stage, [card for card in cards if card.machine.device.stage == stage.id]) for stage in site.stages
    ]
    return _page(visit, "machines.html", site, latest, more, stages=stages, fleet=fleet, midnight=midnight)


def _off_until(visit: Visit, device: Device) -> Millis | None:
    """When its next shift begins, for a machine that is in none now; None where one is on, or none is planned."""
    found = machine_day.shifts_of(visit.plan, device, visit.now, visit.now + machine_day.FORTNIGHT)
    return found[0].start if found and found[0].start > visit.now else None


def _day(visit: Visit, device: Device, midnight: Millis) -> machines.MachineDay | None:
    book, services = visit.dashboard.machine_days, visit.services
    try:
        return book.today(services.machines, services.readings, device.id, midnight, visit.now)
    except PantauError:
        return None


def _page(visit: Visit, template: str, site: Site, latest: Latest, more: str | None, **context: Any) -> Response:
    open_alerts = ringing(visit, site.id)
    parts = system.read_parts(visit.services, visit.now)
    frame: dict[str, Any] = {
        "site": site,
        "away": latest.away,
        "more": more,
        "parts": parts,
        "check": system.last_check(parts),
    }
    lines = [*everywhere(visit), *urgent_first(visit, open_alerts.items)]
    alarmed = {(one.alert.device, one.alert.metric): one for one in reversed(lines)}
    last = latest.newest({device for device, _ in latest.readings})
    paused = {one.stage: Cause(pause=one) for one in pauses_now(visit) if one.site == site.id and not one.device}
    frame |= {"alerts": lines, "alarmed": alarmed, "last": last, "paused": paused}
    return visit.page(template, live=visit.url, zone=site.timezone, **frame, **context)
