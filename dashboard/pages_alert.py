"""One alert: the value against its limit, why it rests, what to do, who was told, and what people do to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Depends, Form, Request
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
from domain.ports import AlertDesk
from domain.reading import Millis

SHELVES: Final = (30, 120, 480, 1440, 10_080)  # minutes; 480 is the end of a shift, seven days the longest
CHILDREN_SHOWN: Final = 300

Said = TypeVar("Said", str, str | None)

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


@dataclass(frozen=True)
class Sent:
    """A form about one alert, sent by whoever visits."""

    visit: Posting
    request: Request
    alert: str

    @property
    def desk(self) -> AlertDesk:
        """Where it is done."""
        return self.visit.services.desk

    def done(
        self, action: Action, act: Callable[[str, str, Said, Millis], object], said: Said, refused: str
    ) -> Response:
        """Do it, or say why not: somebody was quicker, or the form is not whole (`refused`)."""
        permit(self.visit, action)
        try:
            act(self.alert, self.visit.who, said, self.visit.now)
        except Conflict as conflict:
            return _moved_on(self.visit, self.alert, conflict)
        except Invalid:
            return _alert(self.visit, self.alert, 422, self.visit.words(refused))
        if self.request.headers.get("HX-Request"):
            return _alert(self.visit, self.alert)
        return RedirectResponse(f"/alerts/{self.alert}", 303)


About = Annotated[Sent, Depends()]
Typed = Annotated[str, Form()]


@router.post("/alerts/{alert}/acknowledge")
def acknowledge(sent: About, comment: Typed = "") -> Response:
    """Seen and taken on."""
    return sent.done(Action.ACKNOWLEDGE, sent.desk.acknowledge, comment.strip() or None, "alert.empty_comment")


@router.post("/alerts/{alert}/comment")
def comment_on(sent: About, comment: Typed = "") -> Response:
    """A note."""
    return sent.done(Action.COMMENT, sent.desk.comment, comment.strip(), "alert.empty_comment")


@router.post("/alerts/{alert}/shelve")
def shelve(sent: About, minutes: Annotated[int, Form()] = SHELVES[0], reason: Typed = "") -> Response:
    """Put aside for a while, with a reason."""

    def act(alert: str, who: str, said: str, now: Millis) -> object:
        if minutes not in SHELVES:
            raise Invalid("is not on offer", "minutes")
        return sent.desk.shelve(alert, who, now + minutes * MINUTE, said, now)

    return sent.done(Action.SHELVE, act, reason.strip(), "alert.empty_reason")


@router.post("/alerts/{alert}/unshelve")
def unshelve(sent: About, comment: Typed = "") -> Response:
    """Take back by hand."""
    return sent.done(Action.SHELVE, sent.desk.unshelve, comment.strip() or None, "alert.empty_comment")


@router.post("/alerts/{alert}/take-out")
def take_out(sent: About, reason: Typed = "") -> Response:
    """Out of service until put back."""
    return sent.done(Action.SHELVE, sent.desk.take_out, reason.strip(), "alert.take_out_reason")


@router.post("/alerts/{alert}/put-back")
def put_back(sent: About, comment: Typed = "") -> Response:
    """In service again."""
    return sent.done(Action.SHELVE, sent.desk.put_back, comment.strip() or None, "alert.empty_comment")
