"""Shapes in which readings are asked for: selections, buckets, days, states."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from domain.reading import Millis


class Selection(Struct, frozen=True):
    """Which series: every field given must match; None matches all."""

    site: str | None = None
    devices: frozenset[str] | None = None
    metric: str | None = None


class Bucket(Struct, frozen=True, gc=False):
    """A stretch of a series. `time` is its start.

    The figures are made of the good readings (quality 1 or 2) where there are any; otherwise of the best
    class present. `quality` names the class they were made of (9: no value at all), `count` how many,
    and `bad` how many readings of the stretch were not good. A stretch without readings has no bucket.
    """

    time: Millis
    min: float | None
    mean: float | None
    max: float | None
    count: int
    quality: int
    bad: int = 0


class DaySummary(Struct, frozen=True):
    """One local day. Figures from good readings only; None where there were none.

    `integral` is value x hours (a flow in m3/h gives m3) by trapezoids over good one-minute means,
    never across a gap longer than the asked `max_gap`; `covered` is the hours it rests on.
    """

    day: date
    min: float | None
    mean: float | None
    max: float | None
    count: int
    bad: int
    integral: float | None
    covered: float


class MachineState(StrEnum):
    """OPC 40001-1 MachineryItemState."""

    EXECUTING = "executing"
    NOT_EXECUTING = "not_executing"
    NOT_AVAILABLE = "not_available"  # no signal
    OUT_OF_SERVICE = "out_of_service"


class StateSpan(Struct, frozen=True):
    """A machine was in one state from `start` to `stop` (half open)."""

    start: Millis
    stop: Millis
    state: MachineState


class Depth(Struct, frozen=True):
    """How far a reader is behind: rows waiting, and the age of the oldest in ms (0 when none)."""

    rows: int
    age: Millis
