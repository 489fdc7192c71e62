"""Records that people write, on the wire: the same fields in and out, each revision with who and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, Self, TypeVar

import msgspec
from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema

from api.access import Caller
from api.paging import opened, sealed
from api.schemas import Given, ListOf, Wire
from api.times import WireTime, parse_time
from domain.errors import Invalid, NotFound
from domain.evidence import Book, Revision
from domain.instants import utc_text
from domain.metrics import MetricInfo
from domain.reading import Millis
from domain.services import Services

R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")

OURS: Final = {"ours": True}  # validation context of what comes from the store


def _moment(value: object, info: ValidationInfo) -> Millis:
    return value if info.context == OURS and isinstance(value, int) else parse_time(value)


Instant = Annotated[
    Millis,
    BeforeValidator(_moment),
    PlainSerializer(utc_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Note = Annotated[str, Field(max_length=4000)]
Number = Annotated[float, Field(allow_inf_nan=False)]
RecordId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
AtRevision = Annotated[int, Query(ge=1, le=2**31, description="The revision that the caller saw.")]
Why = Annotated[str, Query(min_length=1, max_length=4000, description="Why it no longer counts.")]


class RevisionOut(Wire, Generic[R]):
    """One state of a record. `removed`: from this revision on it no longer counts; what it said stays."""

    id: str
    revision: int
    who: str
    at: WireTime
    note: str
    removed: bool
    record: R


class Corrected(Given, Generic[R]):
    """The record as it should be, the revision that was seen, and why it is corrected."""

    revision: int = Field(ge=1, le=2**31)
    note: str = Field(min_length=1, max_length=4000, examples=["Salah ketik buffer kedua."])
    record: R


class History(Wire, Generic[R]):
    """Every revision of one record, oldest first."""

    items: list[RevisionOut[R]]

    @classmethod
    def of(cls, items: list[RevisionOut[R]]) -> Self:
        return cls(items=items)


@dataclass(frozen=True)
class Shelf(Generic[T, R]):
    """How records of one kind go over the wire. `made` are fields of the record that the service fills in."""

    noun: str
    struct: type[T]
    model: type[R]
    book: Callable[[Services], Book[T]]
    made: tuple[str, ...] = ()

    def page(self, services: Services, place: str | None, cursor: str | None, limit: int) -> ListOf[Any]:
        """The newest revision of each that counts, latest first by when it was."""
        found = self.book(services).page(place, opened(self.noun, cursor), limit)
        return ListOf(items=[self.shown(one) for one in found.items], next=sealed(self.noun, found.next))

    def history(self, services: Services, record_id: str) -> History[Any]:
        """Every revision of one."""
        return History(items=[self.shown(one) for one in self.book(services).history(record_id)])

    def add(self, services: Services, caller: Caller, body: R) -> RevisionOut[Any]:
        """A new one, by the caller."""
        made = self.book(services).add(self.record(body, caller.name), caller.name, services.clock())
        return self.shown(made)

    def correct(self, services: Services, caller: Caller, record_id: str, body: Corrected[Any]) -> RevisionOut[Any]:
        """A further revision of it."""
        record = self.record(body.record, caller.name)
        now = services.clock()
        made = self.book(services).correct(record_id, body.revision, record, caller.name, body.note, now)
        return self.shown(made)

    def remove(self, services: Services, caller: Caller, record_id: str, at: int, note: str) -> RevisionOut[Any]:
        """From now on it does not count."""
        return self.shown(self.book(services).remove(record_id, at, caller.name, note, services.clock()))

    def shown(self, one: Revision[T]) -> RevisionOut[Any]:
        """A revision as it goes out."""
        fields = msgspec.to_builtins(one.record)
        body = {name: value for name, value in fields.items() if name not in self.made}
        shape: Any = RevisionOut.__class_getitem__(self.model)
        return shape(  # type: ignore[no-any-return]
            id=one.id,
            revision=one.number,
            who=one.who,
            at=utc_text(one.at),
            note=one.note,
            removed=one.removed,
            record=self.model.model_validate(body, context=OURS),
        )

    def record(self, body: R, who: str) -> T:
        """What was sent, as the book keeps it. Raises Invalid."""
        fields = body.model_dump()
        given = {"id": "", "who": who, "operator": who}
        fields |= {name: given[name] for name in self.made if name in given}
        try:
            return msgspec.convert(fields, self.struct)
        except msgspec.ValidationError as error:
            raise Invalid(str(error), self.noun) from None


def require_metric(services: Services, device: str, metric: str) -> MetricInfo:
    """What the device's profile says of the metric. Raises Invalid for one it does not have."""
    try:
        profile = services.profiles.profile(services.registry.device(device).profile)
    except NotFound:
        raise Invalid(f"there is no device {device}", "device") from None
    for info in profile.metrics:
        if info.metric == metric:
            return info
    raise Invalid(f"device {device} has no metric {metric}", "metric")
