"""What a report says of water: volumes, pollutant loads, water per ton of product."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from domain.report_head import Label
from domain.report_measured import Judgement
from domain.report_records import Operator


class VolumeMethod(StrEnum):
    """How a day's volume was found."""

    TOTALISER = "totaliser"
    INTEGRAL = "integral"


class VolumeDay(Struct, frozen=True):
    """A day's volume in m3, and the share of the day it rests on (0 to 1).

    `carried`: m3 beside it that the totaliser counted over a silence up to this day: no day's own, but the period's.
    `device`: the meter that was used.
    """

    day: date
    volume: float | None
    covered: float
    method: VolumeMethod | None
    carried: float = 0.0
    resets: int = 0
    device: str | None = None


class Volume(Struct, frozen=True):
    """Debit (m3). `device` is the meter, None where the point has none; `devices` are all that were used, in time.
    `covered` is of all days counted. `total` is the sum of the days and of what was `carried` over silences.
    """

    device: str | None
    days: tuple[VolumeDay, ...]
    total: float | None
    days_measured: int
    covered: float
    carried: float = 0.0
    devices: tuple[str, ...] = ()


class LoadDay(Struct, frozen=True):
    """kg on one day, kg per ton where the production was noted."""

    day: date
    kilograms: float | None
    per_ton: float | None


class LoadBasis(StrEnum):
    """Where the concentration came from."""

    SENSOR = "sensor"
    LABORATORY = "laboratory"


class Load(Struct, frozen=True):
    """Beban pencemaran of one parameter. Sums are over days that have both figures, and say over how many; on
    `days_thin` both were measured, but for too small a part of the day to speak for it.

    `operator`: "<" where the laboratory's concentration is an upper bound, ">" where it is a lower one.
    """

    metric: str
    name: Label
    basis: LoadBasis
    days: tuple[LoadDay, ...]
    days_computed: int
    kilograms: float | None
    per_day: float | None
    per_ton: float | None
    operator: Operator = Operator.EQUAL
    days_thin: int = 0


class Product(Struct, frozen=True):
    """Production of the period and the water it took. `judgement` is of m3 per ton against `max`; both are of the
    `days_both` that have a volume and tons.
    """

    days_noted: int
    tons: float | None
    pieces: float | None
    volume_per_ton: float | None
    max: float | None
    judgement: Judgement
    days_both: int = 0
