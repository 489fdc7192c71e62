"""What was measured in each two-minute slot.

The value of a slot is the arithmetic mean of the good readings taken in [start, start + 120 s), pH as well: so does
the portal's own back-end when it goes from slots to hours. A slot without a good reading has no value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import fsum, isfinite
from typing import Final

from device_profiles.units import conversions, folded
from domain.errors import Invalid
from domain.ports_readings import ReadingQuery
from domain.reading import Millis, Reading
from domain.sparing import SLOT, WIRE_UNITS, Parameter
from reports.sparing.config import Sensor, SparingPoint

Values = dict[Parameter, float]
_PH_UNITS: Final = ("pH", "1")  # pH has no unit; some profiles write 1


def slot_values(readings: ReadingQuery, point: SparingPoint, start: Millis, stop: Millis) -> dict[Millis, Values]:
    """The means of each slot of [start, stop) in the units of the wire; slots and parameters without any left out.

    Raises Invalid for a sensor whose unit cannot be brought to that of the wire, Unavailable while the store is away.
    """
    found: dict[Millis, Values] = {}
    for parameter, sensor in point.sensors.items():
        for slot, mean in _means(readings, parameter, sensor, start, stop).items():
            found.setdefault(slot, {})[parameter] = mean
    return dict(sorted(found.items()))


def _means(
    readings: ReadingQuery, parameter: Parameter, sensor: Sensor, start: Millis, stop: Millis
) -> Mapping[Millis, float]:
    grouped: dict[Millis, list[float]] = {}
    for reading in readings.raw(sensor.device, sensor.metric, start, stop):
        if reading.usable and reading.value is not None and isfinite(reading.value):
            grouped.setdefault(reading.time // SLOT * SLOT, []).append(_on_the_wire(parameter, reading))
    return {slot: fsum(values) / len(values) for slot, values in grouped.items()}


def _on_the_wire(parameter: Parameter, reading: Reading) -> float:
    assert reading.value is not None
    return reading.value * factor(parameter, reading.series.unit)


@cache
def factor(parameter: Parameter, unit: str) -> float:
    """By what a value is multiplied to be in the wire's unit: 1/60 from m3/h to m3/min. Raises Invalid."""
    if parameter is Parameter.PH and unit in _PH_UNITS:
        return 1.0
    wanted = WIRE_UNITS[parameter]
    known = conversions(wanted, {}).get(folded(unit))
    if known is None or known[1] != 0:
        raise Invalid(
            f"{parameter} is measured in {unit}, which cannot be brought to {wanted}", f"sensors.{parameter}"
        )
    return known[0]


def slots_between(start: Millis, stop: Millis) -> Sequence[Millis]:
    """The starts of all slots of [start, stop)."""
    return range(start // SLOT * SLOT, stop, SLOT)
