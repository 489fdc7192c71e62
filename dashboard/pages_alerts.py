"""The list of alerts: what needs someone now, what rests and why, and several taken on with one tap."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from dashboard import alert_groups, system
from dashboard.alert_groups import Wanted
from dashboard.alert_lines import line
from dashboard.frame import Visit
from dashboard.pages_session import inside
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.alert import AlertState, Priority
from domain.errors import Conflict, NotFound

PAGE: Final = 50
AT_ONCE: Final = 200  # alerts that one tap may take on
ALL: Final = "all"

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/alerts")
def alerts_page(visit: Visiting, show: str = "open", site: str = "", priority: str = "", after: str = "") -> Response:
    """Open alerts in groups; or all, or those of one state, newest first."""
    wanted = Wanted(site, priority if priority in list(Priority) else "")
    if show == ALL or show in list(AlertState):
        return _list(visit, show, wanted, after)
    return _board(visit, wanted)


def _board(visit: Visit, wanted: Wanted, status: int = 200, notice: str = "", refused: int = 0) -> Response:
    parts = system.read_parts(visit.services, visit.now)
    return visit.page(
        "alerts.html",
        status=status,
        live=visit.url,
        board=alert_groups.board(visit, wanted),
        wanted=wanted,
        parts=parts,
        check=system.last_check(parts),
        can_acknowledge=visit.may(Action.ACKNOWLEDGE),
        notice=notice,
        refused=refused,
    )


def _list(visit: Visit, show: str, wanted: Wanted, after: str) -> Response:
    state = AlertState(show) if show != ALL else None
    page = visit.services.book.page(after or None, PAGE, state, wanted.site or None, None, False)
    parts = system.read_parts(visit.services, visit.now)
    return visit.page(
        "alerts_all.html",
        live=visit.url,
        lines=[line(visit, alert) for alert in page.items if wanted.takes(alert)],
        show=show,
        wanted=wanted,
        after=after,
        next=page.next,
        parts=parts,
        check=system.last_check(parts),
    )


@router.post("/alerts/acknowledge")
def acknowledge_several(
    visit: Posting, alert: Annotated[list[str], Form()], target: Annotated[str, Form()] = "/alerts"
) -> Response:
    """Take on one or several. Those that moved on meanwhile are named, the others are taken."""
    permit(visit, Action.ACKNOWLEDGE)
    moved = [told for told in (_acknowledge(visit, name) for name in alert[:AT_ONCE]) if told]
    if not moved:
        return RedirectResponse(inside(target), 303)
    done = len(alert[:AT_ONCE]) - len(moved)
    notice = visit.words("alerts.some_moved_on", done=done, moved="; ".join(moved[:5]))
    return _board(visit, Wanted(), 409, notice, len(moved))


def _acknowledge(visit: Visit, alert: str) -> str:
    """Empty when it was taken on; else how it stands now, in words."""
    try:
        visit.services.desk.acknowledge(alert, visit.who, None, visit.now)
    except Conflict as conflict:
        title = line(visit, visit.services.book.alert(alert)).title
        return f"{title}: {visit.words.of('alert_state', conflict.present)}"
    except NotFound:
        return visit.words("alerts.gone", alert=alert)
    return ""
