"""Moments as text."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.reading import Millis


def utc_text(at: Millis) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-21T06:30:00.000Z`."""
    return f"{datetime.fromtimestamp(at // 1000, UTC).isoformat()[:19]}.{at % 1000:03d}Z"
