"""Routes: logging in and out, who am I."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.access import Caller, Reader, ServicesOf
from api.errors import Forbidden, TooManyTries
from api.openapi import CHANGES, READS, problems
from api.people_schemas import LanguageChoice, Login, Me
from domain.account import AuditEntry, Identity, Session
from domain.errors import Conflict
from domain.reading import Millis
from domain.services import SESSION_COOKIE, Services

router = APIRouter(tags=["session"])


@router.post("/login", responses=problems(400, 403, 413, 422, 429, 503), summary="Log in")
def log_in(request: Request, response: Response, services: ServicesOf, body: Login) -> Me:
    """Begins a session: the answer sets the cookie and gives the CSRF token that changes need."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Forbidden("log in from our own pages")
    now = services.clock()
    address = request.client.host if request.client else ""
    try:
        secret, session = services.authenticator.log_in(body.name, body.password.get_secret_value(), address, now)
    except Conflict as wait:
        raise TooManyTries(int(wait.present)) from None
    _set_cookie(response, services, secret, session, now)
    return Me.of(_identity(services, secret, now), session)


def _identity(services: Services, secret: str, now: Millis) -> Identity:
    found = services.authenticator.session(secret, now)
    if found is None:
        raise Conflict("the session ended at once: try again", "ended")
    return found[0]


def _set_cookie(response: Response, services: Services, secret: str, session: Session, now: Millis) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=(session.expires_at - now) // 1000,
        httponly=True,
        samesite="lax",
        secure=services.secure_cookies,
    )


@router.post("/logout", status_code=204, responses=problems(401, 403, 503), summary="Log out")
def log_out(caller: Reader, response: Response, services: ServicesOf) -> None:
    """Ends the session. A program has none to end."""
    _person(caller)
    services.authenticator.log_out(caller.secret)
    _record(services, caller, "log_out", None)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=services.secure_cookies)


@router.get("/me", responses=READS, summary="Who is asking")
def get_me(caller: Reader) -> Me:
    """The caller's name, role and language, and the CSRF token of the session."""
    return Me.of(caller.identity, caller.session)


@router.post("/me/language", responses=CHANGES, summary="Choose a language")
def set_my_language(caller: Reader, services: ServicesOf, body: LanguageChoice) -> Me:
    """The language of the pages for the caller from now on. Programs have none."""
    _person(caller)
    services.authenticator.set_language(caller.name, body.language)
    _record(services, caller, "set_language", f'"{body.language}"')
    known = caller.identity
    return Me.of(Identity(known.name, known.role, body.language, known.program), caller.session)


def _person(caller: Caller) -> None:
    if caller.identity.program:
        raise Forbidden("this is for people with a session, not for programs")


def _record(services: Services, caller: Caller, action: str, after: str | None) -> None:
    target = f"user/{caller.name}"
    services.audit.add(AuditEntry(at=services.clock(), who=caller.name, action=action, target=target, after=after))
