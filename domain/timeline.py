"""Timelines: a story told to a rule as data, and what must come of it. Tests of rules, for people."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from domain.alert import AlertState
from domain.registry import Schedule
from domain.rule import Rule, RuleId

At = Annotated[float, Field(ge=0, le=366 * 86_400, allow_inf_nan=False)]
"""Seconds after the beginning of the story."""
Number = Annotated[float, Field(allow_inf_nan=False)]


class Deed(StrEnum):
    """What a person does to the newest alert of the story."""

    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    COMMENT = "comment"
    TAKE_OUT = "take_out"
    PUT_BACK = "put_back"


class Step(BaseModel):
    """One moment: a reading arrives, a person acts, or both; then a tick is made, and `expect` is looked at.

    `value` (or `values`, with `times` where they are older than `at`) is of `metric` and `device`, those of the
    rule's scope unless told; `"null"` is a reading without a value. `at` and `times` are seconds after the
    beginning, or RFC 3339.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: At | datetime
    value: Number | str | None = None
    values: tuple[Number | str, ...] = ()
    times: tuple[At | datetime, ...] = ()
    metric: str | None = None
    device: str | None = None
    quality: Annotated[int, Field(ge=1, le=9)] | None = None
    do: Deed | None = None
    who: str = "sari"
    comment: str | None = None
    until: At | datetime | None = None
    refused: bool = False
    expect: AlertState | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        given = (*(() if self.value is None else (self.value,)), *self.values)
        if any(isinstance(one, str) and one != "null" for one in given):
            raise ValueError('a value is a number, or "null" for a reading without one')
        if self.value is not None and self.values:
            raise ValueError("give value or values, not both")
        if self.times and len(self.times) != len(given):
            raise ValueError(f"{len(self.times)} times for {len(given)} values")
        if self.do is Deed.SHELVE and self.until is None:
            raise ValueError("shelve needs until")
        return self


class ExpectedAlert(BaseModel):
    """What is looked at of one alert; times as in `Step.at`. Fields that are left out are not looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: AlertState | None = None
    active: bool | None = None
    since: At | datetime | None = None
    returned_at: At | datetime | None = None
    value: Number | None = None
    peak: Number | None = None
    limit: Number | None = None
    occurrences: int | None = None
    found_late: bool | None = None
    chattering: bool | None = None


class Timeline(BaseModel):
    """One story. `rule` is a rule, or the id of one of the installation's; `beside` are rules that a composite names,
    `schedules` those that the installation does not have. `units` are those (UCUM) of the metrics of devices that it
    does not have; "1" where nothing is said.

    `transitions` must come about exactly, in order: `10 raised normal>unacknowledged`, with the person's name at
    the end where one acted. A tick is made every `tick` seconds, from the beginning to `end` (the last step).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: str = ""
    rule: Annotated[
        Annotated[Rule, Tag("written")] | Annotated[RuleId, Tag("named")],
        Discriminator(lambda given: "named" if isinstance(given, str) else "written"),
    ]
    beside: tuple[Rule, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    units: dict[str, str] = {}
    tick: Annotated[float, Field(ge=1, le=3600)] = 10.0
    start: datetime | None = None
    end: At | datetime | None = None
    steps: tuple[Step, ...] = Field(min_length=1, max_length=10_000)
    transitions: tuple[str, ...] = ()
    alerts: tuple[ExpectedAlert, ...] | None = None


class Difference(Struct, frozen=True):
    """One thing that came otherwise. `expected` None: nothing was expected; `found` None: nothing came."""

    place: str  # such as `transitions[2]`, `steps[4].expect`, `alerts[0].peak`
    expected: str | None
    found: str | None


class TimelineReport(Struct, frozen=True):
    """How a story ended: passed when nothing came otherwise."""

    rule: str
    why: str
    transitions: list[str]  # as they came
    differences: list[Difference]

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.differences
