"""Rules: what is watched, when it becomes an alert, and what to do then. Data, not code."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.alert import Priority
from domain.system_condition import SystemCondition
from domain.text import Text

ANY_METRIC: Final = "*"  # the scope of a rule that watches a device as a whole

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9]+([-.][a-z0-9_]+)*$", max_length=128)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Duration = Annotated[float, Field(gt=0, allow_inf_nan=False)]  # s
LONGEST: Final = 10 * 365 * 86_400  # s: ten years; what is longer is a typing error, and no database keeps its end
Wait = Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)]  # s, of our own or the readings' clock
Stretch = Annotated[float, Field(gt=0, le=LONGEST, allow_inf_nan=False)]  # s
Bound = Annotated[float, Field(allow_inf_nan=False)]


class Scope(BaseModel):
    """Which series a rule watches; every field given must match."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str = ANY_METRIC
    site: str | None = None
    stage: str | None = None
    device: str | None = None


class RuleBase(BaseModel):
    """What all rules carry.

    `schedule`: judged only within it. `latching`: also an acknowledged alert waits, once returned, for a person.
    `realarm`: seconds after which an acknowledged alert that still holds rings again. `routes`: exactly these are
    told; when empty, those that match.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: RuleId
    name: Text
    scope: Scope = Scope()
    priority: Priority = Priority.MEDIUM
    action: Text
    source: str | None = None  # the legal source of a limit, as printed
    enabled: bool = True
    schedule: Name | None = None
    latching: bool = False
    realarm: Stretch | None = None
    routes: tuple[Name, ...] = ()


class Delayed(BaseModel):
    """How long a finding, or its end, must last, in seconds by the readings' own times."""

    on_delay: Wait = 0.0
    off_delay: Wait = 0.0


class OneMetric(RuleBase):
    """A rule about values of one metric."""

    @model_validator(mode="after")
    def _of_a_metric(self) -> Self:
        if self.scope.metric == ANY_METRIC:
            raise ValueError("scope.metric must name one metric")
        return self


class Window(StrEnum):
    """The stretch over which an average limit is meant: a clock hour or a local day of the site."""

    HOUR = "hour"
    DAY = "day"


class LimitRule(OneMetric, Delayed):
    """Value above `above` or below `below`; it returns when the value is back by `deadband` (same unit).

    With `window` the mean of the good values of each clock hour or local day is judged, once that has ended and
    at least `coverage` of its slots of `slot` seconds hold a good value (no delays then). The share is the
    installation's own policy, not a law.
    """

    kind: Literal["limit"] = "limit"
    above: Bound | None = None
    below: Bound | None = None
    deadband: Seconds = 0.0
    window: Window | None = None
    coverage: Annotated[float, Field(gt=0, le=1)] = 0.75
    slot: Annotated[float, Field(ge=1, le=3600)] = 120.0

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError("a limit rule needs above, below or both")
        if self.window is not None and (self.on_delay or self.off_delay):
            raise ValueError("an average over a window has no on_delay or off_delay")
        if self.above is None or self.below is None:
            return self
        if self.below + self.deadband >= self.above - self.deadband:
            raise ValueError("nothing would ever count as returned: below + deadband >= above - deadband")
        return self


class NoDataRule(RuleBase):
    """Nothing was received of the series, or with metric `*` of the device, for `after` seconds."""

    kind: Literal["no_data"] = "no_data"
    after: Stretch


class StuckRule(OneMetric):
    """Readings arrive, but for `after` seconds none differed from the first by more than `tolerance` (same unit)."""

    kind: Literal["stuck"] = "stuck"
    after: Stretch
    tolerance: Seconds = 0.0


class RateOfChangeRule(OneMetric, Delayed):
    """The value rose by more than `rise`, or fell by more than `fall`, per hour (unit/h).

    Measured against the newest good reading that is at least `over` seconds older.
    """

    kind: Literal["rate_of_change"] = "rate_of_change"
    rise: Duration | None = None
    fall: Duration | None = None
    over: Stretch = 600.0

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.rise is None and self.fall is None:
            raise ValueError("a rate_of_change rule needs rise, fall or both")
        return self


class QualityRule(OneMetric):
    """Of the readings of the last `window` seconds, at least `minimum` of them, more than `share` are bad."""

    kind: Literal["quality"] = "quality"
    share: Annotated[float, Field(ge=0, lt=1)]
    window: Stretch = 3600.0
    minimum: Annotated[int, Field(ge=1)] = 10


class VolumeRule(OneMetric):
    """More than `above` m3 in a local day, from a totaliser (reset-safe) or a flow (integral over good values).

    `judge = "forecast"`: the day's volume so far, with its rest at the mean flow of the last hour, would exceed it.
    """

    kind: Literal["volume"] = "volume"
    above: Duration
    judge: Literal["total", "forecast"] = "total"


class RunHoursRule(OneMetric):
    """Service is due: `every` hours of running since the last one are reached, or will be within `ahead` hours.

    The metric is a counter of hours (reset-safe) or a run state (1 while running).
    """

    kind: Literal["run_hours"] = "run_hours"
    every: Duration
    ahead: Seconds = 0.0


class StateRule(OneMetric, Delayed):
    """The metric has one of the values `equals` (a fault word, `run` = 0 within a shift)."""

    kind: Literal["state"] = "state"
    equals: tuple[Bound, ...] = Field(min_length=1)


class SystemRule(RuleBase):
    """Pantau, or something it stands on, is in trouble for at least `after` seconds."""

    kind: Literal["system"] = "system"
    condition: SystemCondition
    after: Wait = 0.0


class Match(StrEnum):
    """How many of a composite's rules must hold."""

    ALL = "all"
    ANY = "any"


class Place(StrEnum):
    """Where the rules of a composite must hold together."""

    DEVICE = "device"
    STAGE = "stage"
    SITE = "site"


class CompositeRule(RuleBase, Delayed):
    """All or any of other rules hold at the same place. Those of others than composites only."""

    kind: Literal["composite"] = "composite"
    of: tuple[RuleId, ...] = Field(min_length=2)
    match: Match = Match.ALL
    place: Place = Place.STAGE


Rule = Annotated[
    LimitRule
    | NoDataRule
    | StuckRule
    | RateOfChangeRule
    | QualityRule
    | VolumeRule
    | RunHoursRule
    | StateRule
    | SystemRule
    | CompositeRule,
    Field(discriminator="kind"),
]
