"""What a profile may say about the checks of one metric, beside `max_rate`, `max_same`, `interval` and `grace`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class SpikeConfig(BaseModel):
    """The key `spike` of a metric: `spike = {}` looks for spikes with these defaults.

    `k` robust standard deviations from the median of `window` neighbours; `floor`, in the metric's unit, is the least
    deviation that can be one (default: ten of the last digit shown); `longest` readings in a row at most.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    k: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 5.0
    window: Annotated[int, Field(ge=6, le=200)] = 30
    floor: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    longest: Annotated[int, Field(ge=1, le=20)] = 2


class QualityConfig(BaseModel):
    """The checks on stored readings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every_seconds: Annotated[float, Field(ge=1, le=3600)] = Field(
        default=30.0, description="Time between two runs of the checks (s)"
    )
    clock_skew_seconds: Annotated[float, Field(ge=1, le=86_400)] = Field(
        default=120.0, description="How far a device's clock may be off before it is told (s)"
    )
