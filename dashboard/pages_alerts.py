"""The list of alerts, one alert, and what people do to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from dashboard import system
from dashboard.alert_lines import line, urgent_first
from dashboard.alert_lines import line as alert_line
from dashboard.formats import HOUR
from dashboard.frame import Visit
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.alert import AlertState
from domain.errors import Conflict, Invalid
from domain.rule import LimitRule

PAGE: Final = 50
HOURS: Final = (1, 4, 8, 24, 72, 168)  # for how long an alert may be put aside: at most seven days

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/alerts")
def alerts_page(visit: Visiting, show: str = "open", site: str = "", after: str = "") -> Response:
    """Open alerts, the most urgent first; or all, newest first."""
    only_open = show != "all"
    page = visit.services.book.page(after or None, PAGE, None, site or None, None, only_open)
    lines = urgent_first(visit, page.items) if only_open else [line(visit, alert) for alert in page.items]
    parts = system.read_parts(visit.services, visit.now)
    return visit.page(
        "alerts.html",
        live=visit.url,
        lines=lines,
        show="open" if only_open else "all",
        site=site,
        after=after,
        next=page.next,
        parts=parts,
        check=system.last_check(parts),
    )


@router.get("/alerts/{alert}")
def alert_page(visit: Visiting, alert: str) -> Response:
    """One alert: the value against its limit, what to do, who did what."""
    return _alert(visit, alert)


def _alert(visit: Visit, alert: str, status: int = 200, notice: str = "", **values: object) -> Response:
    one = alert_line(visit, visit.services.book.alert(alert))
    site = visit.plan.sites.get(one.alert.site)
    message = visit.words(notice, **values) if notice else ""
    open_now = one.alert.state is not AlertState.NORMAL
    return visit.page(
        "alert.html",
        status=status,
        zone=site.timezone if site else "Asia/Jakarta",
        one=one,
        limit_rule=one.rule if isinstance(one.rule, LimitRule) else None,
        transitions=visit.services.book.transitions(alert),
        notifications=visit.services.book.notifications(alert),
        notice=message,
        hours=HOURS,
        can_acknowledge=one.waiting and visit.may(Action.ACKNOWLEDGE),
        can_shelve=open_now and one.alert.state is not AlertState.SHELVED and visit.may(Action.SHELVE),
        can_unshelve=one.alert.state is AlertState.SHELVED and visit.may(Action.SHELVE),
        can_comment=visit.may(Action.COMMENT),
    )


def _moved_on(visit: Visit, alert: str, conflict: Conflict) -> Response:
    state = visit.words.of("alert_state", conflict.present)
    return _alert(visit, alert, 409, "alert.moved_on", state=state)


def _done(request: Request, visit: Visit, alert: str) -> Response:
    """After htmx the page as it is now; otherwise back to it."""
    if request.headers.get("HX-Request"):
        return _alert(visit, alert)
    return RedirectResponse(f"/alerts/{alert}", 303)


def _act(request: Request, visit: Visit, alert: str, act: Callable[[], object]) -> Response:
    """Do something to an alert, or say that somebody was quicker."""
    try:
        act()
    except Conflict as conflict:
        return _moved_on(visit, alert, conflict)
    return _done(request, visit, alert)


@router.post("/alerts/{alert}/acknowledge")
def acknowledge(visit: Posting, request: Request, alert: str, comment: Annotated[str, Form()] = "") -> Response:
    """Seen and taken on."""
    permit(visit, Action.ACKNOWLEDGE)
    desk, said = visit.services.desk, comment.strip() or None
    return _act(request, visit, alert, lambda: desk.acknowledge(alert, visit.who, said, visit.now))


@router.post("/alerts/{alert}/comment")
def comment_on(visit: Posting, request: Request, alert: str, comment: Annotated[str, Form()] = "") -> Response:
    """A note."""
    permit(visit, Action.COMMENT)
    if not (said := comment.strip()):
        return _alert(visit, alert, 422, "alert.empty_comment")
    return _act(request, visit, alert, lambda: visit.services.desk.comment(alert, visit.who, said, visit.now))


@router.post("/alerts/{alert}/shelve")
def shelve(
    visit: Posting,
    request: Request,
    alert: str,
    hours: Annotated[int, Form()] = 1,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Put aside for some hours, with a reason."""
    permit(visit, Action.SHELVE)
    said, until = reason.strip(), visit.now + hours * HOUR
    if not said or hours not in HOURS:
        return _alert(visit, alert, 422, "alert.empty_reason")
    try:
        return _act(
            request, visit, alert, lambda: visit.services.desk.shelve(alert, visit.who, until, said, visit.now)
        )
    except Invalid:
        return _alert(visit, alert, 422, "alert.empty_reason")


@router.post("/alerts/{alert}/unshelve")
def unshelve(visit: Posting, request: Request, alert: str, comment: Annotated[str, Form()] = "") -> Response:
    """Take back by hand."""
    permit(visit, Action.SHELVE)
    desk, said = visit.services.desk, comment.strip() or None
    return _act(request, visit, alert, lambda: desk.unshelve(alert, visit.who, said, visit.now))
