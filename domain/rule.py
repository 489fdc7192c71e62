"""Rules: what is watched, when it becomes an alert, and what to do then. Data, not code."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.alert import Priority
from domain.text import Text


class Scope(BaseModel):
    """Which series a rule watches; every field given must match. `metric` is always given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    site: str | None = None
    stage: str | None = None
    device: str | None = None


class RuleBase(BaseModel):
    """What all rules carry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+([-.][a-z0-9_]+)*$", max_length=128)]
    name: Text
    scope: Scope
    priority: Priority = Priority.MEDIUM
    action: Text
    source: str | None = None  # the legal source of a limit, as printed
    enabled: bool = True


class LimitRule(RuleBase):
    """Value above `above` or below `below`.

    It returns when the value is back by `deadband` (same unit). `on_delay` and `off_delay` in seconds:
    how long the breach, or the return, must last by the readings' own times.
    """

    kind: Literal["limit"] = "limit"
    above: float | None = None
    below: float | None = None
    deadband: Annotated[float, Field(ge=0)] = 0.0
    on_delay: Annotated[float, Field(ge=0)] = 0.0
    off_delay: Annotated[float, Field(ge=0)] = 0.0

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError("a limit rule needs above, below or both")
        if self.above is None or self.below is None:
            return self
        if self.below + self.deadband >= self.above - self.deadband:
            raise ValueError("nothing would ever count as returned: below + deadband >= above - deadband")
        return self


class NoDataRule(RuleBase):
    """No reading of the series was received for `after` seconds (expected interval plus grace)."""

    kind: Literal["no_data"] = "no_data"
    after: Annotated[float, Field(gt=0)]


Rule = Annotated[LimitRule | NoDataRule, Field(discriminator="kind")]
