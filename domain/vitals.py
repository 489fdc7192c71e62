"""When a part of the system counts as well, by its last sign of life: one answer for pages, API and command line."""

from __future__ import annotations

from typing import Final

from domain.reading import Millis

SILENT_AFTER: Final[Millis] = 30_000
BEHIND_AFTER: Final[Millis] = 1_800_000  # the sealer works every ten minutes on rows older than ten minutes
FINE: Final = frozenset({None, "", "ok", "running", "connected", "ready", "idle"})
"""What a part calls its `state` when nothing ails it."""
