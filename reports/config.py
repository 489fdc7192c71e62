"""Settings of the reports: the installation's own choices, none of them law."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.report_head import Policy
from domain.report_period import PeriodKind


class ReportsConfig(BaseModel):
    """Reports: how they count. "Kebijakan internal", printed on every report."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slot_seconds: Annotated[int, Field(ge=60, le=3600, multiple_of=60)] = Field(
        default=120, description="A slot counts as complete with one good reading; SPARING counts in 120 s"
    )
    day_share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.75, description="Share of its slots with which a day counts as well covered"
    )
    join_seconds: Annotated[int, Field(ge=0, le=86_400)] = Field(
        default=600, description="Exceedances that lie at most so far apart are one (s)"
    )
    max_gap_seconds: Annotated[int, Field(ge=60, le=86_400, multiple_of=60)] = Field(
        default=600, description="A flow is not integrated over a longer silence (s)"
    )
    outage_factor: Annotated[float, Field(ge=1, le=100)] = Field(
        default=3.0,
        description="A silence longer than so many times the interval in which a device's readings come is an outage",
    )
    schedule: tuple[PeriodKind, ...] = Field(
        default=(PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.SEMESTER, PeriodKind.YEAR),
        description="Periods whose reports are made by themselves; empty for none. May hold day",
    )
    wait_hours: Annotated[float, Field(ge=0, le=24 * 31)] = Field(
        default=24.0,
        description="Time left to late data after the last day of a period, before its report is made (h)",
    )
    catch_up_months: Annotated[int, Field(ge=0, le=120)] = Field(
        default=12,
        description="Of so many months before the first start, periods with readings are made too, without a mail",
    )
    formats: tuple[Literal["pdf", "xlsx", "csv", "csv-data"], ...] = Field(
        default=("pdf", "xlsx"), description="Formats kept of a finished report; JSON is always kept beside them"
    )
    mail_megabytes: Annotated[float, Field(gt=0, le=100)] = Field(
        default=10.0,
        description="Largest sum of the files attached to a mail (MB); what does not fit is told with the link",
    )
    language: Literal["id", "en"] = Field(
        default="id", description="Language of the kept files; the other one is printed when it is asked for"
    )
    recheck_days: Annotated[int, Field(ge=0, le=3650)] = Field(
        default=100, description="So long after it was made, a report is compared with the data once a day (d)"
    )

    @property
    def policy(self) -> Policy:
        """As the report carries it."""
        seconds = (self.join_seconds, self.max_gap_seconds)
        return Policy(self.slot_seconds, self.day_share, *seconds, self.outage_factor)
