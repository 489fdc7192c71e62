"""Many small packets in few segments, where the system can (Linux: TCP_CORK)."""

from __future__ import annotations

import socket
from typing import Any

_CORK = getattr(socket, "TCP_CORK", None)


def cork(sock: Any, on: bool) -> None:
    """Gather what is sent from now on; `on` False sends it. Without effect where the system or the socket cannot."""
    if _CORK is None:
        return
    try:
        sock.setsockopt(socket.IPPROTO_TCP, _CORK, int(on))
    except (OSError, AttributeError):
        return
