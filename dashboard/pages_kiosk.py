"""The screen for study visits, by signed link: no log-in, nothing to press, no names; and the list of links."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from dashboard.frame import HEADERS, Visit
from dashboard.kiosk import across, board
from dashboard.visits import PageRoute, Passing, Posting, Visiting, permit
from domain.account import Action
from domain.errors import Invalid, NotFound, PantauError, Unavailable
from domain.kiosk import KioskLinks
from domain.registry import Site
from domain.text import Language

EVERY: Final = 5.0  # s between two states of the screen
LOOK: Final = 0.5  # s between two looks whether the server is to stop
LASTS: Final = 300.0  # s of one stream; the browser opens the next by itself
STREAMS: Final = 50
AGAIN: Final = 30  # s until a page that found no data is loaded again
PUBLIC: Final = {**HEADERS, "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/kiosk/{token}")
def kiosk_page(visit: Passing, token: str, language: str = "") -> Response:
    """The screen; in the link's language unless another one is asked for. A link that counts no more, and a server
    that has no data just now, are told in a sentence: whoever stands before it has no log-in and nothing to mend.
    """
    try:
        return _screen(*_behind(visit, token, language), token)
    except NotFound:
        return _instead(visit, language, 404, "gone")
    except Unavailable:
        return _instead(visit, language, 503, "busy")


def _screen(spoken: Visit, site: Site, token: str) -> Response:
    shown = board(spoken, site)
    return spoken.page(
        "kiosk.html",
        headers=PUBLIC,
        zone=site.timezone,
        board=shown,
        across=across(len(shown.lines)),
        token=token,
        other=_other(spoken.language),
    )


def _instead(visit: Visit, language: str, status: int, why: str) -> Response:
    """A plain page without a way to anywhere; one that waits for the server looks again by itself."""
    spoken = replace(visit, language=Language(language)) if language in list(Language) else visit
    headers = {**PUBLIC, "Refresh": str(AGAIN)} if status == 503 else PUBLIC
    return spoken.page("kiosk_gone.html", status=status, headers=headers, why=why, other=_other(spoken.language))


def _other(language: Language) -> Language:
    return Language.EN if language is Language.ID else Language.ID


@router.get("/kiosk/{token}/now")
def kiosk_now(visit: Passing, token: str, language: str = "") -> Response:
    """The values of the screen, for a page that asks whether the server is back."""
    return Response(_state(visit, token, language), media_type="application/json", headers=PUBLIC)


@router.get("/kiosk/{token}/stream")
async def kiosk_stream(request: Request, visit: Passing, token: str, language: str = "") -> Response:
    """Every five seconds what the screen shows. Ends by itself after a while; browsers come again."""
    dashboard = visit.dashboard
    if dashboard.kiosk_streams >= STREAMS:
        raise Unavailable("too many screens")
    first = await run_in_threadpool(_state, visit, token, language)

    async def told() -> AsyncIterator[bytes]:
        dashboard.kiosk_streams += 1
        try:
            yield b"retry: 3000\n\n" + _event(first)
            async for _ in _beats(request):
                now = replace(visit, now=dashboard.services.clock())
                try:
                    yield _event(await run_in_threadpool(_state, now, token, language))
                except NotFound:
                    yield b"event: gone\ndata: {}\n\n"
                    return
                except PantauError:
                    yield b": away\n\n"
        finally:
            dashboard.kiosk_streams -= 1

    headers = {**PUBLIC, "X-Accel-Buffering": "no"}
    return StreamingResponse(told(), media_type="text/event-stream", headers=headers)


async def _beats(request: Request) -> AsyncIterator[None]:
    """A beat every `EVERY` seconds, for at most `LASTS`, until the server stops."""
    loop = asyncio.get_running_loop()
    end, due = loop.time() + LASTS, loop.time() + EVERY
    while loop.time() < end and not request.app.state.live.closed:
        await asyncio.sleep(LOOK)
        if loop.time() >= due:
            due += EVERY
            yield


def _event(state: bytes) -> bytes:
    return b"event: now\ndata: " + state + b"\n\n"


def _state(visit: Visit, token: str, language: str) -> bytes:
    """Raises NotFound for a link that is forged or revoked."""
    spoken, site = _behind(visit, token, language)
    found = board(spoken, site)
    values = {value.key: {"v": value.text, "u": value.unit, "s": value.standing, "r": value.remark}
              for line in found.lines for value in line.values}  # fmt: skip
    clock = spoken.formats(site.timezone).clock(spoken.now)
    return msgspec.json.encode(
        {
            "version": spoken.services.version,
            "clock": clock,
            "verdict": found.verdict,
            "condition": found.condition,
            "because": found.because,
            "away": found.away,
            "values": values,
        }
    )


def _behind(visit: Visit, token: str, language: str) -> tuple[Visit, Site]:
    """The visit in the screen's language, and its site."""
    link = _links(visit).read(token)
    wanted = language if language in list(Language) else link.language
    return replace(visit, language=Language(wanted)), visit.plan.site(link.site)


def _links(visit: Visit) -> KioskLinks:
    if visit.services.kiosks is None:
        raise NotFound("kiosk")
    return visit.services.kiosks


# ── the admin's list ────────────────────────────────────────────────────────────────────────────


@router.get("/kiosk-links")
def links_page(visit: Visiting, wrong: str = "") -> Response:
    """Every link, and a form for another one."""
    permit(visit, Action.CONFIGURE)
    links = _links(visit)
    listed = [(link, "" if link.revoked_at else links.address(link)) for link in links.all()]
    places = list(visit.plan.sites.values())
    return visit.page("kiosk_links.html", links=listed, places=places, wrong=wrong == "name")


@router.post("/kiosk-links")
def make_link(
    visit: Posting,
    name: Annotated[str, Form(max_length=200)] = "",
    site: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "id",
) -> Response:
    """A link for another screen."""
    permit(visit, Action.CONFIGURE)
    found = visit.plan.site(site)
    try:
        _links(visit).make(name, found.id, language, visit.who, visit.now)
    except Invalid:
        return RedirectResponse("/kiosk-links?wrong=name", 303)
    return RedirectResponse("/kiosk-links", 303)


@router.post("/kiosk-links/{link}/revoke")
def revoke_link(visit: Posting, link: str) -> Response:
    """From now on it shows nothing."""
    permit(visit, Action.CONFIGURE)
    _links(visit).revoke(link, visit.who, visit.now)
    return RedirectResponse("/kiosk-links", 303)
