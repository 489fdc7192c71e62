"""What a route may know of its caller: the services, who asks, and whether they may."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Depends, Request

from api.errors import Forbidden, Unauthenticated
from api.installed import Installed
from domain.account import Action, Identity, Session, may
from domain.services import SESSION_COOKIE, Services

CSRF_HEADER: Final = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_BEARER = "bearer "

# Stated in the OpenAPI document by `api.openapi`; resolving them as dependencies would cost every request.
SCHEMES: Final = {
    "token": {"type": "http", "scheme": "bearer", "description": "A program's key: `pantau token create`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": f"A person's session from `POST /api/v1/login`; changes need the header `{CSRF_HEADER}` too.",
    },
}


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _installed(request: Request) -> Installed:
    installed: Installed = request.app.state.installed
    return installed


ServicesOf = Annotated[Services, Depends(_services)]
InstalledOf = Annotated[Installed, Depends(_installed)]


class Caller:
    """An identity, with the session it came by (None for a program)."""

    def __init__(self, identity: Identity, session: Session | None, secret: str) -> None:
        self.identity = identity
        self.session = session
        self.secret = secret

    @property
    def name(self) -> str:
        """Who stands in the audit log."""
        return self.identity.name


def recognise(request: Request) -> Caller:
    """The caller. Raises Unauthenticated; Forbidden for a change by cookie without its CSRF token."""
    caller = _known(request)
    if caller.session is not None:
        _check_origin(request, caller.session)
    return caller


def permit_sending(request: Request, action: Action) -> None:
    """Before a large body is read, whose form holds the CSRF token: only who sends it, and whether the role includes
    what it is sent for. Raises Unauthenticated, Forbidden.
    """
    _require(_known(request), action)


def _require(caller: Caller, action: Action) -> None:
    if not may(caller.identity.role, action):
        raise Forbidden(f"the role {caller.identity.role} may not {action}")


def _known(request: Request) -> Caller:
    """Whose token or session it is. Raises Unauthenticated."""
    services: Services = request.app.state.services
    now = services.clock()
    sent = request.headers.get("authorization")
    if sent is not None:
        token = sent[len(_BEARER) :].strip() if sent.lower().startswith(_BEARER) else ""
        program = services.authenticator.program(token, now)
        if program is None:
            raise Unauthenticated("the token is unknown or revoked")
        return Caller(program, None, token)
    cookie = request.cookies.get(SESSION_COOKIE)
    found = services.authenticator.session(cookie, now) if cookie else None
    if cookie is None or found is None:
        raise Unauthenticated("log in, or send a token as `Authorization: Bearer …`")
    return Caller(found[0], found[1], cookie)


def _check_origin(request: Request, session: Session) -> None:
    """A page of another site can send our cookie, but never knows the token that goes with it."""
    sent = request.headers.get(CSRF_HEADER, "")
    if request.method not in _SAFE and not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise Forbidden(f"a change with a session needs the header {CSRF_HEADER} (see GET /api/v1/me)")


def permit(action: Action) -> Callable[[Request], Caller]:
    """A dependency that lets through callers whose role includes the action."""

    def permitted(request: Request) -> Caller:
        caller = recognise(request)
        _require(caller, action)
        return caller

    return permitted


def permit_person(action: Action) -> Callable[[Request], Caller]:
    """As `permit`, for a person who has logged in: a signature is never a program's."""
    allowed = permit(action)

    def permitted(request: Request) -> Caller:
        caller = allowed(request)
        if caller.session is None:
            raise Forbidden("a signature is a person's: log in, a token does not sign")
        return caller

    return permitted


Reader = Annotated[Caller, Depends(permit(Action.READ))]
Commenter = Annotated[Caller, Depends(permit(Action.COMMENT))]
Acknowledger = Annotated[Caller, Depends(permit(Action.ACKNOWLEDGE))]
Shelver = Annotated[Caller, Depends(permit(Action.SHELVE))]
Calibrator = Annotated[Caller, Depends(permit(Action.CALIBRATE))]
Signer = Annotated[Caller, Depends(permit(Action.SIGN))]
SigningPerson = Annotated[Caller, Depends(permit_person(Action.SIGN))]
Configurer = Annotated[Caller, Depends(permit(Action.CONFIGURE))]
