"""Pauses and service records on the wire."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from api.alert_schemas import Remark
from api.schemas import SLUG, Given, Wire
from api.times import Moment, WireTime, optional_time
from domain.instants import utc_text
from domain.pause import Pause
from domain.reading import Millis
from domain.rule_record import ServiceRecord

Id = Annotated[str, StringConstraints(pattern=SLUG, min_length=1, max_length=64)]


class NewPause(Given):
    """A place to take out of operation: a site, a stage of it, or one device; and why."""

    site: Id = Field(examples=["batik"])
    stage: Id | None = Field(None, examples=["outlet"])
    device: Id | None = None
    reason: Remark = Field(examples=["Pembersihan bak, tidak ada aliran."])
    start: Moment | None = None
    stop: Moment = Field(examples=["2026-11-21T10:00:00Z"], description="At most 30 days after the start.")


class PauseOut(Wire):
    """A place out of operation from `start` until `stop` (null, of old ones: until ended). `active`: it holds now."""

    id: int
    site: str
    stage: str | None
    device: str | None
    start: WireTime
    stop: WireTime | None
    reason: str
    who: str
    ended_by: str | None
    active: bool

    @classmethod
    def of(cls, pause: Pause, now: Millis) -> Self:
        return cls(
            id=pause.id,
            site=pause.site,
            stage=pause.stage,
            device=pause.device,
            start=utc_text(pause.start),
            stop=optional_time(pause.stop),
            reason=pause.reason,
            who=pause.who,
            ended_by=pause.ended_by,
            active=pause.start <= now and (pause.stop is None or now < pause.stop),
        )


class NewService(Given):
    """Service done: on which machine, what, when (now unless told), and what its hour meter said (h)."""

    device: Id = Field(examples=["press-1"])
    note: Remark = Field(examples=["Ganti oli hidrolik."])
    time: Moment | None = None
    run_hours: float | None = Field(None, ge=0, allow_inf_nan=False, examples=[1250.5])


class ServiceOut(Wire):
    """Service done on a machine."""

    id: int
    device: str
    time: WireTime
    who: str
    note: str
    run_hours: float | None

    @classmethod
    def of(cls, record: ServiceRecord) -> Self:
        return cls(
            id=record.id,
            device=record.device,
            time=utc_text(record.at),
            who=record.who,
            note=record.note,
            run_hours=record.run_hours,
        )
