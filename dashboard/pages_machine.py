"""A machine's page for the tablet at the line: what it does, its shift, and why it stood still, by one tap.

Reasons are queued in the browser while the network is away (`static/machine.js`); without scripts they are posted.
"""

from __future__ import annotations

from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Form
from fastapi.responses import FileResponse, RedirectResponse, Response

from dashboard import machine_day
from dashboard.frame import HERE, Visit
from dashboard.machine_day import FORTNIGHT
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.errors import Invalid, Unavailable
from domain.instants import utc_text
from domain.machine import RunSignal, Stop, StopRecord
from domain.ports_machines import MachineNow, MachineTimeline
from domain.reading import Millis
from domain.registry import Device
from domain.shift import ShiftWindow

LOOK_BACK: Final[Millis] = 24 * 3_600_000  # stops of the last day wait to be explained
QUEUE_SHOWN: Final = 12
# what the page itself fills in, once the server answered
BLANKS: Final = {name: "{" + name + "}" for name in ("from", "until", "reason", "who", "other")}

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/machine-worker.js")
def worker() -> Response:
    """Keeps the machines' pages in the browser, so that a tablet can open them while the network is away."""
    return FileResponse(HERE / "static" / "machine-worker.js", headers={"Cache-Control": "no-cache"})


@router.get("/machines/{device}")
def machine_page(visit: Visiting, device: str) -> Response:
    """One machine: now, its shift, and the stops that wait for a reason."""
    found = visit.plan.device(device)
    site = visit.plan.site(found.site)
    reasons = visit.services.machines.reasons()
    now = visit.now
    was = machine_day.latest(machine_day.shifts_of(visit.plan, found, now - FORTNIGHT, now))
    machine, timeline, queue = _told(visit, device, was)
    names = {one.id: visit.words.text(one.name) for one in visit.plan.installation.shifts}
    return visit.page(
        "machine.html",
        live=visit.url,
        zone=site.timezone,
        device=found,
        site=site,
        stage=next((stage for stage in site.stages if stage.id == found.stage), None),
        machine=machine,
        timeline=timeline,
        strip=machine_day.strip(timeline) if timeline else [],
        explained=machine_day.explained(timeline) if timeline else [],
        queue=queue[:QUEUE_SHOWN],
        more=max(0, len(queue) - QUEUE_SHOWN),
        reasons=machine_day.named(reasons),
        reason_names={one.id: visit.words.text(one.name) for one in reasons},
        tree=machine_day.tree(reasons),
        shift=names.get(machine.window.shift, "") if machine and machine.window else "",
        shift_names=names,
        was=was,
        ahead=machine_day.following(machine_day.shifts_of(visit.plan, found, now, now + FORTNIGHT), now),
        can_say=visit.may(Action.ACKNOWLEDGE),
        wire=utc_text,
        series=_series(visit, found),
        blanks=BLANKS,
    )


def _series(visit: Visit, device: Device) -> str:
    """What the open page follows; empty where one reading alone does not tell the state."""
    sources = {one.id: source for one, source in visit.services.machines.of_site(device.site)}
    source = sources.get(device.id)
    return f"{device.id}/{source.metric}" if source is not None and source.signal is RunSignal.RUN else ""


def _told(
    visit: Visit, device: str, was: ShiftWindow | None
) -> tuple[MachineNow | None, MachineTimeline | None, list[Stop]]:
    """What the machine does and did; nothing while the store is away, which the page says."""
    machines, now = visit.services.machines, visit.now
    try:
        machine = machines.one_now(device, now)
        timeline = machines.timeline(device, *machine_day.stretch(machine, was, now), now)
        return machine, timeline, machines.unexplained([device], now - LOOK_BACK, now)
    except Unavailable:
        return None, None, []


@router.post("/machines/{device}/stops")
def say_why(
    visit: Posting,
    device: str,
    reason: Annotated[str, Form()],
    start: Annotated[int, Form()],
    stop: Annotated[int, Form()],
    going_on: Annotated[str, Form()] = "",
) -> Response:
    """The same without scripts."""
    permit(visit, Action.ACKNOWLEDGE)
    record = StopRecord(device, start, stop, reason, visit.who, visit.now, "", uuid4().hex, bool(going_on))
    if reason not in machine_day.named(visit.services.machines.reasons()):
        raise Invalid("choose a reason", "reason")
    visit.services.stops.add(record, visit.now)
    return RedirectResponse(f"/machines/{device}", 303)
