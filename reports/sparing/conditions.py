"""Condition codes instead of values, where the settings allow them: only for what is known, never by guess.

-1 production stopped, -2 calibration or audit, -3 instrument broken or not at its best: from one real client, whose
comment cites "Pasal 6.2.6.6g"; not in the ministry's letter of 2025.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from domain.ports_evidence import ConditionBook, PauseBook
from domain.quality import QualityInterval
from domain.reading import FAIL, SUSPECT, Millis, Reason
from domain.sparing import SLOT, ConditionCode
from reports.sparing.config import Sensor

CALIBRATIONS: Final = frozenset({Reason.CALIBRATION.value, "function_check", "equipment_calibration"})
FAULTS: Final = frozenset(
    {
        Reason.STUCK.value, Reason.SENTINEL.value, Reason.DEVICE_FLAGGED.value, Reason.OUT_OF_RANGE.value,
        "sensor_in_air", "sensor_stuck", "sensor_spike", "sensor_fault",
    }
)  # fmt: skip
"""What says of the instrument itself that it is broken or not at its best; not the plant, the weather, the power."""
STOPPED: Final = "production_stop"
STOPS: Final = frozenset({STOPPED, "production_stopped"})

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


def with_stops(
    intervals: Intervals,
    place_of: Callable[[str], tuple[str, str]],
    pauses: PauseBook | None,
    book: ConditionBook | None,
) -> Intervals:
    """The same with what is known of the plant: its site or stage rests on purpose, or its production is noted as
    stopped. `place_of` gives site and stage of a device. That one device rests says nothing of production.
    """

    def known(device: str, metric: str, start: Millis, stop: Millis) -> list[QualityInterval]:
        site, stage = place_of(device)
        stops = [] if pauses is None else pauses.pauses(site, stage, "", start, stop)
        if book is not None:
            noted = [one for one in book.conditions(site, start, stop) if one.category in STOPS]
            stops += [(one.start, stop if one.stop is None else one.stop) for one in noted]
        found = [QualityInterval(device, metric, begin, end, SUSPECT, STOPPED, "plant") for begin, end in stops]
        return [*intervals(device, metric, start, stop), *found]

    return known


def _code(interval: QualityInterval) -> ConditionCode | None:
    if interval.reason in CALIBRATIONS:
        return ConditionCode.CALIBRATION
    if interval.reason in STOPS:
        return ConditionCode.STOPPED
    return ConditionCode.FAULT if interval.flag == FAIL and interval.reason in FAULTS else None
