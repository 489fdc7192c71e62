"""Logging in and out, and choosing a language."""

from __future__ import annotations

import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from dashboard.frame import LANGUAGE_COOKIE, Visit
from dashboard.visits import NotLoggedIn, PageRoute, Passing, Posting, Refused, visitor
from domain.errors import Conflict, Invalid
from domain.services import SESSION_COOKIE
from domain.text import Language

GATE_COOKIE: Final = "pantau_gate"  # guards the login form, where there is no session yet
YEAR: Final = 365 * 86_400

router = APIRouter(route_class=PageRoute, include_in_schema=False)


def inside(target: str) -> str:
    """A path of ours to go on to; the overview for anything that could lead elsewhere."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if plain and target.isprintable() else "/"


def _login_page(visit: Visit, request: Request, target: str, status: int, error: str, **values: object) -> Response:
    gate = request.cookies.get(GATE_COOKIE) or secrets.token_urlsafe(24)
    message = visit.words(error, **values) if error else ""
    page = visit.page("login.html", status=status, gate=gate, target=inside(target), error=message)
    page.set_cookie(GATE_COOKIE, gate, httponly=True, samesite="lax", secure=visit.services.secure_cookies)
    return page


@router.get("/login")
def login_form(visit: Passing, request: Request, target: str = "/") -> Response:
    """The form; somebody already logged in goes straight on."""
    try:
        visitor(request)
    except NotLoggedIn:
        return _login_page(visit, request, target, 200, "")
    return RedirectResponse(inside(target), 303)


@router.post("/login")
def log_in(
    visit: Passing,
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    gate: Annotated[str, Form()] = "",
    target: Annotated[str, Form()] = "/",
) -> Response:
    """Begin a session, or say what was wrong without saying which."""
    expected = request.cookies.get(GATE_COOKIE, "")
    if not expected or not secrets.compare_digest(gate.encode(), expected.encode()):
        return _login_page(visit, request, target, 403, "login.stale")
    address = request.client.host if request.client else ""
    try:
        cookie, session = visit.services.authenticator.log_in(name.strip(), password, address, visit.now)
    except Invalid:
        return _login_page(visit, request, target, 401, "login.wrong")
    except Conflict as throttled:
        return _login_page(visit, request, target, 429, "login.throttled", seconds=throttled.present)
    answer = RedirectResponse(inside(target), 303)
    _keep(answer, SESSION_COOKIE, cookie, (session.expires_at - visit.now) // 1000, visit)
    answer.delete_cookie(GATE_COOKIE)
    return answer


def _keep(answer: Response, name: str, value: str, age: int, visit: Visit) -> None:
    secure = visit.services.secure_cookies
    answer.set_cookie(name, value, max_age=age, httponly=True, samesite="lax", secure=secure)


@router.post("/logout")
def log_out(visit: Posting, request: Request) -> Response:
    """End the session."""
    visit.services.authenticator.log_out(request.cookies.get(SESSION_COOKIE, ""))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.post("/language")
def choose_language(
    visit: Passing,
    request: Request,
    language: Annotated[Language, Form()],
    csrf: Annotated[str, Form()] = "",
    target: Annotated[str, Form()] = "/",
) -> Response:
    """Remember the language: of the person when there is one, and in a cookie for the login page."""
    try:
        known = visitor(request)
    except NotLoggedIn:
        known = visit
    if known.session is not None:
        if not secrets.compare_digest(csrf.encode(), known.session.csrf.encode()):
            raise Refused("refused.form")
        visit.services.authenticator.set_language(known.who, language)
    answer = RedirectResponse(inside(target), 303)
    _keep(answer, LANGUAGE_COOKIE, language, YEAR, visit)
    return answer
