"""Stops of machines and what people say of them, on the wire."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from api.schemas import SLUG, Given, Phrase, Wire
from api.times import Moment, WireTime
from domain.instants import utc_text
from domain.machine import Stop, StopReason, StopRecord
from domain.reading import Millis

Id = Annotated[str, StringConstraints(pattern=SLUG, min_length=1, max_length=64)]
Key = Annotated[str, StringConstraints(max_length=64)]


class StopOut(Wire):
    """A stretch of standing still within planned time; `reason` null while nobody gave one.

    `before`, `after`: planned time began or ended (a break, the shift) while it stood still. `ongoing`: up to now.
    """

    device: str
    start: WireTime
    stop: WireTime
    reason: str | None
    ongoing: bool
    before: bool
    after: bool

    @classmethod
    def of(cls, one: Stop) -> Self:
        return cls(
            device=one.device,
            start=utc_text(one.start),
            stop=utc_text(one.stop),
            reason=one.reason,
            ongoing=one.ongoing,
            before=one.before,
            after=one.after,
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


class OtherReason(Wire):
    """What somebody else said of the same stretch. `holds`: it was said later, so it is the one that counts."""

    reason: str
    who: str
    time: WireTime
    holds: bool

    @classmethod
    def of(cls, one: StopRecord, own: StopRecord) -> Self:
        return cls(reason=one.reason, who=one.who, time=utc_text(one.at), holds=(one.at, one.id) > (own.at, own.id))


class StopAnswer(Wire):
    """What became of one of them: `id` where it is kept, else what is wrong with it. `others`: what other people said
    of the same stretch; what was said last holds.
    """

    key: str
    id: int | None = None
    problem: str | None = None
    others: list[OtherReason] = Field(default_factory=list)


class StopAnswers(Wire):
    """One for each, in the order given."""

    items: list[StopAnswer]
