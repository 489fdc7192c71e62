"""A real HTTP receiver on loopback that answers as told and keeps what it was sent."""

from __future__ import annotations

import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Receiver:
    """`answers` are used up one by one: a status, or None to stay silent until `stop`; then 200."""

    def __init__(self) -> None:
        self.answers: deque[int | None] = deque()
        self.received: list[dict[str, Any]] = []
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        """An address with a secret in it."""
        return f"http://127.0.0.1:{self._server.server_port}/hook/s3cret?token=s3cret"

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
                content = self.rfile.read(int(self.headers["content-length"]))
                status = receiver.answers.popleft() if receiver.answers else 200
                if status is None:
                    receiver._released.wait()
                    self.close_connection = True
                    return
                receiver.received.append(msgspec.json.decode(content))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Quiet."""

        return Handler
