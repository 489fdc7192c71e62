"""Who is looking at a page, and what they get when they may not or something is wrong."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final
from urllib.parse import quote

import structlog
from fastapi import Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute

from dashboard.frame import Visit, dashboard_of, language_of
from domain.account import Action
from domain.errors import Conflict, Invalid, NotFound, PantauError, Unavailable
from domain.services import SESSION_COOKIE

log = structlog.get_logger()


class NotLoggedIn(Exception):
    """Nobody is behind the request."""


class Refused(Exception):
    """The form is not ours, or the role does not include it. `reason` is a phrase's key."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def url_of(request: Request) -> str:
    """The path with its query."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def passer_by(request: Request) -> Visit:
    """A visit by nobody in particular."""
    dashboard = dashboard_of(request)
    return Visit(dashboard, language_of(request), dashboard.services.clock(), request.url.path, url_of(request))


def visitor(request: Request) -> Visit:
    """A visit by somebody who has logged in. Raises NotLoggedIn."""
    dashboard = dashboard_of(request)
    now = dashboard.services.clock()
    cookie = request.cookies.get(SESSION_COOKIE)
    found = dashboard.services.authenticator.session(cookie, now) if cookie else None
    if found is None:
        raise NotLoggedIn
    identity, session = found
    return Visit(dashboard, identity.language, now, request.url.path, url_of(request), identity, session)


def form_visitor(visit: Annotated[Visit, Depends(visitor)], csrf: Annotated[str, Form()] = "") -> Visit:
    """A visit that posts one of our own forms. Raises Refused for anybody else's."""
    if visit.session is None or not secrets.compare_digest(csrf.encode(), visit.session.csrf.encode()):
        raise Refused("refused.form")
    return visit


Passing = Annotated[Visit, Depends(passer_by)]
Visiting = Annotated[Visit, Depends(visitor)]
Posting = Annotated[Visit, Depends(form_visitor)]


def permit(visit: Visit, action: Action) -> None:
    """Raise Refused unless the person's role includes the action."""
    if not visit.may(action):
        raise Refused("refused.role")


def login_redirect(request: Request) -> Response:
    """To the login page and back. A fragment asked for by htmx moves the whole page."""
    target = "/login" if request.method != "GET" else f"/login?target={quote(url_of(request), safe='')}"
    if request.headers.get("HX-Request"):
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse(target, 303)


def _known(request: Request) -> Visit:
    """The visit of whoever it is, for an error page; nobody when even that cannot be told."""
    try:
        return visitor(request)
    except (NotLoggedIn, PantauError):
        return passer_by(request)


def _answer(request: Request, status: int, title: str, detail: str = "") -> Response:
    return _known(request).page("problem.html", status=status, title=title, detail=detail)


def problem(request: Request, error: Exception) -> Response:
    """An error as a page that says what is wrong and what to do."""
    match error:
        case NotLoggedIn():
            return login_redirect(request)
        case Refused():
            return _answer(request, 403, error.reason)
        case NotFound():
            return _answer(request, 404, "problem.not_found")
        case Conflict():
            return _answer(request, 409, "problem.conflict", error.present)
        case Unavailable():
            log.warning("page unavailable", path=request.url.path, error=str(error))
            return _answer(request, 503, "problem.unavailable")
        case Invalid() | RequestValidationError():
            return _answer(request, 422, "problem.invalid", str(error) if isinstance(error, Invalid) else "")
        case _:
            raise error


def error_page(request: Request, status: int) -> Response | None:
    """A page for what a browser asked for outside our own routes; None where we have no words for it."""
    if status == 401:
        return login_redirect(request)
    title = _TITLES.get(status)
    return None if title is None else _answer(request, status, title)


_TITLES: Final = {403: "refused.role", 404: "problem.not_found", 413: "problem.too_large"}
HANDLED = (NotLoggedIn, Refused, PantauError, RequestValidationError)


class PageRoute(APIRoute):
    """A route whose errors are pages, whatever the application does with those of its API."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler inside our own error handling."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handle(request)
            except HANDLED as error:
                return await run_in_threadpool(problem, request, error)

        return guarded
