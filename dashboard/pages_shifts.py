"""Shifts of a site, service that is due, and the labels that open a machine's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from dashboard import machine_day
from dashboard.frame import Visit
from dashboard.record_forms import decimal
from dashboard.record_wrongs import wrong_of
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.calendar import day_in
from domain.errors import Invalid, NotFound, Unavailable
from domain.ports_machines import ServiceStanding, ShiftOverview, Summed
from domain.reading import Millis
from domain.registry import Device, Site, SiteKind
from domain.rule_record import ServiceRecord
from domain.shift import window

DAYS: Final = (1, 7)
OLDEST: Final = timedelta(days=730)  # of a service that is noted afterwards
MOST_HOURS: Final = 1e7
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Label:
    """A machine and the picture that opens its page."""

    device: Device
    url: str
    picture: str


@dataclass(frozen=True)
class Typed:
    """What was typed into the form of one plan."""

    plan: str
    note: str
    run_hours: str
    day: str
    parts: tuple[str, ...]


class Refusal(Exception):
    """What is wrong with a service: the key of the phrase that says so."""


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
    last = day_in(day) if day else today
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
        anywhere_out=bool(overview and overview.total.out_of_service),
        **_standing(overview, visit.now),
    )


def _standing(overview: ShiftOverview | None, now: Millis) -> dict[str, Any]:
    """`until`: now, where a shift that is shown is still on. `ahead`: none that is planned has begun."""
    if overview is None:
        return {"until": None, "ahead": False}
    zone = ZoneInfo(overview.site.timezone)
    days = [overview.first + timedelta(days=n) for n in range((overview.last - overview.first).days + 1)]
    planned = [made for day in days for one in overview.shifts if (made := window(one, zone, day)) is not None]
    on = any(made.start < now < made.stop for made in planned)
    return {"until": now if on else None, "ahead": bool(planned) and not overview.machines}


def _parts(one: Summed) -> list[tuple[str, float]]:
    """Shares of planned time in percent, in the order they are drawn."""
    whole = one.planned or 1
    kinds = ("running", "stopped", "excused", "no_signal", "out_of_service")
    return [(kind, round(getattr(one, kind) / whole * 100, 3)) for kind in kinds]


@router.get("/service")
def service_page(visit: Visiting, site: str = "", noted: str = "") -> Response:
    """How every service plan stands. `noted`: the machine whose service was noted just now."""
    return _service(visit, site, noted=noted)


def _service(visit: Visit, site: str, noted: str = "", wrong: str = "", typed: Typed | None = None) -> Response:
    place = _site(visit, site)
    today = visit.formats(place.timezone).local(visit.now).date()
    plans = visit.services.machines.services(place.id, visit.now)
    served = next((one.device for one in plans if one.device.id == noted), None)
    return visit.page(
        "service.html",
        status=422 if wrong else 200,
        zone=place.timezone,
        site=place,
        typed=typed,
        plans=plans,
        due_on={one.plan.id: _due_on(one, today) for one in plans},
        today=today.isoformat(),
        noted=visit.words.text(served.name) if served else "",
        wrong=wrong,
        can_note=visit.may(Action.ACKNOWLEDGE),
    )


def _due_on(one: ServiceStanding, today: date) -> str:
    return "" if one.days_left is None else f"{today + timedelta(days=one.days_left):%d/%m/%Y}"


@router.post("/service")
def note_service(
    visit: Posting,
    device: Annotated[str, Form()],
    note: Annotated[str, Form(max_length=2000)] = "",
    run_hours: Annotated[str, Form()] = "",
    day: Annotated[str, Form()] = "",
    part: Annotated[tuple[str, ...], Form()] = (),
    plan: Annotated[str, Form()] = "",
) -> Response:
    """Service was done: who, when and what are kept, and the hours count from here. What was typed stands when
    something is wrong.
    """
    permit(visit, Action.ACKNOWLEDGE)
    site = visit.plan.device(device).site
    typed = Typed(plan, note, run_hours, day, part)
    try:
        record = _serviced(visit, site, device, typed)
    except Invalid as refused:
        at = f"{visit.words('service.meter')}: " if refused.field == "run_hours" else ""
        return _service(visit, site, wrong=at + wrong_of(visit, refused).said, typed=typed)
    except Refusal as refusal:
        return _service(visit, site, wrong=visit.words(str(refusal)), typed=typed)
    visit.services.maintenance.add(record, visit.now)
    return RedirectResponse(f"/service?site={site}&noted={device}", 303)


def _serviced(visit: Visit, site: str, device: str, typed: Typed) -> ServiceRecord:
    """Raises Invalid for what is no number, Refusal for the rest."""
    try:
        at = _done_at(visit, site, typed.day)
    except ValueError:
        raise Refusal("service.wrong_date") from None
    if not typed.note.strip():
        raise Refusal("service.wrong_note")
    hours = decimal({"run_hours": typed.run_hours}, "run_hours")
    if hours is not None and not 0 <= hours < MOST_HOURS:
        raise Refusal("service.wrong_hours")
    parts = f" ({visit.words('service.parts')}: {', '.join(typed.parts)})" if typed.parts else ""
    return ServiceRecord(device, at, visit.who, typed.note.strip() + parts, hours)


def _done_at(visit: Visit, site: str, day: str) -> Millis:
    """Now, for a service of today; of a day before only the day is known: its noon. Raises ValueError for a day that
    is none, lies ahead, or more than two years back.
    """
    zone = ZoneInfo(visit.plan.site(site).timezone)
    today = datetime.fromtimestamp(visit.now / 1000, zone).date()
    done = date.fromisoformat(day) if day else today
    if not today - OLDEST <= done <= today:
        raise ValueError(day)
    noon = round(datetime.combine(done, time(12), zone).timestamp() * 1000)
    return visit.now if done == today else noon


@router.get("/machine-labels")
def labels_page(visit: Visiting, request: Request, site: str = "", device: str = "") -> Response:
    """A sheet of A4 to print and cut: a code for each machine that opens its page. The address is `http.base_url`
    where it is set: what hangs on a machine for years does not follow how one browser came here.
    """
    place = _site(visit, site)
    machines = [one for one, _ in visit.services.machines.of_site(place.id) if device in ("", one.id)]
    if device and not machines:
        raise NotFound(device)
    base = visit.services.base_url or str(request.base_url)
    return visit.page(
        "machine_labels.html",
        site=place,
        labels=[_label(one, base) for one in machines],
        lines={stage.id: stage for stage in place.stages},
        loopback=urlsplit(base).hostname in LOOPBACK,
    )


def _label(device: Device, base: str) -> Label:
    url = f"{base.rstrip('/')}/machines/{device.id}"
    code = segno.make(url, error="m", micro=False)
    return Label(device, url, code.svg_data_uri(border=2, scale=4))
