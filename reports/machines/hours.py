"""How many hours a machine ran since its last service."""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec.structs import replace

from domain.measures import HOURS
from domain.metrics import MetricInfo
from domain.ports import ReadingQuery
from domain.reading import Millis
from domain.rule_record import ServiceRecord
from domain.series import MachineState
from reports.machines.reading import RUN_HOURS, Machine, machine_spans
from reports.minutes import columns_of
from reports.totaliser import Totaliser

HOUR: Final[Millis] = 3_600_000
DAY: Final[Millis] = 24 * HOUR
LOOK_BACK: Final[Millis] = 730 * DAY  # without any service noted, hours are counted from here on
POINTS: Final = 730
RECENT: Final[Millis] = 62 * DAY  # a machine without an hour meter is counted from its states, no further back


def hours_since(query: ReadingQuery, machine: Machine, record: ServiceRecord | None, now: Millis) -> float | None:
    """By the hour meter, reset-safe; by its states where it has none. None where nothing is known.

    Without any service noted: since Pantau counts.
    """
    start = record.at if record is not None else now - LOOK_BACK
    info = machine.counters.get(RUN_HOURS)
    if info is not None and info.unit in HOURS:
        grown = meter_growth(query, machine.device, info, start, now + 1)
        return None if grown is None else grown * HOURS[info.unit]
    if now - start > RECENT:
        return None
    return _by_states(query, machine, start, now)


def meter_growth(query: ReadingQuery, device: str, info: MetricInfo, start: Millis, stop: Millis) -> float | None:
    """How far an hour meter grew over [start, stop), in its unit; None without a good reading.

    Buckets suffice while it only rises, and no faster than the clock. In others the readings themselves are read.
    """
    rows = columns_of(query.series(device, info.metric, start, stop, POINTS))
    width = int(np.diff(rows.time).min()) if len(rows.time) > 1 else stop - start
    clock = 1 / HOURS[info.unit] / 3600
    meter = Totaliser(
        replace(info, max_rate=info.max_rate or clock),
        LOOK_BACK,  # it counts through any silence
        lambda begin, end: query.raw(device, info.metric, max(begin, start), min(end, stop)),
        width,
    )
    counted = [meter.day(rows.between(at, at + 1), at, at + width) for at in rows.time.tolist()]
    grown = [one.own for one in counted if one is not None]
    return sum(grown) if grown else None


def _by_states(query: ReadingQuery, machine: Machine, start: Millis, stop: Millis) -> float | None:
    """Day by day, so that memory stays flat."""
    ran, known = 0, 0
    for at in range(start, stop, DAY):
        for span in machine_spans(query, machine, at, min(at + DAY, stop)):
            known += span.stop - span.start if span.state is not MachineState.NOT_AVAILABLE else 0
            ran += span.stop - span.start if span.state is MachineState.EXECUTING else 0
    return ran / HOUR if known else None
