"""Calibrations as they were done, and corrections of values from a moment on.

A correction never touches a reading: the raw value is kept, the corrected one is computed where it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.errors import Invalid
from domain.evidence import require_finite, require_order, require_past, require_text
from domain.instants import utc_text
from domain.reading import Millis, Reading
from domain.report_records import CalibrationRecord


class Correction(Struct, frozen=True):
    """From `start` on, until the next correction of the series: corrected = slope x raw + offset (metric's unit).

    `calibration` is the record it follows from. Offset 0 with slope 1 ends the one before.
    """

    device: str
    metric: str
    start: Millis
    offset: float
    slope: float = 1.0
    reason: str = ""
    calibration: str | None = None

    def of(self, raw: float) -> float:
        """The corrected value."""
        return self.slope * raw + self.offset


class CorrectionBook(Protocol):
    """The corrections of an installation."""

    def in_force(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Correction]:
        """Those that matter to readings of [start, stop), by start: the one in force at its beginning as well."""
        ...


class CorrectedReading(Struct, frozen=True):
    """A reading with both of its values. `correction` is the one in force, None where none was."""

    raw: Reading
    value: float | None
    correction: Correction | None


def check_calibration(record: CalibrationRecord, now: Millis, zone: ZoneInfo) -> None:
    """Raises Invalid naming the field."""
    require_past(record.start, now, "start")
    if record.stop is not None:
        require_past(record.stop, now, "stop")
    require_order(record.start, record.stop)
    require_text(record.who, "who", empty=False)
    for field in ("buffers", "before", "after"):
        require_finite(getattr(record, field), field)
    for field in ("before", "after"):
        if getattr(record, field) and len(getattr(record, field)) != len(record.buffers):
            raise Invalid("must have one value for each buffer", field)
    require_finite([record.offset], "offset")
    _check_slope(record.slope)
    ended = datetime.fromtimestamp((record.stop or record.start) / 1000, UTC).astimezone(zone).date()
    if record.next_due is not None and record.next_due <= ended:
        raise Invalid("is not after the calibration", "next_due")


def check_correction(correction: Correction, now: Millis) -> None:
    """Raises Invalid naming the field."""
    require_past(correction.start, now, "start")
    require_finite([correction.offset], "offset")
    _check_slope(correction.slope)
    require_text(correction.reason, "reason", empty=False)


def require_no_counter(correction: Correction, counts: bool) -> None:
    """Raises Invalid for a counter: a step of its reading would be taken for what it counted."""
    if counts:
        told = f"{correction.metric} is a counter: a slope or offset would invent what it counted; correct its flow"
        raise Invalid(told, "metric")


def require_free(record: CalibrationRecord, others: Iterable[CalibrationRecord]) -> None:
    """Raises Invalid where another calibration of the sensor shares a moment with it; one still open has no end."""
    for other in others:
        ends_before = record.stop is not None and record.stop <= other.start
        begins_after = other.stop is not None and other.stop <= record.start
        if not ends_before and not begins_after:
            both = f"{_stretch(record)} overlaps the calibration {other.id} of the same sensor, {_stretch(other)}"
            raise Invalid(both, "start")


def _stretch(record: CalibrationRecord) -> str:
    stop = "still going on" if record.stop is None else utc_text(record.stop)
    return f"{utc_text(record.start)} – {stop} by {record.who}"


def corrected(readings: Sequence[Reading], corrections: Sequence[Correction]) -> list[CorrectedReading]:
    """The readings of one series, by time, each with the newest correction that began at or before it.

    `corrections` are of the same series and may come in any order.
    """
    steps = sorted(corrections, key=lambda one: one.start)
    found: list[CorrectedReading] = []
    current, following = None, 0
    for reading in readings:
        while following < len(steps) and steps[following].start <= reading.time:
            current, following = steps[following], following + 1
        value = reading.value if current is None or reading.value is None else current.of(reading.value)
        found.append(CorrectedReading(reading, value, current))
    return found


def days_until_due(record: CalibrationRecord, today: date) -> int | None:
    """Days left until the next calibration is due, negative when it is overdue; None where no day was set."""
    return None if record.next_due is None else (record.next_due - today).days


def _check_slope(slope: float | None) -> None:
    require_finite([slope], "slope")
    if slope is not None and slope <= 0:
        raise Invalid("must be above 0", "slope")
