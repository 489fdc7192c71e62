"""Machines: what each does now, and what it did today, by the signal that its profile names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.errors import PantauError
from domain.machine import MachineSpan, RunSignal, RunSource
from domain.ports import ReadingQuery
from domain.ports_machines import Machines
from domain.reading import NOT_EVALUATED, Millis, Reading
from domain.registry import Device, DeviceStatus
from domain.series import Bucket, MachineState

DAY: Final = 86_400_000  # ms
RECENT: Final = 900_000  # ms looked back for the present state
RUN: Final = "run"
CYCLES: Final = "cycle_count"
COUNT_POINTS: Final = 288  # five minutes each over a day: a reset is seen unless it is made up within one


@dataclass(frozen=True)
class Machine:
    """A machine's present state. `last`: when its signal was last heard; None where it never spoke."""

    device: Device
    source: RunSource
    state: MachineState
    last: Millis | None

    @property
    def live(self) -> str:
        """The series whose readings alone tell its state, so that the page may follow them; empty where none do."""
        return f"{self.device.id}/{self.source.metric}" if self.source.signal is RunSignal.RUN else ""


@dataclass(frozen=True)
class MachineDay:
    """What a machine did since local midnight; times in ms. `cycles` is None where no counter was read."""

    run: Millis
    stopped: Millis
    silent: Millis
    since: Millis | None
    cycles: float | None
    spans: tuple[MachineSpan, ...]


def state_now(
    device: Device, source: RunSource, spans: Sequence[MachineSpan] | None, newest: Reading | None, now: Millis
) -> Machine:
    """The state that its newest span tells; while nothing can be read (None), that of the newest reading."""
    last = newest.time if newest else None
    if device.status is DeviceStatus.OUT_OF_SERVICE:
        state = MachineState.OUT_OF_SERVICE
    elif spans is None:
        state = _by_reading(source, newest, now)
    else:
        state = spans[-1].state if spans else MachineState.NOT_AVAILABLE
    return Machine(device, source, state, last)


def _by_reading(source: RunSource, newest: Reading | None, now: Millis) -> MachineState:
    """A run bit that is fresh and good tells by itself; one reading of power or of cycles does not."""
    if newest is None or newest.value is None or newest.quality > NOT_EVALUATED:
        return MachineState.NOT_AVAILABLE
    if source.signal is not RunSignal.RUN or now - newest.time >= source.patience * 1000:
        return MachineState.NOT_AVAILABLE
    return MachineState.EXECUTING if newest.value > 0.5 else MachineState.NOT_EXECUTING


def today(machines: Machines, query: ReadingQuery, device: str, midnight: Millis, now: Millis) -> MachineDay:
    """A machine's day so far. Time without a signal is neither running nor stopped."""
    spans = machines.timeline(device, midnight, now + 1, now + 1).spans  # a reading of this very millisecond counts
    spent = {state: sum(min(s.stop, now) - s.start for s in spans if s.state is state) for state in MachineState}
    cycles = counted(query.series(device, CYCLES, midnight, now + 1, COUNT_POINTS))
    run, stopped, silent = (
        spent[one] for one in (MachineState.EXECUTING, MachineState.NOT_EXECUTING, MachineState.NOT_AVAILABLE)
    )
    return MachineDay(run, stopped, silent, spans[-1].start if spans else None, cycles, spans)


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
    """What machines do and did, read again at most every ten seconds however many people look."""

    def __init__(self, keep: Millis = 10_000) -> None:
        self._keep = keep
        self._days: dict[tuple[str, Millis], tuple[Millis, MachineDay]] = {}
        self._recent: dict[str, tuple[Millis, tuple[MachineSpan, ...]]] = {}

    def today(
        self, machines: Machines, query: ReadingQuery, device: str, midnight: Millis, now: Millis
    ) -> MachineDay:
        """As `today`, at most ten seconds old."""
        kept = self._days.get((device, midnight))
        if kept is None or not 0 <= now - kept[0] < self._keep:
            self._days = {key: value for key, value in self._days.items() if key[1] >= midnight - DAY}
            kept = self._days[device, midnight] = (now, today(machines, query, device, midnight, now))
        return kept[1]

    def recent(self, machines: Machines, device: str, now: Millis) -> Sequence[MachineSpan] | None:
        """The last minutes; None while they cannot be read."""
        kept = self._recent.get(device)
        if kept is None or not 0 <= now - kept[0] < self._keep:
            try:
                spans = machines.timeline(device, now - RECENT, now + 1, now + 1).spans
            except PantauError:
                return None
            kept = self._recent[device] = (now, spans)
        return kept[1]
