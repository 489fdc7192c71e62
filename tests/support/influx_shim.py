"""Makes Debian's InfluxDB 1.6.7 answer as 1.8 and later do, and breaks on demand.

`/api/v2/write` becomes `/write`, `/health` answers, all else is passed on. `fault` makes the next writes (or, with
`reads`, the queries too) fail: with a status, by hanging, or after having stored the points.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from support.servers import free_port, wait_for_port


@dataclass
class Fault:
    """What goes wrong, and how many times still."""

    times: int
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0  # s before the answer
    after_commit: bool = False  # the points are stored, yet the answer is an error
    reads: bool = False


class InfluxShim:
    """The server; `fault` may be set at any time, `writes` counts the write requests that came."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.fault: Fault | None = None
        self.writes = 0
        self._client: httpx.AsyncClient | None = None

    async def _pass_on(self, request: Request, path: str, params: dict[str, str]) -> Response:
        assert self._client is not None
        kept = {k: v for k, v in request.headers.items() if k in ("content-encoding", "content-type", "accept")}
        try:
            answer = await self._client.request(
                request.method, path, params=params, content=await request.body(), headers=kept
            )
        except httpx.TransportError as error:  # the real server is away
            return JSONResponse({"error": str(error)}, 503)
        headers = {k: v for k, v in answer.headers.items() if k.lower().startswith(("x-influxdb", "content-type"))}
        return Response(answer.content, answer.status_code, headers)

    def _take_fault(self) -> Fault | None:
        fault = self.fault
        if fault is None or fault.times <= 0:
            return None
        fault.times -= 1
        return fault

    async def _write(self, request: Request) -> Response:
        self.writes += 1
        query = request.query_params
        params = {"db": query.get("bucket", ""), "precision": query.get("precision", "ns")}
        fault = self._take_fault()
        if fault is None:
            return await self._pass_on(request, "/write", params)
        await asyncio.sleep(fault.hang)
        if fault.after_commit:
            await self._pass_on(request, "/write", params)
        return JSONResponse({"error": "fault injected"}, fault.status, fault.headers)

    async def _other(self, request: Request) -> Response:
        if self.fault is not None and self.fault.reads and (fault := self._take_fault()):
            return JSONResponse({"error": "fault injected"}, fault.status)
        answer = await self._pass_on(request, request.url.path, dict(request.query_params))
        if "x-influxdb-version" in answer.headers:
            answer.headers["x-influxdb-version"] = "1.8.10"
        return answer

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(base_url=self.upstream, timeout=60) as self._client:
            yield

    async def _health(self, _: Request) -> Response:
        return JSONResponse({"name": "influxdb", "status": "pass", "version": "1.8.10"})

    @contextmanager
    def running(self) -> Iterator[InfluxShim]:
        """Serve in a thread of its own."""
        routes = [
            Route("/api/v2/write", self._write, methods=["POST"]),
            Route("/health", self._health),
            Route("/{path:path}", self._other, methods=["GET", "POST"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes, lifespan=self._lifespan), host="127.0.0.1", port=self.port, log_level="error"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_for_port(self.port)
        yield self
        server.should_exit = True
        thread.join(10)
