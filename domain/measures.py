"""Units of what is summed up: volumes, flows and hours, with their factors."""

from __future__ import annotations

from typing import Final

VOLUMES: Final = {"m3": 1.0, "L": 1e-3, "l": 1e-3}
"""m3"""
FLOWS: Final = {
    "m3/h": 1.0, "m3/d": 1 / 24, "m3/s": 3600.0, "m3/min": 60.0,
    "L/s": 3.6, "L/min": 0.06, "L/h": 1e-3, "l/s": 3.6, "l/min": 0.06, "l/h": 1e-3,
}  # fmt: skip
"""m3/h"""
HOURS: Final = {"h": 1.0, "s": 1 / 3600, "min": 1 / 60}
"""Hours."""
RUN_STATE: Final = "1"
"""The unit of a run state, and of a counter whose profile names none."""
