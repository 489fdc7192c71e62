"""Waiting for something that another process or thread will bring about, never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

PATIENCE = 3.0  # times as long on a machine that is busy with other things


def eventually(happened: Callable[[], object], within: float = 10.0, what: str = "") -> None:
    """Return as soon as `happened()` is true; fail when it is not within so many seconds of a quiet machine."""
    deadline = time.monotonic() + within * PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {within * PATIENCE:.0f} s: {what or happened}")
        time.sleep(0.02)


def answers(url: str) -> bool:
    """Whether a service of ours answers there."""
    try:
        return httpx.get(f"{url}/health/live").status_code == 200
    except httpx.TransportError:
        return False
