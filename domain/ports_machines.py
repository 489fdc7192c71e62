"""Contracts of what machines did, and of what people said of it. What holds of all: `domain.ports`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from msgspec import Struct

from domain.machine import Loss, MachineShift, MachineSpan, RunSource, ServicePlan, Stop, StopReason, StopRecord
from domain.reading import Millis
from domain.registry import Device, Site
from domain.rule_record import ServiceRecord
from domain.series import MachineState
from domain.shift import Shift, ShiftWindow


class MachineNow(Struct, frozen=True):
    """A machine now. `since`: when its state began, as far back as today's shift and two hours before it tell.
    `shift`: its figures in the shift that is on; None between shifts.
    """

    device: Device
    state: MachineState
    since: Millis | None
    window: ShiftWindow | None
    shift: MachineShift | None


class MachineTimeline(Struct, frozen=True):
    """A machine over a stretch: its states without gaps, its stops within planned time, the shifts it met."""

    device: str
    start: Millis
    stop: Millis
    spans: tuple[MachineSpan, ...]
    stops: tuple[Stop, ...]
    windows: tuple[ShiftWindow, ...]


class Summed(Struct, frozen=True):
    """Times of several machines or shifts together, in ms. `of`: the line, the shift, the day or the machine."""

    of: str
    planned: Millis
    running: Millis
    stopped: Millis
    excused: Millis
    no_signal: Millis
    out_of_service: Millis

    @property
    def availability(self) -> float | None:
        """Between 0 and 1, of what is known; None where nothing is."""
        known = self.running + self.stopped
        return self.running / known if known else None


class ShiftOverview(Struct, frozen=True):
    """A site over local days (both inclusive): each machine in each shift, their sums, and why they stood still."""

    site: Site
    first: date
    last: date
    shifts: tuple[Shift, ...]
    machines: tuple[MachineShift, ...]
    by_machine: tuple[Summed, ...]
    by_line: tuple[Summed, ...]
    by_shift: tuple[Summed, ...]
    by_day: tuple[Summed, ...]
    total: Summed
    losses: tuple[Loss, ...]


class ServiceStanding(Struct, frozen=True):
    """How a service plan stands. What is not known is None; `soon`: within its notice. `last`: the newest service."""

    plan: ServicePlan
    device: Device
    hours_since: float | None
    hours_left: float | None
    days_left: int | None
    soon: bool
    overdue: bool
    last: ServiceRecord | None


class StopLog(Protocol):
    """Why machines stood still, as people said. Only ever added to; a later record for the same stretch wins."""

    def add(self, record: StopRecord, now: Millis) -> StopRecord:
        """Durable on return, with its id, audited. A key that was used already gives the record it was used for, and
        changes nothing. Raises NotFound for an unknown machine or reason, Invalid for an impossible stretch.
        """
        ...

    def touching(self, devices: Sequence[str], start: Millis, stop: Millis) -> list[StopRecord]:
        """Those that share a moment with [start, stop), by when they were said."""
        ...


class StatusBook(Protocol):
    """Since when, and until when, devices were out of service by the registry."""

    def out_of_service(self, device: str, start: Millis, stop: Millis) -> list[tuple[Millis, Millis]]:
        """The stretches in [start, stop), by start."""
        ...


class Machines(Protocol):
    """What machines did. Raises NotFound for a site or machine there is none of."""

    def of_site(self, site: str) -> list[tuple[Device, RunSource]]:
        """The machines of a site, in the order of the files."""
        ...

    def reasons(self) -> list[StopReason]:
        """Every stop reason, in the order of the files."""
        ...

    def now(self, site: str, now: Millis) -> list[MachineNow]:
        """Every machine of a site."""
        ...

    def one_now(self, device: str, now: Millis) -> MachineNow:
        """One machine."""
        ...

    def timeline(self, device: str, start: Millis, stop: Millis, now: Millis) -> MachineTimeline:
        """States over [start, stop), nothing after `now`."""
        ...

    def overview(self, site: str, first: date, last: date, now: Millis, shift: str | None = None) -> ShiftOverview:
        """Shifts that begin on these local days, as far as they have come. Raises NotFound for an unknown shift."""
        ...

    def unexplained(self, devices: Sequence[str], start: Millis, now: Millis) -> list[Stop]:
        """Stops since `start` that are long enough to be explained and that nobody explained, newest first."""
        ...

    def services(self, site: str | None, now: Millis) -> list[ServiceStanding]:
        """How every service plan stands, the most urgent first."""
        ...
