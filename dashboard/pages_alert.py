"""One alert: the value against its limit, why it rests, what to do, who was told, and what people do to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from dashboard.alert_figures import Figure, figure
from dashboard.alert_lines import AlertLine, line
from dashboard.causes import cause_of
from dashboard.formats import MINUTE
from dashboard.frame import Visit
from dashboard.rule_words import watched
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.alert import Alert, AlertEvent, AlertState, Notification, Transition
from domain.errors import Conflict, Invalid

SHELVES: Final = (30, 120, 480, 1440, 10_080)  # minutes; 480 is the end of a shift, seven days the longest
CHILDREN_SHOWN: Final = 300

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Told:
    """One message about the alert: whom it was for, why, and how it went. Never an address."""

    name: str
    note: Notification
    event: str


@router.get("/alerts/{alert}")
def alert_page(visit: Visiting, alert: str) -> Response:
    """One alert."""
    return _alert(visit, alert)


def _alert(visit: Visit, alert: str, status: int = 200, notice: str = "") -> Response:
    one = line(visit, visit.services.book.alert(alert))
    site = visit.plan.sites.get(one.alert.site)
    steps = visit.services.book.transitions(alert)
    return visit.page(
        "alert.html",
        status=status,
        zone=site.timezone if site else "Asia/Jakarta",
        one=one,
        watched=watched(visit, one.rule) if one.rule else "",
        cause=cause_of(visit, one.alert),
        children=_children(visit, one),
        transitions=_figured(visit, one, steps),
        acknowledged=acknowledged(one.alert, steps),
        ending=ending(steps),
        told=told(visit, visit.services.book.notifications(alert), steps),
        notice=notice,
        shelves=SHELVES,
        can=_deeds(visit, one),
    )


def _figured(visit: Visit, one: AlertLine, steps: Sequence[Transition]) -> list[tuple[Transition, Figure | None]]:
    info = visit.plan.metric(one.alert.device, one.alert.metric)
    return [(step, figure(visit, one.alert, step.value, info, one.metric)) for step in steps]


def acknowledged(alert: Alert, steps: Sequence[Transition]) -> bool:
    """Whether somebody acknowledged it. Taking it out of service names a person too, but answers nothing."""
    if alert.acknowledged_by is None:
        return False
    taken_out = [step.at for step in steps if step.event is AlertEvent.OUT_OF_SERVICE]
    return alert.acknowledged_at not in taken_out


def ending(steps: Sequence[Transition]) -> Transition | None:
    """The step that ended it; None while it is open."""
    last = next((step for step in reversed(steps) if step.event is not AlertEvent.COMMENTED), None)
    return last if last is not None and last.to_state is AlertState.NORMAL else None


def _deeds(visit: Visit, one: AlertLine) -> dict[str, bool]:
    """What this person may do to it as it stands."""
    state = one.alert.state
    open_now = state is not AlertState.NORMAL
    shelves = visit.may(Action.SHELVE)
    resting = state in (AlertState.SHELVED, AlertState.OUT_OF_SERVICE, AlertState.SUPPRESSED)
    return {
        "acknowledge": one.waiting and visit.may(Action.ACKNOWLEDGE),
        "shelve": open_now and not resting and shelves,
        "unshelve": state is AlertState.SHELVED and shelves,
        "take_out": open_now and state is not AlertState.OUT_OF_SERVICE and shelves,
        "put_back": state is AlertState.OUT_OF_SERVICE and shelves,
        "comment": visit.may(Action.COMMENT),
    }


def _children(visit: Visit, one: AlertLine) -> list[AlertLine]:
    """What rests because of this one."""
    if one.alert.kind != "system" or not one.alert.active:
        return []
    page = visit.services.book.page(None, CHILDREN_SHOWN, AlertState.SUPPRESSED, one.alert.site or None, None, False)
    return [line(visit, alert) for alert in page.items if alert.parent == one.alert.id]


def told(visit: Visit, notes: Sequence[Notification], steps: Sequence[Transition]) -> list[Told]:
    """Newest first: the contact's name, or the route's where it is its own address."""
    contacts = {contact.id: contact.name for contact in visit.plan.installation.contacts}
    events = {step.id: step.event for step in steps}
    found = [
        Told(
            contacts.get(note.contact, note.contact) or visit.words("people.route", route=note.route),
            note,
            events.get(note.transition, ""),
        )
        for note in notes
    ]
    return sorted(found, key=lambda one: (-one.note.queued_at, -one.note.id))


def _moved_on(visit: Visit, alert: str, conflict: Conflict) -> Response:
    state = visit.words.of("alert_state", conflict.present)
    return _alert(visit, alert, 409, visit.words("alert.moved_on", state=state))


def _act(request: Request, visit: Visit, alert: str, act: Callable[[], object], refused: str) -> Response:
    """Do something to an alert, or say why not: somebody was quicker, or the form is not whole."""
    try:
        act()
    except Conflict as conflict:
        return _moved_on(visit, alert, conflict)
    except Invalid:
        return _alert(visit, alert, 422, visit.words(refused))
    if request.headers.get("HX-Request"):
        return _alert(visit, alert)
    return RedirectResponse(f"/alerts/{alert}", 303)


@router.post("/alerts/{alert}/acknowledge")
def acknowledge(visit: Posting, request: Request, alert: str, comment: Annotated[str, Form()] = "") -> Response:
    """Seen and taken on."""
    permit(visit, Action.ACKNOWLEDGE)
    desk, said = visit.services.desk, comment.strip() or None
    return _act(
        request, visit, alert, lambda: desk.acknowledge(alert, visit.who, said, visit.now), "alert.empty_comment"
    )


@router.post("/alerts/{alert}/comment")
def comment_on(visit: Posting, request: Request, alert: str, comment: Annotated[str, Form()] = "") -> Response:
    """A note."""
    permit(visit, Action.COMMENT)
    if not (said := comment.strip()):
        return _alert(visit, alert, 422, visit.words("alert.empty_comment"))
    desk = visit.services.desk
    return _act(request, visit, alert, lambda: desk.comment(alert, visit.who, said, visit.now), "alert.empty_comment")


@router.post("/alerts/{alert}/shelve")
def shelve(
    visit: Posting,
    request: Request,
    alert: str,
    minutes: Annotated[int, Form()] = SHELVES[0],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Put aside for a while, with a reason."""
    permit(visit, Action.SHELVE)
    said, until = reason.strip(), visit.now + minutes * MINUTE
    if not said or minutes not in SHELVES:
        return _alert(visit, alert, 422, visit.words("alert.empty_reason"))
    desk = visit.services.desk
    return _act(
        request, visit, alert, lambda: desk.shelve(alert, visit.who, until, said, visit.now), "alert.empty_reason"
    )


@router.post("/alerts/{alert}/unshelve")
def unshelve(visit: Posting, request: Request, alert: str, comment: Annotated[str, Form()] = "") -> Response:
    """Take back by hand."""
    permit(visit, Action.SHELVE)
    desk, said = visit.services.desk, comment.strip() or None
    return _act(
        request, visit, alert, lambda: desk.unshelve(alert, visit.who, said, visit.now), "alert.empty_comment"
    )


@router.post("/alerts/{alert}/take-out")
def take_out(visit: Posting, request: Request, alert: str, reason: Annotated[str, Form()] = "") -> Response:
    """Out of service until put back."""
    permit(visit, Action.SHELVE)
    if not (said := reason.strip()):
        return _alert(visit, alert, 422, visit.words("alert.take_out_reason"))
    desk = visit.services.desk
    return _act(
        request, visit, alert, lambda: desk.take_out(alert, visit.who, said, visit.now), "alert.take_out_reason"
    )


@router.post("/alerts/{alert}/put-back")
def put_back(visit: Posting, request: Request, alert: str, comment: Annotated[str, Form()] = "") -> Response:
    """In service again."""
    permit(visit, Action.SHELVE)
    desk, said = visit.services.desk, comment.strip() or None
    return _act(
        request, visit, alert, lambda: desk.put_back(alert, visit.who, said, visit.now), "alert.empty_comment"
    )
