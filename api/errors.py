"""Every error on the wire is a problem document (RFC 9457), mapped here from `domain.errors`."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from domain.errors import Conflict, Invalid, NotFound, NotPermitted, PantauError, Unavailable, WriteRejected

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds a caller is asked to wait while something is away
PROGRAM_PATHS = ("/api", "/health", "/metrics", "/openapi")

Place = tuple[str | int, ...]

log = structlog.get_logger()


class Unauthenticated(PantauError):
    """Nobody we know is asking."""


class Forbidden(PantauError):
    """Somebody we know, who may not do this."""


class TooManyTries(PantauError):
    """Wait `seconds` before the next try."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"too many tries: wait {seconds} s")


_STATUS: dict[type[PantauError], HTTPStatus] = {
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    NotPermitted: HTTPStatus.SERVICE_UNAVAILABLE,
    WriteRejected: HTTPStatus.SERVICE_UNAVAILABLE,
}
_TITLES = {422: "The request is not valid", 413: "The body is too large"}
_HIDDEN = {
    Unavailable: "a store is away for now; nothing was changed",
    NotPermitted: "the store refuses the service; whoever runs it must look at its log",
    WriteRejected: "the store refused this; whoever runs the service must look at its log",
}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """A problem document. `more` are its extension members."""
    phrase = HTTPStatus(status).phrase
    body = {
        "type": f"urn:pantau:problem:{phrase.lower().replace(' ', '-')}",
        "title": _TITLES.get(status, phrase),
        "status": status,
        "detail": detail,
        **more,
    }
    return Response(msgspec.json.encode(body), status, dict(headers or {}), MEDIA_TYPE)


def _status_of(error: PantauError) -> HTTPStatus:
    for kind in type(error).__mro__:
        if kind in _STATUS:
            return _STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _detail_of(error: PantauError) -> str:
    """What may be said outside: a store's own words are for the log."""
    return next((text for kind, text in _HIDDEN.items() if isinstance(error, kind)), str(error))


def _more_of(error: PantauError) -> tuple[dict[str, str], dict[str, Any]]:
    """Headers and extension members that belong to one kind of error."""
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="pantau"'}, {}
    if isinstance(error, TooManyTries):
        return {"Retry-After": str(error.seconds)}, {}
    if isinstance(error, Conflict):
        return {}, {"present": error.present}
    if isinstance(error, Invalid):
        return {}, {"errors": [{"field": error.field, "message": str(error)}]}
    if isinstance(error, Unavailable | NotPermitted | WriteRejected):
        return {"Retry-After": str(RETRY_AFTER)}, {}
    return {}, {}


def from_domain(error: PantauError) -> Response:
    """The problem document of one of our own errors."""
    status = _status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return problem(status, "something went wrong here; it was logged")
    headers, more = _more_of(error)
    return problem(status, _detail_of(error), headers, **more)


def page_or_problem(request: Request, answer: Response) -> Response:
    """A page for people where the dashboard offers one (`app.state.error_page(request, status)`), for paths
    that are not for programs.
    """
    make = getattr(request.app.state, "error_page", None)
    if make is None or not wants_page(request):
        return answer
    page: Response | None = make(request, answer.status_code)
    return answer if page is None else page


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks, for a path that is not for programs."""
    wanted = "text/html" in request.headers.get("accept", "")
    return wanted and not request.url.path.startswith(PROGRAM_PATHS)


def _on_domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, PantauError)
    if _status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("api.unavailable", path=request.url.path, kind=type(error).__name__, error=str(error))
    return page_or_problem(request, from_domain(error))


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = problem(error.status_code, str(error.detail), error.headers)
    return page_or_problem(request, answer)


def _on_validation(request: Request, error: Exception) -> Response:
    """Names each wrong field, without repeating what was sent (it may be a password)."""
    assert isinstance(error, RequestValidationError)
    wrong = [
        {"field": _field(one["loc"], str(one["type"]), error.body), "message": str(one["msg"])}
        for one in error.errors()
    ]
    fields = ", ".join(dict.fromkeys(one["field"] for one in wrong))
    return page_or_problem(request, problem(422, f"not valid: {fields}", errors=wrong))


def _field(place: Place, kind: str, sent: Any) -> str:
    """`("query", "max_points")` becomes `max_points`; what is wrong with the body as a whole, `body`."""
    if kind == "json_invalid":
        return str(place[0])
    inner = _as_sent(place[1:], kind, sent) if place[0] == "body" else list(place[1:])
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        inner.append("kind")
    return ".".join(str(part) for part in inner) or str(place[0])


def _as_sent(place: Place, kind: str, sent: Any) -> list[str | int]:
    """Without the words that stand in pydantic's place but not in what was sent: kinds of rules and the like."""
    inner: list[str | int] = []
    for part in place:
        if _stands_in(sent, part):
            sent = sent[part]
        elif kind != "missing" or part != place[-1]:
            continue
        inner.append(part)
    return inner


def _stands_in(sent: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(sent, list) and part < len(sent)
    return isinstance(sent, dict) and part in sent


def _on_bug(request: Request, error: Exception) -> Response:
    """The trace goes to the log, none of it outside."""
    log.error("api.failed", method=request.method, path=request.url.path, exc_info=error)
    return page_or_problem(request, problem(500, "something went wrong here; it was logged"))


def install_errors(app: FastAPI) -> None:
    """Give every error of the application its one shape."""
    app.add_exception_handler(PantauError, _on_domain)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(Exception, _on_bug)
