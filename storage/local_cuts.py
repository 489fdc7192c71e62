"""Hours and days of a zone, for very many times."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from domain.reading import Millis

HOUR: Final[Millis] = 3_600_000
QUARTER: Final[Millis] = 900_000  # clocks are moved at whole quarters of an hour, everywhere


class LocalCuts:
    """The hour and the day of a zone a moment lies in; each quarter of an hour is worked out once."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._known: dict[int, tuple[Millis, Millis]] = {}

    def of(self, at: Millis) -> tuple[Millis, Millis]:
        """When the local hour began, and when the local day began."""
        quarter = at // QUARTER
        known = self._known.get(quarter)
        if known is None:
            known = self._known[quarter] = self._cut(quarter * QUARTER)
        return known

    def _cut(self, at: Millis) -> tuple[Millis, Millis]:
        local = datetime.fromtimestamp(at / 1000, self._zone)
        ahead = local.utcoffset()
        assert ahead is not None
        offset = int(ahead.total_seconds() * 1000)
        midnight = datetime.combine(local.date(), time(), self._zone).astimezone(UTC)
        return (at + offset) // HOUR * HOUR - offset, int(midnight.timestamp() * 1000)
