"""How much room is left on the disk that is written to."""

from __future__ import annotations

import shutil
from pathlib import Path


def free_share(folder: Path) -> float | None:
    """The free share (0 to 1) of the disk that holds the folder; None where it cannot be told."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return usage.free / usage.total if usage.total else None
