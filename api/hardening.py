"""What every answer carries for the browser's sake, and the largest body a request may have."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import permit_sending
from api.errors import Forbidden, Unauthenticated, from_domain, page_or_problem, problem, wants_page
from domain.account import Action
from domain.errors import PantauError

MAX_BODY = 1024 * 1024
MAX_FILE = 21 * 1024 * 1024  # the files of one form, 20 MB together, and its other fields
ROOMY: Final = {  # the only places that take files, and what somebody must be allowed to do there
    "/api/v1/files": Action.COMMENT,
    "/laboratory": Action.COMMENT,
    "/conditions": Action.ACKNOWLEDGE,
}
MOST_DRAINED = 4 * MAX_FILE  # a browser reads an answer only when it has sent its form
# Scripts come from our own files only. Styles may stand inline: uPlot sizes its canvases that way.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TOO_LARGE = "a request body may have at most {most} bytes"


class Hardening:
    """ASGI middleware: security headers on every answer, 413 for bodies above 1 MiB however they are sent. Where
    files are taken a body has 21 MiB, once it is known that the caller may send it.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = self._with_headers(scope, send)
        most = MAX_FILE if scope["path"] in ROOMY else MAX_BODY
        if (declared := _declared(scope)) > most:
            await _drain(receive, declared, scope)
            refused = problem(413, _TOO_LARGE.format(most=most), {"Connection": "close"})
            await (await run_in_threadpool(page_or_problem, Request(scope), refused))(scope, receive, guarded)
            return
        small = 0 < declared <= MAX_BODY or most == MAX_BODY or scope["method"] != "POST"
        if not small and (stranger := await run_in_threadpool(_refused, scope)) is not None:
            await _drain(receive, declared, scope)
            await stranger(scope, receive, guarded)
            return
        await self._app(scope, _counted(receive, most), guarded)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        private = scope["path"].startswith("/api/")

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if private:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return guarded


def _declared(scope: Scope) -> int:
    """The length the request claims, 0 where it claims none; the server itself refuses a garbled one."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _refused(scope: Scope) -> Response | None:
    """What a caller is told who may not send files here: before the body is read. None for one who may."""
    request = Request(scope)
    try:
        permit_sending(request, ROOMY[scope["path"]])
    except (Unauthenticated, Forbidden) as refused:
        return page_or_problem(request, from_domain(refused))
    except PantauError:
        return None  # the route says what is away
    return None


async def _drain(receive: Receive, declared: int, scope: Scope) -> None:
    """Let a browser finish its form, and keep nothing of it; programs and absurd lengths are not waited for."""
    if not wants_page(Request(scope)) or declared > MOST_DRAINED:
        return
    while (await receive()).get("more_body", False):
        pass


def _counted(receive: Receive, most: int) -> Receive:
    """Counts what really comes: a chunked body claims no length."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, _TOO_LARGE.format(most=most))
        return message

    return counted
