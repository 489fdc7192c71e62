"""Machines: how their state is known, why they stood still, and what that makes of a shift."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Struct
from pydantic import Field, model_validator

from domain.noun import MetricName, Noun, Slug
from domain.reading import Millis
from domain.series import MachineState
from domain.text import Text


class RunSignal(StrEnum):
    """What tells whether a machine runs."""

    RUN = "run"  # a run bit: above 0.5 it runs
    POWER = "power"  # above `on` it runs, until it is below `off`
    CYCLES = "cycles"  # a counter: it runs while the next cycle comes within `idle`


class RunSource(Noun):
    """How a machine's state is known from one of its metrics.

    `on` and `off` in the metric's unit; `idle` and `patience` in seconds. Silence of more than `patience` is no
    signal. Standing still for less than `short_stop` seconds counts as running (0: every stop counts). `per_item`:
    planned run time per item in seconds (PRI, ISO 22400-2), without which there is no OEE.
    """

    signal: RunSignal = RunSignal.RUN
    metric: MetricName = "run"
    on: float | None = None
    off: float | None = None
    idle: Annotated[float, Field(gt=0)] = 60.0
    patience: Annotated[float, Field(gt=0)] = 60.0
    short_stop: Annotated[float, Field(ge=0)] = 0.0
    per_item: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _hysteresis(self) -> RunSource:
        if self.signal is RunSignal.POWER and (self.on is None or self.off is None or self.off > self.on):
            raise ValueError("power needs on and off, off not above on")
        return self


class StopReason(Noun):
    """One reason of the tree that operators choose from. `planned`: it is not counted as a loss (a changeover)."""

    id: Slug
    name: Text
    parent: Slug | None = None
    planned: bool = False


class StopRecord(Struct, frozen=True):
    """Why a machine stood still from `start` to `stop`, as somebody said. A later record for the same stretch wins;
    earlier ones stay. `key` is given by the tablet, so that what was synced twice is one record.
    `going_on`: it was said while the machine still stood; it holds until it runs again, within the shift.
    """

    device: str
    start: Millis
    stop: Millis
    reason: str
    who: str
    at: Millis
    note: str = ""
    key: str = ""
    going_on: bool = False
    id: int = 0


class Stop(Struct, frozen=True):
    """A stretch of standing still within planned time. `reason` is None while nobody gave one.

    `before` and `after`: planned time began or ended (a break, the shift) while it stood still, so that the stop is
    longer than the stretch shown. `ongoing`: it reaches up to now.
    """

    device: str
    start: Millis
    stop: Millis
    reason: str | None
    ongoing: bool = False
    before: bool = False
    after: bool = False


class MachineSpan(Struct, frozen=True):
    """A stretch in one state, after short stops were joined. `shorts`: when those began that it swallowed."""

    start: Millis
    stop: Millis
    state: MachineState
    shorts: tuple[Millis, ...] = ()

    @property
    def short_stops(self) -> int:
        """How many it swallowed."""
        return len(self.shorts)


class Oee(Struct, frozen=True):
    """Overall equipment effectiveness = availability x effectiveness x quality ratio (ISO 22400-2).

    Only where produced and good pieces were counted and a planned run time per item is known; otherwise none.
    """

    availability: float
    effectiveness: float
    quality: float

    @property
    def value(self) -> float:
        """The product."""
        return self.availability * self.effectiveness * self.quality


class MachineShift(Struct, frozen=True):
    """One machine in one shift. All times in ms, within planned busy time.

    Availability = APT / PBT (ISO 22400-2). Of what happened without a signal nothing is known, so that time is left
    out of both, and said: `no_signal`. None where nothing is known at all. `excused`: stops whose reason is planned,
    left out as well. `short_stops`: those that began within planned time.
    """

    device: str
    shift: str
    day: date
    planned: Millis  # planned busy time
    running: Millis  # actual production time (APT)
    stopped: Millis
    excused: Millis
    no_signal: Millis
    out_of_service: Millis
    outside: Millis  # ran outside planned time
    short_stops: int
    stops: tuple[Stop, ...]
    cycles: float | None
    run_hours: float | None  # by the counter, reset-safe
    stage: str = ""
    oee: Oee | None = None

    @property
    def known(self) -> Millis:
        """The planned time of which it is known what the machine did, and in which it was to produce."""
        return self.running + self.stopped

    @property
    def availability(self) -> float | None:
        """Between 0 and 1; None where nothing is known."""
        return self.running / self.known if self.known else None


class Loss(Struct, frozen=True):
    """How much time one reason took, how often, and its share of all stops. None is what nobody explained."""

    reason: str | None
    time: Millis
    stops: int
    share: float


class ServicePlan(Noun):
    """Service of a machine by running hours, by the calendar, or both (whichever comes first).

    `ahead_hours` and `ahead_days`: how long before it is due people are told.
    """

    id: Slug
    device: Slug
    name: Text
    every_hours: Annotated[float, Field(gt=0)] | None = None
    every_days: Annotated[int, Field(gt=0)] | None = None
    ahead_hours: Annotated[float, Field(ge=0)] = 0.0
    ahead_days: Annotated[int, Field(ge=0)] = 0
    parts: tuple[str, ...] = ()
    source: str | None = None  # the page of the maker's manual

    @model_validator(mode="after")
    def _by_something(self) -> ServicePlan:
        if self.every_hours is None and self.every_days is None:
            raise ValueError("a service plan needs every_hours, every_days or both")
        return self
