"""What every answer carries for the browser's sake, and the largest body a request may have."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

MAX_BODY = 1024 * 1024
MAX_FILE = 21 * 1024 * 1024  # a file of 20 MB in its form
ROOMY = ("/api/v1/files", "/laboratory")  # the only places that take files
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
    """ASGI middleware: security headers on every answer, 413 for bodies above 1 MiB (21 MiB where files
    are taken) however they are sent."""

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
        if _declared(scope) > most:
            await problem(413, _TOO_LARGE.format(most=most), {"Connection": "close"})(scope, receive, guarded)
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
