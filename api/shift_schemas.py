"""Shifts of machines on the wire: each machine in each, their sums, why they stood still. Spans of time are in
seconds, shares 0 to 1.
"""

from __future__ import annotations

from datetime import date
from typing import Self

from api.schemas import Wire
from domain.machine import Loss, MachineShift
from domain.ports_machines import ShiftOverview, Summed
from domain.reading import Millis


def seconds(span: Millis) -> float:
    """Of milliseconds."""
    return span / 1000


class MachineShiftOut(Wire):
    """One machine in one shift, within planned busy time. `availability` is APT / PBT (ISO 22400-2) of what is known;
    null where nothing is. `oee` only where pieces and good pieces are counted.
    """

    device: str
    stage: str
    shift: str
    day: date
    planned: float
    running: float
    stopped: float
    excused: float
    no_signal: float
    out_of_service: float
    outside: float
    availability: float | None
    short_stops: int
    stops: int
    cycles: float | None
    run_hours: float | None
    oee: float | None

    @classmethod
    def of(cls, one: MachineShift) -> Self:
        return cls(
            device=one.device,
            stage=one.stage,
            shift=one.shift,
            day=one.day,
            planned=seconds(one.planned),
            running=seconds(one.running),
            stopped=seconds(one.stopped),
            excused=seconds(one.excused),
            no_signal=seconds(one.no_signal),
            out_of_service=seconds(one.out_of_service),
            outside=seconds(one.outside),
            availability=one.availability,
            short_stops=one.short_stops,
            stops=len(one.stops),
            cycles=one.cycles,
            run_hours=one.run_hours,
            oee=one.oee.value if one.oee else None,
        )


class SummedOut(Wire):
    """Several machines or shifts together."""

    of: str
    planned: float
    running: float
    stopped: float
    excused: float
    no_signal: float
    out_of_service: float
    availability: float | None

    @classmethod
    def from_sum(cls, one: Summed) -> Self:
        return cls(
            of=one.of,
            planned=seconds(one.planned),
            running=seconds(one.running),
            stopped=seconds(one.stopped),
            excused=seconds(one.excused),
            no_signal=seconds(one.no_signal),
            out_of_service=seconds(one.out_of_service),
            availability=one.availability,
        )


class LossOut(Wire):
    """How much time one reason took; `reason` null: nobody explained it."""

    reason: str | None
    time: float
    stops: int
    share: float

    @classmethod
    def of(cls, one: Loss) -> Self:
        return cls(reason=one.reason, time=seconds(one.time), stops=one.stops, share=one.share)


class ShiftsOut(Wire):
    """Shifts of a site over local days: each machine in each shift, the sums, the reasons by the time they took."""

    site: str
    first: date
    last: date
    machines: list[MachineShiftOut]
    totals: list[SummedOut]
    lines: list[SummedOut]
    shifts: list[SummedOut]
    days: list[SummedOut]
    total: SummedOut
    reasons: list[LossOut]

    @classmethod
    def of(cls, one: ShiftOverview) -> Self:
        return cls(
            site=one.site.id,
            first=one.first,
            last=one.last,
            machines=[MachineShiftOut.of(machine) for machine in one.machines],
            totals=[SummedOut.from_sum(machine) for machine in one.by_machine],
            lines=[SummedOut.from_sum(line) for line in one.by_line],
            shifts=[SummedOut.from_sum(shift) for shift in one.by_shift],
            days=[SummedOut.from_sum(day) for day in one.by_day],
            total=SummedOut.from_sum(one.total),
            reasons=[LossOut.of(loss) for loss in one.losses],
        )
