"""The shifts of a machine out of the stored readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from domain.increase import increase
from domain.machine import MachineShift, MachineSpan, RunSource, StopReason, StopRecord
from domain.metrics import MetricInfo
from domain.ports import ReadingQuery
from domain.reading import Millis
from domain.shift import Shift, ShiftWindow, Span, windows
from reports.machines.shifts import Counts, machine_shift, oee
from reports.machines.states import samples_of, spans, taken_out

CYCLES: Final = "cycle_count"
GOOD_COUNT: Final = "good_count"
RUN_HOURS: Final = "run_hours"
LOOK_BACK: Final[Millis] = 3_600_000  # how far before a stretch the last reading of a counter is looked for


@dataclass(frozen=True)
class Machine:
    """One machine: how its state is known, its counters by metric, and when it was out of service on purpose."""

    device: str
    stage: str
    source: RunSource = field(default_factory=RunSource)
    counters: Mapping[str, MetricInfo] = field(default_factory=dict)
    out: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Journal:
    """What operators said: their records, and the reasons there are."""

    records: Sequence[StopRecord] = ()
    reasons: Mapping[str, StopReason] = field(default_factory=dict)


def machine_spans(query: ReadingQuery, machine: Machine, start: Millis, stop: Millis) -> list[MachineSpan]:
    """Its states over [start, stop)."""
    source = machine.source
    back = round(max(source.patience, source.idle) * 1000)
    readings = query.raw(machine.device, source.metric, start - back, stop)
    return taken_out(spans(samples_of(readings), source, start, stop), machine.out)


def counted(query: ReadingQuery, machine: Machine, metric: str, start: Millis, stop: Millis) -> float | None:
    """How far a counter of it grew over [start, stop), reset-safe; None where it has none, or nothing was read."""
    info = machine.counters.get(metric)
    if info is None:
        return None
    samples = samples_of(query.raw(machine.device, metric, start - LOOK_BACK, stop))
    before = [sample for sample in samples if sample[0] < start]
    within = [sample for sample in samples if sample[0] >= start]
    if not within:
        return None
    resolution: float = 10.0**-info.decimals
    grown = increase([*before[-1:], *within], modulus=info.modulus, max_rate=info.max_rate, resolution=resolution)
    return grown.total


def machine_shifts(
    query: ReadingQuery,
    machine: Machine,
    shifts: Sequence[Shift],
    zone: ZoneInfo,
    start: Millis,
    stop: Millis,
    journal: Journal = Journal(),
    now: Millis | None = None,
) -> Iterator[MachineShift]:
    """Each shift of its line that begins in [start, stop), one after the other: memory does not grow with time.

    A shift that has not begun at `now` is left out.
    """
    mine = [shift for shift in shifts if shift.takes_in(machine.stage, machine.device)]
    for window in windows(mine, zone, start, stop):
        if window.start >= start and (now is None or window.start < now):
            yield _one(query, machine, window, journal, now)


def _one(
    query: ReadingQuery, machine: Machine, window: ShiftWindow, journal: Journal, now: Millis | None
) -> MachineShift:
    end = window.stop if now is None else min(window.stop, now)
    found = machine_spans(query, machine, window.start, end)
    counts = Counts(*(counted(query, machine, metric, window.start, end) for metric in (CYCLES, RUN_HOURS)))
    made = machine_shift(machine.device, window, found, journal.records, journal.reasons, counts, now)
    per_item = machine.source.per_item
    good = None if per_item is None else counted(query, machine, GOOD_COUNT, window.start, end)
    return replace(made, oee=oee(made, made.cycles, good, per_item))
