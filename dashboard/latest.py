"""The newest readings for one page, in one query; none, and said so, while the store is away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.frame import Visit
from dashboard.measurement import by_series
from domain.errors import PantauError
from domain.reading import Millis, Reading
from domain.series import Selection


@dataclass(frozen=True)
class Latest:
    """Readings by (device, metric). `away`: they could not be read."""

    readings: dict[tuple[str, str], Reading]
    away: bool = False

    def newest(self, devices: Iterable[str]) -> Millis | None:
        """When any of these devices last spoke."""
        wanted = set(devices)
        return max((one.time for (device, _), one in self.readings.items() if device in wanted), default=None)


def read_latest(visit: Visit, selection: Selection) -> Latest:
    """One query; an absent store is a state of the page, not an error."""
    try:
        return Latest(by_series(visit.services.readings.latest(selection)))
    except PantauError:
        return Latest({}, away=True)
