"""Settings of the alerts."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class AlertsConfig(BaseModel):
    """How often what arrived is judged, and what is needed to tell people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tick_seconds: Annotated[float, Field(ge=0.1, le=60)] = Field(
        default=2.0, description="Time between two checks (s)"
    )
    secrets_dir: Path | None = Field(
        default=None,
        description="Folder of secret files: {secret:NAME} in the address of a contact or route stands for the "
        "content of the file NAME in it",
    )
    link_days: Annotated[float, Field(gt=0, le=30)] = Field(
        default=3.0, description="How long a link that acknowledges an alert works (days)"
    )
    summary_at: time = Field(
        default=time(6, 30), description="When the daily summary is told (local time of the first site)"
    )
    calibration_days: Annotated[int, Field(ge=0, le=90)] = Field(
        default=7, description="From how many days before its day on a calibration is told to be due (days)"
    )
    ping_url: SecretStr | None = Field(
        default=None,
        description="Outside address that is asked after every check, in the manner of healthchecks, so that "
        "somebody else notices when Pantau is down; /fail is added to its path when a check fails",
    )
    ping_seconds: Annotated[float, Field(ge=1, le=3600)] = Field(
        default=60.0, description="Shortest time between two of these pings (s)"
    )
