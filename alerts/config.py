"""Settings of the alerts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class AlertsConfig(BaseModel):
    """How often what arrived is judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tick_seconds: Annotated[float, Field(ge=0.1, le=60)] = Field(
        default=2.0, description="Time between two checks (s)"
    )
