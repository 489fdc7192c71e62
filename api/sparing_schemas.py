"""SPARING on the wire."""

from __future__ import annotations

from typing import Self

from msgspec.structs import asdict
from pydantic import Field

from api.schemas import Wire
from api.times import WireTime, optional_time
from domain.instants import utc_text
from domain.sparing import Receipt
from domain.sparing_desk import SparingPointStatus, SparingStatus


class ReceiptOut(Wire):
    """One attempt. `status` and `desc` are the ministry's own words; `fingerprint` is of the secret, never it."""

    id: int
    package: int = Field(description="0 for a connectivity test.")
    point: str
    uid: str
    kind: str = Field(examples=["hourly"])
    start: WireTime
    time: WireTime
    attempt: int
    verdict: str = Field(examples=["accepted"])
    records: int
    left_out: int = Field(description="Slots of the period in which nothing was measured.")
    http: int | None
    status: bool | None
    desc: str | None
    duplicates: list[int] = Field(description="Slots (Unix s) that the server said it had.")
    fingerprint: str | None

    @classmethod
    def of(cls, one: Receipt) -> Self:
        fields = asdict(one)
        at = fields.pop("at")
        return cls(
            **{**fields, "start": utc_text(one.start), "time": utc_text(at), "duplicates": list(one.duplicates)}
        )


class SparingPointOut(Wire):
    """One compliance point. `skipped`: why nothing is sent, null where packages are."""

    point: str
    uid: str
    parameters: list[str]
    skipped: str | None = Field(examples=["untested"])
    tested_at: WireTime | None
    waiting: int
    oldest: WireTime | None = Field(description="Start of the oldest package that waits.")
    last: ReceiptOut | None

    @classmethod
    def of(cls, one: SparingPointStatus) -> Self:
        return cls(
            point=one.point,
            uid=one.uid,
            parameters=list(one.parameters),
            skipped=one.skipped,
            tested_at=optional_time(one.tested_at),
            waiting=one.waiting,
            oldest=optional_time(one.oldest),
            last=None if one.last is None else ReceiptOut.of(one.last),
        )


class SparingStatusOut(Wire):
    """The connector and its points."""

    enabled: bool
    base_url: str
    mode: str
    items: list[SparingPointOut]

    @classmethod
    def of(cls, one: SparingStatus) -> Self:
        items = [SparingPointOut.of(point) for point in one.points]
        return cls(enabled=one.enabled, base_url=one.base_url, mode=one.mode, items=items)
