"""How many hours a machine ran since its last service."""

from __future__ import annotations

from typing import Final

from domain.increase import increase
from domain.metrics import MetricInfo
from domain.ports import ReadingQuery
from domain.reading import NOT_EVALUATED, Millis
from domain.rule_record import ServiceRecord
from domain.series import MachineState
from reports.machines.reading import RUN_HOURS, Machine, machine_spans
from reports.machines.states import samples_of

HOUR: Final[Millis] = 3_600_000
DAY: Final[Millis] = 24 * HOUR
LOOK_BACK: Final[Millis] = 730 * DAY  # without any service noted, hours are counted from here on
POINTS: Final = 730
SCALE: Final = {"h": 1.0, "min": 1 / 60, "s": 1 / 3600}
RECENT: Final[Millis] = 62 * DAY  # a machine without an hour meter is counted from its states, no further back


def hours_since(query: ReadingQuery, machine: Machine, record: ServiceRecord | None, now: Millis) -> float | None:
    """By the hour meter, reset-safe; by its states where it has none. None where nothing is known.

    Without any service noted: since Pantau counts.
    """
    start = record.at if record is not None else now - LOOK_BACK
    info = machine.counters.get(RUN_HOURS)
    if info is not None and info.unit in SCALE:
        grown = meter_growth(query, machine.device, info, start, now + 1)
        return None if grown is None else grown * SCALE[info.unit]
    if now - start > RECENT:
        return None
    return _by_states(query, machine, start, now)


def meter_growth(query: ReadingQuery, device: str, info: MetricInfo, start: Millis, stop: Millis) -> float | None:
    """How far a counter grew over [start, stop), in its unit; None without a good reading.

    Buckets suffice while it only rises. In a bucket where it fell, the readings themselves are read.
    """
    buckets = query.series(device, info.metric, start, stop, POINTS)
    good = [b for b in buckets if b.quality <= NOT_EVALUATED and b.min is not None and b.max is not None]
    width = max(1, -(-(stop - start) // POINTS))
    samples: list[tuple[Millis, float]] = []
    for at, bucket in enumerate(good):
        low, high = bucket.min or 0.0, bucket.max or 0.0
        end = good[at + 1].time if at + 1 < len(good) else bucket.time + 2 * width
        if samples and low < samples[-1][1]:
            samples += samples_of(query.raw(device, info.metric, max(bucket.time, start), min(end, stop)))
        else:
            samples += [(bucket.time, low), (bucket.time + 1, high)]
    if not samples:
        return None
    ordered = sorted(dict(samples).items())
    return increase(ordered, modulus=info.modulus, resolution=10.0**-info.decimals).total


def _by_states(query: ReadingQuery, machine: Machine, start: Millis, stop: Millis) -> float | None:
    """Day by day, so that memory stays flat."""
    ran, known = 0, 0
    for at in range(start, stop, DAY):
        for span in machine_spans(query, machine, at, min(at + DAY, stop)):
            known += span.stop - span.start if span.state is not MachineState.NOT_AVAILABLE else 0
            ran += span.stop - span.start if span.state is MachineState.EXECUTING else 0
    return ran / HOUR if known else None
