"""Machines and their service on the wire."""

from __future__ import annotations

from typing import Self

from api.schemas import Phrase, Wire
from api.shift_schemas import MachineShiftOut
from api.stop_schemas import StopOut
from api.times import WireTime, optional_time
from domain.instants import utc_text
from domain.machine import MachineSpan
from domain.ports_machines import MachineNow, MachineTimeline, ServiceStanding
from domain.series import MachineState


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
