"""Tells somebody outside that the checks run, in the manner of healthchecks: no ping means that we are dead.

A tick only leaves a note; a thread of its own sends it. Whatever goes wrong with that is counted and nothing else:
the alerts must never wait for, or fall over, whoever watches them.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx
from msgspec import Struct

from alerts.secrets import shown
from domain.reading import Millis

TIMEOUT: Final = 5.0  # s
LONGEST_REASON: Final = 1000  # characters


class Pinged(Struct):
    """What came of it. `error` names no more of the address than its host."""

    sent: int = 0
    failed: int = 0
    error: str | None = None


class DeadMan:
    """One ping at most every so many seconds; a change from well to failing, or back, is told at once."""

    def __init__(self, url: str | None, every: float = 60.0, timeout: float = TIMEOUT) -> None:
        """Without a URL nothing is ever sent."""
        self._url = url
        self._every = round(every * 1000)
        self._timeout = timeout
        self._last: tuple[Millis, bool] | None = None
        self._sending: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="dead-man")
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._count = Pinged()

    def ticked(self, now: Millis) -> None:
        """The checks ran."""
        self._note(now, None)

    def failed(self, reason: str, now: Millis) -> None:
        """A check failed; `reason` is shown by the watcher, so it must hold no secret."""
        self._note(now, reason)

    def count(self) -> Pinged:
        """So far."""
        with self._lock:
            return Pinged(self._count.sent, self._count.failed, self._count.error)

    def close(self) -> None:
        """Waits for the ping under way, five seconds at most."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._client is not None:
            self._client.close()

    def _note(self, now: Millis, reason: str | None) -> None:
        well = reason is None
        if self._url is None or not self._due(now, well) or (self._sending and not self._sending.done()):
            return
        self._last = (now, well)
        self._sending = self._pool.submit(self._send, self._url, reason)

    def _due(self, now: Millis, well: bool) -> bool:
        if self._last is None:
            return True
        at, was_well = self._last
        return was_well is not well or not at <= now < at + self._every  # also where the clock was set back

    def _send(self, url: str, reason: str | None) -> None:
        error: str | None = None
        try:
            if self._client is None:
                self._client = httpx.Client(timeout=self._timeout, headers={"user-agent": "pantau"})
            answer = self._client.get(url) if reason is None else self._fail(self._client, url, reason)
            if not answer.is_success:
                error = f"{shown(url)}: HTTP {answer.status_code}"
        except Exception as trouble:  # noqa: BLE001 - whatever it is, it is counted and told without the address
            error = f"{shown(url)}: {type(trouble).__name__}"
        with self._lock:
            self._count.sent += error is None
            self._count.failed += error is not None
            self._count.error = error

    @staticmethod
    def _fail(client: httpx.Client, url: str, reason: str) -> httpx.Response:
        return client.post(fail_address(url), content=reason[:LONGEST_REASON].encode())


def fail_address(url: str) -> str:
    """`/fail` behind the path, before the query."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))
