"""Shifts of a site, service that is due, and the labels that open a machine's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from dashboard import machine_day
from dashboard.frame import Visit
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.errors import Invalid, NotFound, Unavailable
from domain.ports_machines import ShiftOverview, Summed
from domain.registry import Device, Site, SiteKind
from domain.rule_record import ServiceRecord

DAYS: Final = (1, 7)
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Label:
    """A machine and the picture that opens its page."""

    device: Device
    url: str
    picture: str


def _site(visit: Visit, name: str) -> Site:
    if name:
        return visit.plan.site(name)
    sites = list(visit.plan.sites.values())
    found = next((site for site in sites if site.kind is SiteKind.MACHINES), None)
    if found is None:
        raise NotFound("machines")
    return found


@router.get("/shifts")
def shifts_page(visit: Visiting, site: str = "", day: str = "", days: int = 1, shift: str = "") -> Response:
    """One day, or the seven that end with it: per line and machine, and why machines stood still."""
    place = _site(visit, site)
    today = visit.formats(place.timezone).local(visit.now).date()
    last = _day(day, today)
    span = days if days in DAYS else 1
    overview: ShiftOverview | None = None
    try:
        first = last - timedelta(days=span - 1)
        overview = visit.services.machines.overview(place.id, first, last, visit.now, shift or None)
    except Unavailable:
        pass
    installed = visit.services.registry.installation()
    return visit.page(
        "shifts.html",
        zone=place.timezone,
        site=place,
        overview=overview,
        names={one.id: one.name for one in installed.shifts if one.site == place.id},
        devices={one.id: one for one in installed.devices},
        reasons=machine_day.named(installed.stop_reasons),
        chosen=shift,
        day=last,
        days=span,
        today=today,
        before=(last - timedelta(days=span)).isoformat(),
        after=(last + timedelta(days=span)).isoformat() if last + timedelta(days=span) <= today else "",
        parts=_parts,
        from_iso=date.fromisoformat,
    )


def _day(text: str, today: date) -> date:
    if not text:
        return today
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid("a day is written 2026-11-20", "day") from None
    if not date(1970, 1, 8) <= found <= date(2199, 12, 31):
        raise Invalid("a day from 1970 to 2199", "day")
    return found


def _parts(one: Summed) -> list[tuple[str, float]]:
    """Shares of planned time in percent, in the order they are drawn."""
    whole = one.planned or 1
    kinds = ("running", "stopped", "excused", "no_signal", "out_of_service")
    return [(kind, round(getattr(one, kind) / whole * 100, 3)) for kind in kinds]


@router.get("/service")
def service_page(visit: Visiting, site: str = "") -> Response:
    """How every service plan stands."""
    return _service(visit, site)


def _service(visit: Visit, site: str, status: int = 200, wrong: str = "") -> Response:
    place = _site(visit, site)
    return visit.page(
        "service.html",
        status=status,
        zone=place.timezone,
        site=place,
        plans=visit.services.machines.services(place.id, visit.now),
        machines=[device for device, _ in visit.services.machines.of_site(place.id)],
        wrong=wrong,
        can_note=visit.may(Action.ACKNOWLEDGE),
    )


@router.post("/service")
def note_service(
    visit: Posting,
    device: Annotated[str, Form()],
    note: Annotated[str, Form(max_length=2000)] = "",
    run_hours: Annotated[str, Form()] = "",
    part: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Service was done: who, when and what are kept, and the hours count from here."""
    permit(visit, Action.ACKNOWLEDGE)
    site = visit.plan.device(device).site
    if not note.strip():
        return _service(visit, site, 422, "service.wrong_note")
    try:
        hours = float(run_hours.replace(",", ".")) if run_hours.strip() else None
    except ValueError:
        hours = -1.0
    if hours is not None and not 0 <= hours < 1e7:
        return _service(visit, site, 422, "service.wrong_hours")
    parts = f" ({visit.words('service.parts')}: {', '.join(part)})" if part else ""
    record = ServiceRecord(device, visit.now, visit.who, note.strip() + parts, hours)
    visit.services.maintenance.add(record)
    return RedirectResponse(f"/service?site={site}", 303)


@router.get("/machine-labels")
def labels_page(visit: Visiting, request: Request, site: str = "", device: str = "") -> Response:
    """A sheet of A4 to print and cut: a code for each machine that opens its page."""
    place = _site(visit, site)
    machines = [one for one, _ in visit.services.machines.of_site(place.id) if device in ("", one.id)]
    if device and not machines:
        raise NotFound(device)
    return visit.page(
        "machine_labels.html",
        site=place,
        labels=[_label(one, str(request.base_url)) for one in machines],
        lines={stage.id: stage for stage in place.stages},
        loopback=request.url.hostname in LOOPBACK,
    )


def _label(device: Device, base: str) -> Label:
    url = f"{base}machines/{device.id}"
    code = segno.make(url, error="m", micro=False)
    return Label(device, url, code.svg_data_uri(border=2, scale=4))
