"""Condition codes instead of values, where the settings allow them: only for what is known, never by guess.

-1 production stopped, -2 calibration or audit, -3 instrument broken: from one real client, whose comment cites
"Pasal 6.2.6.6g"; not in the ministry's letter of 2025.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.quality import QualityInterval
from domain.reading import FAIL, Millis, Reason
from domain.sparing import SLOT, ConditionCode
from reports.sparing.config import Sensor

CALIBRATIONS: Final = frozenset({Reason.CALIBRATION.value, "function_check", "equipment_calibration"})
STOPS: Final = frozenset({"production_stop", "production_stopped"})

Intervals = Callable[[str, str, Millis, Millis], list[QualityInterval]]
"""`QualityIntervals.overlapping`: of one series, those that share a moment with [start, stop)."""


def code_of(intervals: Intervals, sensor: Sensor, slot: Millis) -> ConditionCode | None:
    """The code of a slot that lies wholly inside one known condition of its sensor; None where none is known."""
    for interval in intervals(sensor.device, sensor.metric, slot, slot + SLOT):
        if interval.start <= slot and slot + SLOT <= interval.stop:
            code = _code(interval)
            if code is not None:
                return code
    return None


def _code(interval: QualityInterval) -> ConditionCode | None:
    if interval.reason in CALIBRATIONS:
        return ConditionCode.CALIBRATION
    if interval.reason in STOPS:
        return ConditionCode.STOPPED
    return ConditionCode.FAULT if interval.flag == FAIL else None
