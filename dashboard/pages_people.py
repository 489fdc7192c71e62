"""Who is told of what, who is on duty, and what became of the messages. Addresses are never shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import Response

from dashboard.alert_lines import AlertLine, line
from dashboard.frame import HOME_ZONE, Visit
from dashboard.visits import PageRoute, Visiting
from domain.alert import Notification, NotificationState
from domain.duty import next_on_duty, on_duty
from domain.reading import Millis
from domain.registry import Contact, Rota, Route

PAGE: Final = 30

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Duty:
    """A rota as it stands: who is on duty, and who takes over when."""

    rota: Rota
    now: str
    then: str
    at: Millis | None


@dataclass(frozen=True)
class Sent:
    """One message of the outbox with what it was about; `alert` is None where that is gone.

    `earlier` are those before it to the same person about the same alert that went the same way, from `since` on.
    """

    note: Notification
    name: str
    alert: AlertLine | None
    earlier: int = 0
    since: Millis = 0


@router.get("/people")
def people_page(visit: Visiting, state: str = "", after: str = "") -> Response:
    """Routes, contacts, rotas; and the outbox, what failed first."""
    chosen = NotificationState(state) if state in list(NotificationState) else None
    book, nouns = visit.services.book, visit.plan.installation
    outbox = book.outbox(after or None, PAGE, chosen)
    failed = book.outbox(None, PAGE, NotificationState.FAILED) if chosen is None and not after else None
    return visit.page(
        "people.html",
        duties=[_duty(visit, rota) for rota in nouns.rotas],
        routes=[(route, _told(visit, route)) for route in nouns.routes],
        contacts=[(one, _quiet(visit, one)) for one in nouns.contacts],
        sites=visit.plan.sites,
        outbox=folded(_sent(visit, outbox.items)),
        failed=folded(_sent(visit, failed.items)) if failed else [],
        states=list(NotificationState),
        state=chosen or "",
        after=after,
        next=outbox.next,
    )


def _names(visit: Visit) -> dict[str, str]:
    return {contact.id: contact.name for contact in visit.plan.installation.contacts}


def _duty(visit: Visit, rota: Rota) -> Duty:
    schedules = {one.id: one for one in visit.plan.installation.schedules}
    names, zone = _names(visit), ZoneInfo(HOME_ZONE)
    now = on_duty(rota, schedules, zone, visit.now)
    then = next_on_duty(rota, schedules, zone, visit.now)
    at, who = then if then else (None, "")
    return Duty(rota, names.get(now, now), names.get(who, who), at)


def _told(visit: Visit, route: Route) -> str:
    """Whom a route reaches, by name: contacts, a rota, or the way it goes itself."""
    names = _names(visit)
    rotas = {one.id: visit.words.text(one.name) for one in visit.plan.installation.rotas}
    found = [names.get(one, one) for one in route.contacts]
    if route.rota is not None:
        found.append(visit.words("people.whoever", rota=rotas.get(route.rota, route.rota)))
    if route.notifier is not None:
        found.append(visit.words("people.itself", notifier=route.notifier))
    return ", ".join(found)


def _quiet(visit: Visit, contact: Contact) -> str:
    """When only urgent priorities ring, in words; empty for always."""
    schedules = {one.id: visit.words.text(one.name) for one in visit.plan.installation.schedules}
    if contact.quiet is None:
        return ""
    least = visit.words.of("priority", contact.quiet_from)
    return visit.words("people.quiet", schedule=schedules.get(contact.quiet, contact.quiet), priority=least.lower())


def _sent(visit: Visit, notes: Sequence[Notification]) -> Iterator[Sent]:
    names = _names(visit)
    alerts = visit.services.book.told_of([note.transition for note in notes])
    for note in notes:
        alert = alerts.get(note.transition)
        name = names.get(note.contact, note.contact) or visit.words("people.route", route=note.route)
        yield Sent(note, name, None if alert is None else line(visit, alert), since=_at(note))


def _at(note: Notification) -> Millis:
    return note.seen_at or note.sent_at or note.queued_at


def folded(messages: Iterable[Sent]) -> list[Sent]:
    """Newest first: those about one alert to one person that went the same way are one line."""
    found: dict[tuple[object, ...], Sent] = {}
    for number, one in enumerate(messages):
        about = one.alert.alert.id if one.alert else number
        key = (about, one.note.route, one.note.contact, one.note.state)
        kept = found.get(key)
        found[key] = replace(kept, earlier=kept.earlier + 1, since=one.since) if kept else one
    return list(found.values())
