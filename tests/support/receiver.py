"""A real HTTP receiver on loopback that answers as told and keeps what it was sent."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import msgspec

Answer = int | None | tuple[int, Mapping[str, str]]


class Request(NamedTuple):
    """One request as it came."""

    method: str
    path: str
    body: bytes


class Receiver:
    """`answers` are used up one by one: a status (with headers), or None to stay silent until `stop`; then 200.

    `received` are the JSON bodies of those that were answered, `requests` all of them. While `away` every connection
    is broken off unanswered.
    """

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque()
        self.received: list[dict[str, Any]] = []
        self.requests: list[Request] = []
        self.away = False
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """An address with a secret in it."""
        return f"http://{self.host}/hook/s3cret?token=s3cret"

    @property
    def subjects(self) -> list[str]:
        """What was told, in order."""
        return [message["subject"] for message in self.received]

    def stop(self) -> None:
        """Let go of whoever waits, and end."""
        self._released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("content-length", 0)))
                receiver.requests.append(Request(self.command, self.path, content))
                if receiver.away:
                    self.close_connection = True
                    return
                answer = receiver.answers.popleft() if receiver.answers else 200
                if answer is None:
                    receiver._released.wait()
                    self.close_connection = True
                    return
                receiver._keep(content)
                self._answer(*(answer if isinstance(answer, tuple) else (answer, {})))

            def do_GET(self) -> None:
                self.do_POST()

            def _answer(self, status: int, headers: Mapping[str, str]) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Quiet."""

        return Handler

    def _keep(self, content: bytes) -> None:
        if content.startswith(b"{"):
            self.received.append(msgspec.json.decode(content))
