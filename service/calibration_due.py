"""Which devices have a calibration due, as the alerts ask it every few seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.calibration import days_until_due
from domain.errors import Invalid
from domain.evidence_books import Calibrations
from domain.places import Places
from domain.ports import Registry
from domain.reading import Millis

AHEAD: Final = 7
KEPT: Final[Millis] = 60_000  # how long an answer is not asked for again


class DueCalibrations:
    """Days left by device, the sensor that is due first deciding. The newest calibration of a sensor counts."""

    def __init__(self, book: Calibrations, registry: Registry, ahead: int = AHEAD) -> None:
        """`ahead`: from how many days before the day on it is told."""
        self._book, self._places, self._ahead = book, Places(registry), ahead
        self._found: tuple[Millis, dict[str, int]] | None = None

    def __call__(self, now: Millis) -> dict[str, int]:
        """Those with at most `ahead` days left; below 0 where overdue."""
        if self._found is None or not self._found[0] <= now < self._found[0] + KEPT:
            self._found = now, self._look(now)
        return self._found[1]

    def _look(self, now: Millis) -> dict[str, int]:
        due: dict[str, int] = {}
        for record in self._book.newest().values():
            try:
                zone = self._places.zone_of_device(record.device)
            except Invalid:  # the device was taken out of the registry; its records stay
                continue
            left = days_until_due(record, _today(now, zone))
            if left is not None and left <= self._ahead:
                due[record.device] = min(left, due.get(record.device, left))
        return due


def _today(now: Millis, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).date()
