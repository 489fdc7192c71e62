"""Settings of the machines' figures."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class MachinesConfig(BaseModel):
    """Machines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    explain_after_minutes: Annotated[float, Field(gt=0, le=1440)] = Field(
        default=5.0, description="Stops of at least so many minutes wait for the operator's reason"
    )
