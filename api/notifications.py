"""Routes: who is told, how and when. Never an address: those hold secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query

from api.access import InstalledOf, Reader, ServicesOf
from api.notification_schemas import ContactOut, NotificationOut, RotaOut, RouteOut, ScheduleOut
from api.openapi import READS
from api.paging import Cursor, Limit, opened, page_of, sealed
from api.schemas import ListOf
from domain.alert import NotificationState
from domain.registry import Contact, Rota, Route, Schedule

router = APIRouter(tags=["notifications"])

N = TypeVar("N", Contact, Rota, Route, Schedule)
S = TypeVar("S")
StateFilter = Annotated[NotificationState | None, Query(description="Only those in this state.")]


@router.get("/notifications", responses=READS, summary="Messages to people")
def list_notifications(
    caller: Reader, services: ServicesOf, state: StateFilter = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[NotificationOut]:
    """What was sent or waits to be, newest first, with why it failed."""
    page = services.book.outbox(opened("notifications", cursor), limit, state)
    items = [NotificationOut.of(one) for one in page.items]
    return ListOf(items=items, next=sealed("notifications", page.next))


@router.get("/contacts", responses=READS, summary="People who can be told")
def list_contacts(
    caller: Reader, installed: InstalledOf, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[ContactOut]:
    """By id. `channel` is the kind of address (`tgram`, `mailto`), never the address."""
    return _listed("contacts", installed.installation().contacts, ContactOut.of, limit, cursor)


@router.get("/routes", responses=READS, summary="Who is told of what")
def list_routes(
    caller: Reader, installed: InstalledOf, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RouteOut]:
    """By id. Empty lists of sites, stages or priorities mean all."""
    return _listed("routes", installed.installation().routes, RouteOut.of, limit, cursor)


@router.get("/rotas", responses=READS, summary="Who is on duty")
def list_rotas(caller: Reader, installed: InstalledOf, limit: Limit = 100, cursor: Cursor = None) -> ListOf[RotaOut]:
    """By id, each with its turns in order."""
    return _listed("rotas", installed.installation().rotas, RotaOut.of, limit, cursor)


@router.get("/schedules", responses=READS, summary="Working hours and shifts")
def list_schedules(
    caller: Reader, installed: InstalledOf, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[ScheduleOut]:
    """By id. A stretch whose end is at or before its start lies over midnight."""
    return _listed("schedules", installed.installation().schedules, ScheduleOut.of, limit, cursor)


def _listed(noun: str, nouns: tuple[N, ...], shown: Callable[[N], S], limit: int, cursor: str | None) -> ListOf[S]:
    page = page_of(sorted(nouns, key=lambda one: one.id), lambda one: one.id, opened(noun, cursor), limit)
    return ListOf(items=[shown(one) for one in page.items], next=sealed(noun, page.next))
