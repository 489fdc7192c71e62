"""Devices that speak on the broker and nobody registered: one form makes each of them known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from dashboard.frame import Visit
from dashboard.pages_system import preview
from dashboard.visits import PageRoute, Posting, Visiting, permit
from device_profiles.newcomers import draft_command
from domain.account import Action
from domain.errors import Conflict, Invalid, NotFound
from domain.newcomer import Proposal, UnknownDevice
from domain.registry import Device
from domain.text import Text

SHOWN: Final = 20  # unknown devices on the page
MOST_ROWS: Final = 40  # values of one proposal

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Entry:
    """What stands in the form of one device."""

    heard: str  # the unknown device's name on the broker
    id: str = ""
    name: str = ""
    place: str = ""  # site/stage
    choice: str = ""  # profile and address, parted by a space


@dataclass(frozen=True)
class Row:
    """One value that a message would become."""

    name: str
    value: float | None
    decimals: int
    unit: str
    quality: int
    reason: str | None


@dataclass(frozen=True)
class Card:
    """One unknown device with its form."""

    unknown: UnknownDevice
    payload: str
    entry: Entry
    command: str  # that drafts a profile for it
    proposals: list[tuple[Proposal, str, list[Row]]] = field(default_factory=list)  # with title and rows


@router.get("/unknown-devices")
def unknown_devices_page(visit: Visiting, registered: str = "", read: int = 0, refused: int = 0) -> Response:
    """Those heard last first, each with the profile that fits best."""
    permit(visit, Action.CONFIGURE)
    return _page(visit, registered=registered, read=read, refused=refused)


@router.post("/unknown-devices")
def register(
    visit: Posting,
    heard: Annotated[str, Form()],
    choice: Annotated[str, Form()] = "",
    device_id: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
) -> Response:
    """Register one, and read the messages it sent before."""
    permit(visit, Action.CONFIGURE)
    entry = Entry(heard, device_id.strip(), name.strip(), place, choice)
    try:
        welcome = visit.services.newcomers.register(_device(entry), visit.who, visit.now)
    except (Conflict, Invalid) as error:
        taken = isinstance(error, Conflict)
        return _page(visit, status=409 if taken else 422, entry=entry, taken=taken, trouble=str(error))
    query = {"registered": welcome.device.id, "read": welcome.replayed, "refused": welcome.refused}
    return RedirectResponse(f"/unknown-devices?{urlencode(query)}", 303)


def _page(
    visit: Visit,
    *,
    status: int = 200,
    entry: Entry | None = None,
    taken: bool = False,
    trouble: str = "",
    registered: str = "",
    read: int = 0,
    refused: int = 0,
) -> Response:
    known = visit.plan.devices.get(registered)
    return visit.page(
        "unknown_devices.html",
        status=status,
        cards=[_card(visit, one, entry) for one in visit.services.newcomers.unknown(SHOWN)],
        places=list(visit.plan.sites.values()),
        taken=taken,
        trouble=trouble,
        heard=entry.heard if entry else "",
        registered=known,
        read=read,
        refused=refused,
    )


def _device(entry: Entry) -> Device:
    """The device of a form. Raises Invalid."""
    profile, _, address = entry.choice.partition(" ")
    site, _, stage = entry.place.partition("/")
    device = entry.id or slug_of(address)
    name = entry.name or address
    try:
        return Device(
            id=device,
            site=site,
            stage=stage,
            profile=profile,
            name=Text(id=name, en=name),
            address=None if address == device else address,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(f"{first['loc'][0]}: {first['msg']}", str(first["loc"][0])) from None


def slug_of(address: str) -> str:
    """An id made of a name on the broker: `Probe_pH/2` is `probe-ph-2`."""
    return re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-")[:64].strip("-")


def _card(visit: Visit, unknown: UnknownDevice, entry: Entry | None) -> Card:
    return Card(
        unknown=unknown,
        payload=preview(unknown.last.payload),
        command=draft_command(unknown.last.topic),
        entry=entry if entry is not None and entry.heard == unknown.address else _proposed(unknown),
        proposals=[_shown(visit, proposal) for proposal in unknown.proposals],
    )


def _proposed(unknown: UnknownDevice) -> Entry:
    """What the form says before anybody touched it. The place is left open: nothing on the broker tells it."""
    best = next(iter(unknown.proposals), None)
    if best is None:
        return Entry(unknown.address)
    return Entry(unknown.address, slug_of(best.address), best.address, "", f"{best.profile} {best.address}")


def _shown(visit: Visit, proposal: Proposal) -> tuple[Proposal, str, list[Row]]:
    try:
        info = visit.services.profiles.profile(proposal.profile)
    except NotFound:  # its file went away this instant
        return proposal, proposal.profile, []
    known = {metric.metric: metric for metric in info.metrics}
    rows = [
        Row(
            visit.words.text(known[reading.series.metric].name),
            reading.value,
            known[reading.series.metric].decimals,
            reading.series.unit,
            reading.quality,
            reading.reason,
        )
        for reading in proposal.readings[:MOST_ROWS]
        if reading.series.metric in known
    ]
    return proposal, visit.words.text(info.title), rows
