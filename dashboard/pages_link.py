"""The page behind the link in a message: no log-in, one alert, one big button. Looking never acknowledges."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import Response

from dashboard.alert_lines import AlertLine, line
from dashboard.frame import Visit
from dashboard.visits import PageRoute, Passing
from domain.alert import Alert
from domain.errors import Conflict, Expired, Invalid, NotFound
from domain.text import Language

HEADERS: Final = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class LinkState(StrEnum):
    """What the page says of its link."""

    OPEN = "open"
    DONE = "done"
    USED = "used"
    EXPIRED = "expired"
    FORGED = "forged"
    MOVED_ON = "moved_on"
    GONE = "gone"


@router.get("/a/{token}")
def link_page(visit: Passing, token: str) -> Response:
    """The alert with its button; nothing is changed, so a preview of the link does no harm."""
    try:
        alert, who = visit.services.links.read(token, visit.now)
    except (Conflict, Invalid) as refused:
        return _refused(visit, refused)
    spoken = _in_language_of(visit, who)
    try:
        one = line(spoken, spoken.services.book.alert(alert))
    except NotFound:
        return _page(spoken, LinkState.GONE, status=404)
    state = LinkState.OPEN if one.waiting else LinkState.MOVED_ON
    return _page(spoken, state, one=one, who=_name(visit, who), token=token)


@router.post("/a/{token}")
def take_on(visit: Passing, token: str, comment: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Acknowledge, once."""
    links = visit.services.links
    try:
        alert, who = links.read(token, visit.now)
    except (Conflict, Invalid) as refused:
        return _refused(visit, refused)
    spoken, name = _in_language_of(visit, who), _name(visit, who)
    try:
        done = links.acknowledge(token, comment.strip() or None, visit.now)
    except Invalid as refused:
        return _refused(spoken, refused)
    except NotFound:
        return _page(spoken, LinkState.GONE, status=404)
    except Conflict:
        return _moved(spoken, alert, name)
    return _page(spoken, LinkState.DONE, one=line(spoken, done), who=name)


def _moved(visit: Visit, alert: str, name: str) -> Response:
    """Somebody was quicker, perhaps the same person with another tap."""
    present: Alert = visit.services.book.alert(alert)
    return _page(visit, LinkState.MOVED_ON, status=409, one=line(visit, present), who=name)


def _refused(visit: Visit, refused: Conflict | Invalid) -> Response:
    if isinstance(refused, Conflict):
        return _page(visit, LinkState.USED, status=410)
    old = isinstance(refused, Expired)
    return _page(visit, LinkState.EXPIRED if old else LinkState.FORGED, status=410 if old else 404)


def _in_language_of(visit: Visit, who: str) -> Visit:
    """The page in the contact's language, Indonesian for one that is not known any more."""
    spoken = next((one.language for one in visit.plan.installation.contacts if one.id == who), Language.ID)
    return Visit(visit.dashboard, spoken, visit.now, visit.path, visit.url)


def _name(visit: Visit, who: str) -> str:
    return next((one.name for one in visit.plan.installation.contacts if one.id == who), who)


def _page(
    visit: Visit, state: LinkState, *, status: int = 200, one: AlertLine | None = None, who: str = "", token: str = ""
) -> Response:
    site = visit.plan.sites.get(one.alert.site) if one else None
    zone = site.timezone if site else "Asia/Jakarta"
    return visit.page(
        "link.html", status=status, headers=HEADERS, zone=zone, state=state, one=one, who=who, token=token
    )
