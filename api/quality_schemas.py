"""Quality intervals on the wire."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from api.schemas import Wire
from api.times import WireTime
from domain.instants import utc_text
from domain.quality import QualityInterval


class QualityIntervalOut(Wire):
    """From `start` until before `stop` a series was not simply good. `metric` is null for a finding on the device
    itself (its clock), which leaves its values alone.
    """

    id: int
    device: str = Field(examples=["ipal-outlet"])
    metric: str | None = Field(examples=["ph"])
    start: WireTime
    stop: WireTime
    flag: int = Field(description="QARTOD: 3 suspect, 4 fail, 9 missing.")
    reason: str = Field(examples=["stuck"])
    who: str = Field(description="The check, or the person, that says so.", examples=["check:stuck"])

    @classmethod
    def of(cls, interval: QualityInterval) -> Self:
        return cls(
            id=interval.id,
            device=interval.device,
            metric=interval.metric or None,
            start=utc_text(interval.start),
            stop=utc_text(interval.stop),
            flag=interval.flag,
            reason=interval.reason,
            who=interval.who,
        )
