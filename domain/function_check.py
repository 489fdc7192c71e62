"""Calibration mode: a sensor is being looked at, so that its values are not the water's for a while."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from domain.errors import Invalid
from domain.evidence import require_order, require_past, require_text
from domain.reading import Millis

REASON: Final = "function_check"  # the reason of the quality intervals
MINUTES: Final = 30  # how long it lasts unless told
MOST_MINUTES: Final = 480
MINUTE: Final[Millis] = 60_000


class FunctionCheck(Struct, frozen=True):
    """Metrics of one device from `start` until `stop`; it returns by itself, for the end stands from the beginning.

    Its readings are kept and count as failed (QARTOD 4), its device's alerts are suppressed by design.
    """

    device: str
    metrics: tuple[str, ...]
    start: Millis
    stop: Millis
    note: str = ""

    def holds(self, now: Millis) -> bool:
        """Whether it lasts."""
        return self.start <= now < self.stop


def begun(
    device: str, metrics: tuple[str, ...], now: Millis, minutes: int = MINUTES, note: str = ""
) -> FunctionCheck:
    """One that begins now. Raises Invalid naming `minutes`."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(f"is not between 1 and {MOST_MINUTES} minutes", "minutes")
    return FunctionCheck(device, metrics, now, now + minutes * MINUTE, note)


def check_function_check(record: FunctionCheck, now: Millis) -> None:
    """Raises Invalid naming the field."""
    require_past(record.start, now, "start")
    require_order(record.start, record.stop)
    if record.stop - record.start > MOST_MINUTES * MINUTE:
        raise Invalid(f"is longer than {MOST_MINUTES} minutes", "minutes")
    if not record.metrics or len(set(record.metrics)) < len(record.metrics):
        raise Invalid("must name each metric once, and at least one", "metrics")
    require_text(record.note, "note")
