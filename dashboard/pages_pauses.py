"""Places out of operation: what is paused now, until when and why; technicians pause and resume."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from dashboard.causes import pauses_now
from dashboard.formats import HOUR, MINUTE
from dashboard.frame import HOME_ZONE, Visit
from dashboard.trend import local_time
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.errors import Conflict, Invalid
from domain.pause import Pause, require_end
from domain.reading import Millis

SHOWN: Final = 20
LENGTHS: Final = (120, 480, 1440, 10_080)  # minutes
UNTIL: Final = "until"  # a moment of one's own

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/pauses")
def pauses_page(visit: Visiting, place: str = "") -> Response:
    """What is paused, the form, and what was paused before."""
    return _page(visit, {"place": place})


def _page(visit: Visit, form: dict[str, str], status: int = 200, wrong: str = "") -> Response:
    held = pauses_now(visit)
    recent = visit.services.pauses.page(None, SHOWN).items
    return visit.page(
        "pauses.html",
        status=status,
        held=[(one, named(visit, one)) for one in held],
        past=[(one, named(visit, one)) for one in recent if one.id not in {now.id for now in held}],
        form={"length": str(LENGTHS[1]), "reason": "", "stop": "", "place": ""} | form,
        lengths=LENGTHS,
        devices=list(visit.plan.devices.values()),
        places=list(visit.plan.sites.values()),
        wrong=wrong,
        can_pause=visit.may(Action.SHELVE),
        tomorrow=visit.formats().field(visit.now + 24 * HOUR),
    )


def named(visit: Visit, pause: Pause) -> str:
    """The place in words, the narrowest first."""
    plan, words = visit.plan, visit.words
    site = plan.sites.get(pause.site)
    names = [words.text(site.name) if site else pause.site]
    if pause.stage is not None:
        stage = next((one for one in site.stages if one.id == pause.stage), None) if site else None
        names.insert(0, words.text(stage.name) if stage else pause.stage)
    if pause.device is not None:
        device = plan.devices.get(pause.device)
        names.insert(0, words.text(device.name) if device else pause.device)
    return " · ".join(names)


@router.post("/pauses")
def pause(
    visit: Posting,
    place: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=2000)] = "",
    length: Annotated[str, Form()] = "",
    stop: Annotated[str, Form()] = "",
) -> Response:
    """Take a stage or a device out of operation."""
    permit(visit, Action.SHELVE)
    form = {"place": place, "reason": reason, "length": length, "stop": stop}
    try:
        asked = _pause(visit, form)
        visit.services.pauses.pause(asked, visit.now)
    except Invalid as refused:
        return _page(visit, form, 422, f"pauses.wrong_{_field(refused)}")
    return RedirectResponse("/pauses", 303)


def _field(refused: Invalid) -> str:
    return refused.field if refused.field in ("reason", "stop") else "place"


def _pause(visit: Visit, form: dict[str, str]) -> Pause:
    """What the form asks for. Raises Invalid naming the field."""
    if not form["reason"].strip():
        raise Invalid("a pause needs a reason", "reason")
    kind, _, rest = form["place"].partition(":")
    site, _, name = rest.partition("/")
    if kind not in ("site", "stage", "device") or site not in visit.plan.sites:
        raise Invalid("there is no such place", "place")
    zone = visit.plan.sites[site].timezone
    stage = name if kind == "stage" else visit.plan.device(name).stage if kind == "device" else None
    device = name if kind == "device" else None
    until = _until(form, zone, visit.now)
    return Pause(site, visit.now, form["reason"].strip(), visit.who, stage=stage, device=device, stop=until)


def _until(form: dict[str, str], zone: str, now: Millis) -> Millis:
    """The end, at most 30 days ahead. Raises Invalid."""
    if form["length"] == UNTIL:
        stop = local_time(form["stop"], "stop", ZoneInfo(zone or HOME_ZONE))
    elif form["length"].isdigit() and int(form["length"]) in LENGTHS:
        stop = now + int(form["length"]) * MINUTE
    else:
        raise Invalid("no such length", "stop")
    return require_end(now, stop)


@router.post("/pauses/{pause}/end")
def resume(visit: Posting, pause: int) -> Response:
    """In operation again. One that has ended meanwhile is what was wanted."""
    permit(visit, Action.SHELVE)
    with suppress(Conflict):
        visit.services.pauses.end(pause, visit.who, visit.now)
    return RedirectResponse("/pauses", 303)
