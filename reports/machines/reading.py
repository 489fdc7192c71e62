"""The shifts of a machine out of the stored readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from domain.increase import Counted, Counter, likely_rate
from domain.machine import MachineShift, MachineSpan, RunSignal, RunSource, StopReason, StopRecord
from domain.measures import HOURS
from domain.metrics import MetricInfo
from domain.ports import ReadingQuery
from domain.reading import Millis
from domain.shift import Shift, ShiftWindow, Span, windows
from reports.machines.shifts import Counts, machine_shift, oee, pieces_in
from reports.machines.states import EXECUTING, NOT_AVAILABLE, NOT_EXECUTING, Sample, samples_of, spans, told

CYCLES: Final = "cycle_count"
GOOD_COUNT: Final = "good_count"
RUN_HOURS: Final = "run_hours"
LOOK_BACK: Final[Millis] = 3_600_000  # how far before a stretch the last reading of a counter is looked for
BANDS: Final[tuple[Millis, ...]] = (
    3_600_000,
    28_800_000,
    86_400_000,
)  # how far back for a power beyond `on` or `off`


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


def machine_spans(
    query: ReadingQuery, machine: Machine, start: Millis, stop: Millis, now: Millis | None = None
) -> list[MachineSpan]:
    """Its states over [start, stop). Readings up to `now` may be looked at, none beyond `stop` unless told."""
    ahead = round((machine.source.short_stop + machine.source.patience) * 1000)
    until = max(stop, min(stop + ahead, stop if now is None else now))
    return spans(_samples(query, machine, start, until), machine.source, start, stop, machine.out)


def _samples(query: ReadingQuery, machine: Machine, start: Millis, until: Millis) -> list[Sample]:
    """With as many readings before `start` as it takes to tell what holds there."""
    source, samples = machine.source, list[Sample]()
    near = round((source.patience + source.idle + source.short_stop) * 1000)
    further = BANDS if source.signal is RunSignal.POWER else ()
    for back in (near, *further):
        samples = samples_of(query.raw(machine.device, source.metric, start - back, until))
        if not _undecided(samples, source, start):
            break
    return samples


def _undecided(samples: Sequence[Sample], source: RunSource, start: Millis) -> bool:
    """Whether power was read before `start` and lay between `off` and `on` all along."""
    before = [sample for sample in samples if sample[0] <= start]
    return bool(before) and told(before, source)[-1][1] is NOT_AVAILABLE


def counted(query: ReadingQuery, machine: Machine, metric: str, start: Millis, stop: Millis) -> Counted | None:
    """How a counter of it grew over [start, stop), reset-safe; None where it has none, or nothing was read."""
    info = machine.counters.get(metric)
    if info is None:
        return None
    samples = samples_of(query.raw(machine.device, metric, start - LOOK_BACK, stop))
    if not samples or samples[-1][0] < start:
        return None
    counter = Counter(modulus=info.modulus, max_rate=info.max_rate, resolution=10.0**-info.decimals)
    rate = likely_rate(samples)
    if rate is not None:
        counter.at_most(rate)
    whole = counter.take(samples)
    within = [one for one in whole.increments if one.stop >= start]
    events = [one for one in whole.events if one.time >= start]
    return Counted(sum(one.amount for one in within), within, events, whole.pending)


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
    last = end + 1 if now is None or end < now else end  # what holds at the very end of the shift
    found = machine_spans(query, machine, window.start - 1, last, now)
    cycles, hours, good = (
        counted(query, machine, metric, window.start, end) for metric in (CYCLES, RUN_HOURS, GOOD_COUNT)
    )
    meter = machine.counters.get(RUN_HOURS)
    scale = HOURS.get(meter.unit) if meter is not None else None
    counts = Counts(_total(cycles), hours.total * scale if hours is not None and scale is not None else None)
    made = machine_shift(machine.device, window, found, journal.records, journal.reasons, counts, now)
    known = [span for span in found if span.state in (EXECUTING, NOT_EXECUTING)]
    produced, fit = (pieces_in(one, window.planned, known, machine.source.patience) for one in (cycles, good))
    return replace(made, oee=oee(made, produced, fit, machine.source.per_item))


def _total(count: Counted | None) -> float | None:
    return None if count is None else count.total
