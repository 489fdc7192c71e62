"""Plays the ministry's SPARING server on loopback: checks every token by hand, keeps what it accepts, errs as told.

The checks are written from the letter alone (RFC 7515 with `hmac`), so that they share nothing with the connector.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from support.servers import free_port, wait_for_port

HEADER = b'{"typ":"JWT","alg":"HS256"}'
DUPLICATE = "Terdapat duplikasi data"


class Fault(StrEnum):
    """What the next request meets."""

    REFUSED = "status false for a reason of its own"
    SERVER_ERROR = "HTTP 500 with a page"
    PAGE = "HTTP 200 with a page"
    PLAIN_TYPE = "the right answer, called text/html"
    SILENCE = "no answer until the client hangs up"
    CUT = "stored, then the connection breaks before the answer"
    ODD_SUCCESS = "stored, but told as HTTP 502 with a page"
    ROTATED = "the secret changes after it was handed out"
    NO_SECRET = "the secret's door answers HTTP 503"
    SECRET_PAGE = "the secret's door shows a page"
    UNLISTED = "duplicates are told without their list"
    EMPTY = "HTTP 200 with nothing in it"
    NO_STATUS = "a JSON object without status"
    WORD_STATUS = "the word true instead of the value"
    DRIP = "an answer that comes letter by letter and does not end"
    ECHO = "a refusal that repeats token and secret"
    ECHO_PAGE = "a page that repeats token and secret"


class Ministry:
    """One server. `faults` are used up one by one, each by the first request it concerns."""

    def __init__(self) -> None:
        self.port = free_port()
        self.secret = "rahasia-pertama"
        self.handed_out: list[str] = []
        self.uids = {"ABC3fe3fa2366e1acce66XYZ"}
        self.stored: dict[tuple[str, int], dict[str, Any]] = {}
        self.tested: list[dict[str, Any]] = []
        self.packages: list[list[int]] = []  # the slots of each that was signed well, tests left out
        self.tokens: list[str] = []
        self.faults: deque[Fault] = deque()
        self.written_as: Callable[[int], object] = int  # how duplicates are named
        self.after_storing: Callable[[], None] = lambda: None
        self._server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self.port}/api"

    def start(self) -> None:
        """Answer from now on."""
        config = uvicorn.Config(self._app(), host="127.0.0.1", port=self.port, log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait_for_port(self.port)

    def stop(self) -> None:
        """Nobody answers any more."""
        if self._server is not None:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join(10)
            self._server = None

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/secret-sensor", self._secret_door),
                Route("/api/testing", self._testing, methods=["POST"]),
                Route("/api/send", self._send, methods=["POST"]),
                Route("/api/send-hourly", self._send_hourly, methods=["POST"]),
            ]
        )

    def _meets(self, *faults: Fault) -> Fault | None:
        found = next((fault for fault in self.faults if fault in faults), None)
        if found is not None:
            self.faults.remove(found)
        return found

    async def _secret_door(self, _: Request) -> Response:
        fault = self._meets(Fault.NO_SECRET, Fault.SECRET_PAGE, Fault.ROTATED)
        if fault is Fault.NO_SECRET:
            return PlainTextResponse("maintenance", 503)
        if fault is Fault.SECRET_PAGE:
            return HTMLResponse("<html><body>Sedang dalam perbaikan</body></html>")
        given = self.secret
        self.handed_out.append(given)
        if fault is Fault.ROTATED:
            self.secret = f"{given}-baru"
        return PlainTextResponse(f"{given}\r\n")

    async def _testing(self, request: Request) -> Response:
        return await self._judged(request, lambda claims: [claims], self._keep_test)

    async def _send(self, request: Request) -> Response:
        return await self._judged(request, lambda claims: [claims], self._keep)

    async def _send_hourly(self, request: Request) -> Response:
        return await self._judged(request, lambda claims: claims["data"], self._keep)

    def _keep_test(self, uid: str, records: list[dict[str, Any]]) -> list[int]:
        self.tested += records
        return []

    def _keep(self, uid: str, records: list[dict[str, Any]]) -> list[int]:
        """Store all or nothing; the slots that are there already."""
        self.packages.append([record["datetime"] for record in records])
        known = [record["datetime"] for record in records if (uid, record["datetime"]) in self.stored]
        if not known:
            self.stored.update({(uid, record["datetime"]): record for record in records})
        return known

    async def _judged(
        self,
        request: Request,
        records_of: Callable[[dict[str, Any]], list[dict[str, Any]]],
        keep: Callable[[str, list[dict[str, Any]]], list[int]],
    ) -> Response:
        body = await request.json()
        early = await self._early(request) or self._odd(body)
        if early is not None:
            return early
        if request.headers["content-type"] != "application/json" or list(body) != ["token"]:
            return refused("Format tidak sesuai")
        claims = checked(body["token"], self.secret)
        if claims is None:
            return refused("Token tidak valid")
        self.tokens.append(body["token"])
        if claims["uid"] not in self.uids:
            return refused("uid tidak terdaftar")
        records = records_of(claims)
        known = keep(claims["uid"], records)
        self.after_storing()
        return self._late() or self._told(known)

    async def _early(self, request: Request) -> Response | None:
        """Answers that look at nothing."""
        fault = self._meets(Fault.REFUSED, Fault.SERVER_ERROR, Fault.PAGE, Fault.SILENCE)
        if fault is Fault.SILENCE:
            while (await request.receive())["type"] != "http.disconnect":
                pass
        if fault is Fault.REFUSED:
            return refused("Data tidak valid")
        if fault is Fault.SERVER_ERROR:
            return HTMLResponse("<h1>Internal Server Error</h1>", 500)
        return HTMLResponse("<html>Selamat datang</html>") if fault in (Fault.PAGE, Fault.SILENCE) else None

    def _odd(self, body: dict[str, str]) -> Response | None:
        """Answers that nobody would expect."""
        repeated = f"token {body['token']} secret {self.secret}"
        answers = {
            Fault.EMPTY: lambda: PlainTextResponse(""),
            Fault.NO_STATUS: lambda: JSONResponse({"message": "ok"}),
            Fault.WORD_STATUS: lambda: JSONResponse({"status": "true", "desc": None}),
            Fault.DRIP: lambda: StreamingResponse(_dripping()),
            Fault.ECHO: lambda: refused(repeated),
            Fault.ECHO_PAGE: lambda: HTMLResponse(f"<html>{repeated}</html>"),
        }
        fault = self._meets(*answers)
        return None if fault is None else answers[fault]()

    def _late(self) -> Response | None:
        """Answers that say something else than what was done."""
        fault = self._meets(Fault.CUT, Fault.ODD_SUCCESS, Fault.PLAIN_TYPE)
        if fault is Fault.CUT:
            return _Cut()
        if fault is Fault.ODD_SUCCESS:
            return HTMLResponse("<h1>Bad Gateway</h1>", 502)
        return HTMLResponse('{"status":true,"desc":null}') if fault is Fault.PLAIN_TYPE else None

    def _told(self, known: list[int]) -> Response:
        if not known:
            return JSONResponse({"status": True, "desc": "data berhasil disimpan"})
        named = {} if self._meets(Fault.UNLISTED) else {"data": [self.written_as(slot) for slot in known]}
        return JSONResponse({"status": False, "desc": DUPLICATE, **named})


async def _dripping() -> AsyncIterator[str]:
    """A letter now and then."""
    yield '{"status":'
    for _ in range(100):
        await asyncio.sleep(0.2)
        yield " "


class _Cut(Response):
    """Promises more than it sends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


def refused(why: str) -> Response:
    """Not valid, with HTTP 200 as the letter has it."""
    return JSONResponse({"status": False, "desc": why})


def checked(token: str, secret: str) -> dict[str, Any] | None:
    """The claims of a token whose header and signature are exactly as the letter says; None otherwise."""
    head, claims, signature = token.split(".")
    if _decoded(head) != HEADER or "=" in token:
        return None
    right = hmac.new(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(right, _decoded(signature)):
        return None
    found: dict[str, Any] = json.loads(_decoded(claims))
    return found


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@contextmanager
def ministry() -> Iterator[Ministry]:
    """A server of the test's own."""
    server = Ministry()
    server.start()
    yield server
    server.stop()
