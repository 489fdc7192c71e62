"""Machines: what each does now, and what it did today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.measurement import Measurement, Standing, is_missing
from domain.ports import ReadingQuery
from domain.reading import NOT_EVALUATED, Millis
from domain.registry import Device, DeviceStatus
from domain.series import Bucket, MachineState, StateSpan

DAY: Final = 86_400_000  # ms
RUN: Final = "run"
CYCLES: Final = "cycle_count"
COUNT_POINTS: Final = 288  # five minutes each over a day: a reset is seen unless it is made up within one


@dataclass(frozen=True)
class Machine:
    """A machine's present state. `since` is None where it never spoke."""

    device: Device
    state: MachineState
    last: Millis | None


@dataclass(frozen=True)
class MachineDay:
    """What a machine did since local midnight; times in ms. `cycles` is None where no counter was read."""

    run: Millis
    stopped: Millis
    silent: Millis
    since: Millis | None
    cycles: float | None
    spans: tuple[StateSpan, ...]


def state_now(device: Device, run: Measurement | None) -> Machine:
    """Executing or not by the newest usable run signal; no signal when that is old, bad or missing."""
    reading = run.reading if run else None
    last = reading.time if reading else None
    if device.status is DeviceStatus.OUT_OF_SERVICE:
        return Machine(device, MachineState.OUT_OF_SERVICE, last)
    if reading is None or run is None or run.standing in (Standing.STALE, Standing.BAD) or is_missing(reading):
        return Machine(device, MachineState.NOT_AVAILABLE, last)
    executing = reading.value is not None and reading.value > 0.5
    return Machine(device, MachineState.EXECUTING if executing else MachineState.NOT_EXECUTING, last)


def today(query: ReadingQuery, device: str, midnight: Millis, now: Millis, patience: Millis) -> MachineDay:
    """A machine's day so far. Time without a signal is neither running nor stopped."""
    stop = now + 1  # a reading of this very millisecond counts
    spans = query.states(device, RUN, midnight, stop, patience)
    spent = {state: sum(min(s.stop, now) - s.start for s in spans if s.state is state) for state in MachineState}
    run, stopped = spent[MachineState.EXECUTING], spent[MachineState.NOT_EXECUTING]
    silent = now - midnight - run - stopped - spent[MachineState.OUT_OF_SERVICE]
    cycles = counted(query.series(device, CYCLES, midnight, stop, COUNT_POINTS))
    return MachineDay(run, stopped, silent, last_change(spans), cycles, tuple(spans))


def last_change(spans: Sequence[StateSpan]) -> Millis | None:
    """When the newest state began: neighbouring spans of one state are one."""
    began: Millis | None = None
    for span in reversed(spans):
        if span.state is not spans[-1].state:
            break
        began = span.start
    return began


def counted(buckets: Sequence[Bucket]) -> float | None:
    """How far a counter rose over good buckets. Where it fell it was reset, and what it shows is counted from 0.

    None without a good reading; nothing before the first reading is counted.
    """
    good = [b for b in buckets if b.quality <= NOT_EVALUATED and b.min is not None and b.max is not None]
    if not good:
        return None
    before, total = good[0].min or 0.0, 0.0
    for bucket in good:
        top = bucket.max or 0.0
        total += top - before if top >= before else top
        before = top
    return total


class DayBook:
    """Machine days, read again at most every ten seconds however many people look."""

    def __init__(self, keep: Millis = 10_000) -> None:
        self._keep = keep
        self._days: dict[tuple[str, Millis], tuple[Millis, MachineDay]] = {}

    def today(self, query: ReadingQuery, device: str, midnight: Millis, now: Millis, patience: Millis) -> MachineDay:
        """As `today`, at most ten seconds old."""
        kept = self._days.get((device, midnight))
        if kept is None or not 0 <= now - kept[0] < self._keep:
            self._days = {key: value for key, value in self._days.items() if key[1] >= midnight - DAY}
            kept = self._days[device, midnight] = (now, today(query, device, midnight, now, patience))
        return kept[1]
