"""The one place that reads the clock."""

from __future__ import annotations

import time

from domain.reading import Millis


def now() -> Millis:
    """Milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000
