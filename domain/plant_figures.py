"""What sensors know of a plant's days and shifts, for the logbook and the water balance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from msgspec import Struct

from domain.logbook import Noted
from domain.reading import Millis
from domain.report_water import VolumeDay


class LoadOfDay(Struct, frozen=True):
    """What one parameter weighed on a day: kg, and kg per ton where the production was noted."""

    metric: str
    kilograms: float
    per_ton: float | None


class WaterDay(Struct, frozen=True):
    """One local day. m3 at inlet and outlet with the share of the day they rest on; None: there is no meter.

    `difference` is inlet less outlet, only where both were metered; `per_ton` m3 at the outlet for each ton.
    """

    day: date
    inlet: VolumeDay | None
    outlet: VolumeDay | None
    difference: float | None
    tons: float | None
    pieces: float | None
    per_ton: float | None
    loads: tuple[LoadOfDay, ...] = ()


class PlantFigures(Protocol):
    """Computed from good readings when asked; nothing is filled in where there were none."""

    def water(self, site: str, first: date, last: date) -> list[WaterDay]:
        """Every local day from first to last, both inclusive. Raises Invalid for a site that does not exist."""
        ...

    def sensed(self, site: str, start: Millis, stop: Millis) -> Mapping[str, Noted]:
        """Fields of the logbook that sensors know of [start, stop), each with device and coverage."""
        ...
