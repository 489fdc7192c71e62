"""A request that ends within its time, all of it: httpx bounds each wait, not the sum of them.

A server that drips its answer, headers as well, is cut off. Looking up a name cannot be cut, but nothing is sent any
more once the time is over. Source: httpx and httpcore, "Extensions" (`trace`, `get_extra_info`).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Timer
from time import monotonic
from typing import Any, Final

import httpx

OPENED: Final = (".connect_tcp.complete", ".start_tls.complete")  # whatever way it goes, proxies as well

Trace = Callable[[str, Mapping[str, Any]], None]
"""`extensions={"trace": …}` of a request."""


class Line:
    """The connection of a client that has one at a time, for one request after another."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[Trace]:
        """For one request, to be given the trace. Raises httpx.ReadTimeout where its time ended before it did."""
        until = monotonic() + seconds
        late = httpx.ReadTimeout(f"no whole answer within {seconds:g} s")
        cut = Event()

        def trace(event: str, info: Mapping[str, Any]) -> None:
            if event.endswith(OPENED):
                self._socket = info["return_value"].get_extra_info("socket")
            if monotonic() > until:
                raise late

        timer = Timer(seconds, self._cut, (cut,))
        timer.daemon = True
        timer.start()
        try:
            yield trace
        except httpx.HTTPError:
            if cut.is_set():
                raise late from None
            raise
        finally:
            timer.cancel()
            timer.join()  # it must not cut the request that follows
        if cut.is_set():
            raise late

    def _cut(self, cut: Event) -> None:
        """Whoever reads or writes on it is woken. `SSLSocket.shutdown` would take the TLS layer away under them."""
        cut.set()
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
