"""Machines, their shifts, stops and service on the wire. Spans of time are in seconds, shares 0 to 1."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from api.schemas import SLUG, Given, Phrase, Wire
from api.times import Moment, WireTime, optional_time
from domain.instants import utc_text
from domain.machine import Loss, MachineShift, MachineSpan, Stop, StopReason, StopRecord
from domain.ports_machines import MachineNow, MachineTimeline, ServiceStanding, ShiftOverview, Summed
from domain.reading import Millis
from domain.series import MachineState

Id = Annotated[str, StringConstraints(pattern=SLUG, min_length=1, max_length=64)]
Key = Annotated[str, StringConstraints(max_length=64)]


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


class MachineOut(Wire):
    """A machine now; `since` null where its state is older than can be told. `shift` null between shifts."""

    device: str
    name: Phrase
    site: str
    stage: str
    state: MachineState
    since: WireTime | None
    shift: MachineShiftOut | None

    @classmethod
    def of(cls, one: MachineNow) -> Self:
        device = one.device
        return cls(
            device=device.id,
            name=Phrase.of(device.name),
            site=device.site,
            stage=device.stage,
            state=one.state,
            since=optional_time(one.since),
            shift=MachineShiftOut.of(one.shift) if one.shift else None,
        )


class SpanOut(Wire):
    """A stretch in one state. `short_stops`: how many were joined into it."""

    start: WireTime
    stop: WireTime
    state: MachineState
    short_stops: int

    @classmethod
    def of(cls, one: MachineSpan) -> Self:
        return cls(start=utc_text(one.start), stop=utc_text(one.stop), state=one.state, short_stops=one.short_stops)


class StopOut(Wire):
    """A stretch of standing still within planned time; `reason` null while nobody gave one."""

    device: str
    start: WireTime
    stop: WireTime
    reason: str | None
    ongoing: bool

    @classmethod
    def of(cls, one: Stop) -> Self:
        return cls(
            device=one.device,
            start=utc_text(one.start),
            stop=utc_text(one.stop),
            reason=one.reason,
            ongoing=one.ongoing,
        )


class TimelineOut(Wire):
    """A machine over a stretch: states without gaps up to now, and its stops."""

    device: str
    start: WireTime
    stop: WireTime
    states: list[SpanOut]
    stops: list[StopOut]

    @classmethod
    def of(cls, one: MachineTimeline) -> Self:
        return cls(
            device=one.device,
            start=utc_text(one.start),
            stop=utc_text(one.stop),
            states=[SpanOut.of(span) for span in one.spans],
            stops=[StopOut.of(stop) for stop in one.stops],
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


class ReasonOut(Wire):
    """A reason that may be given. `planned`: not a loss."""

    id: str
    name: Phrase
    parent: str | None
    planned: bool

    @classmethod
    def of(cls, one: StopReason) -> Self:
        return cls(id=one.id, name=Phrase.of(one.name), parent=one.parent, planned=one.planned)


class NewStop(Given):
    """Why a machine stood still. `time`: when it was said (now unless told). `going_on`: it stood still then; the
    reason holds until it runs again. `key`: made by the tablet; sent twice it is one record.
    """

    device: Id = Field(examples=["press-1"])
    start: Moment
    stop: Moment
    reason: Id = Field(examples=["tunggu-bahan"])
    time: Moment | None = None
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    key: Key = ""
    going_on: bool = False

    def record(self, who: str, now: Millis) -> StopRecord:
        """As it is kept."""
        at = now if self.time is None else self.time
        return StopRecord(
            self.device, self.start, self.stop, self.reason, who, at, self.note, self.key, self.going_on
        )


class NewStops(Given):
    """What a tablet has to say, oldest first."""

    items: list[NewStop] = Field(min_length=1, max_length=200)


class StopAnswer(Wire):
    """What became of one of them: `id` where it is kept, else what is wrong with it."""

    key: str
    id: int | None = None
    problem: str | None = None


class StopAnswers(Wire):
    """One for each, in the order given."""

    items: list[StopAnswer]


class ServiceDueOut(Wire):
    """How a service plan stands; what is not known is null. Below zero it is overdue."""

    plan: str
    name: Phrase
    device: str
    every_hours: float | None
    every_days: int | None
    hours_since: float | None
    hours_left: float | None
    days_left: int | None
    soon: bool
    overdue: bool
    last: WireTime | None
    parts: list[str]
    source: str | None

    @classmethod
    def of(cls, one: ServiceStanding) -> Self:
        return cls(
            plan=one.plan.id,
            name=Phrase.of(one.plan.name),
            device=one.plan.device,
            every_hours=one.plan.every_hours,
            every_days=one.plan.every_days,
            hours_since=one.hours_since,
            hours_left=one.hours_left,
            days_left=one.days_left,
            soon=one.soon,
            overdue=one.overdue,
            last=optional_time(one.last.at if one.last else None),
            parts=list(one.plan.parts),
            source=one.plan.source,
        )
