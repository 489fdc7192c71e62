"""What goes over the wire about the installation and the system. Domain objects never go out straight."""

from __future__ import annotations

from typing import Annotated, Generic, Self, TypeVar

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from domain.metrics import MetricInfo, ProfileInfo
from domain.registry import CompliancePoint, LimitSet, Site
from domain.text import Text

T = TypeVar("T")

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
METRIC = r"^[a-z][a-z0-9_]*$"
NAME = r"^[a-z0-9][a-z0-9._-]*$"

SiteFilter = Annotated[str | None, Query(pattern=SLUG, max_length=64, description="Only this site.")]
DeviceFilter = Annotated[str | None, Query(pattern=SLUG, max_length=64, description="Only this device.")]
MetricFilter = Annotated[str | None, Query(pattern=METRIC, max_length=64, description="Only this metric.")]
DeviceName = Annotated[str, Query(pattern=SLUG, max_length=64, description="The device.", examples=["ipal-outlet"])]
Metric = Annotated[str, Query(pattern=METRIC, max_length=64, description="The metric.", examples=["ph"])]
SlugPath = Annotated[str, Path(pattern=SLUG, max_length=64)]
NamePath = Annotated[str, Path(pattern=NAME, max_length=64)]


class Wire(BaseModel):
    """Base of everything on the wire."""

    model_config = ConfigDict(frozen=True)


class Given(BaseModel):
    """Base of what callers send: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ListOf(Wire, Generic[T]):
    """One page of a list. `next` is the cursor of the following page, null at the end."""

    items: list[T]
    next: str | None = None


class Phrase(Wire):
    """One phrase in both languages."""

    id: str
    en: str

    @classmethod
    def of(cls, text: Text) -> Self:
        return cls(id=text.id, en=text.en)


class FieldError(Wire):
    """What is wrong with one field of a request."""

    field: str
    message: str


class Problem(Wire):
    """RFC 9457. `errors` names the fields of an invalid request, `present` the state a thing has moved on to."""

    type: str = Field(examples=["urn:pantau:problem:not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no device pompa-9"])
    errors: list[FieldError] | None = None
    present: str | None = None


class StageOut(Wire):
    """A step of the IPAL or a production line."""

    id: str
    name: Phrase


class CompliancePointOut(Wire):
    """Titik penaatan: where a limit set holds, and the devices that measure it."""

    id: str
    stage: str
    name: Phrase
    limit_set: str
    devices: list[str]

    @classmethod
    def of(cls, point: CompliancePoint) -> Self:
        name = Phrase.of(point.name)
        return cls(id=point.id, stage=point.stage, name=name, limit_set=point.limit_set, devices=list(point.devices))


class SiteOut(Wire):
    """One place, its stages in order."""

    id: str = Field(examples=["batik"])
    name: Phrase
    kind: str = Field(examples=["ipal"])
    timezone: str = Field(examples=["Asia/Jakarta"])
    training: bool
    stages: list[StageOut]
    compliance_points: list[CompliancePointOut]

    @classmethod
    def of(cls, site: Site, points: tuple[CompliancePoint, ...]) -> Self:
        return cls(
            id=site.id,
            name=Phrase.of(site.name),
            kind=site.kind,
            timezone=site.timezone,
            training=site.training,
            stages=[StageOut(id=stage.id, name=Phrase.of(stage.name)) for stage in site.stages],
            compliance_points=[CompliancePointOut.of(point) for point in points if point.site == site.id],
        )


class MetricOut(Wire):
    """One metric as the profile declares it. `low` and `high` bound what is physically possible, `interval` is
    the expected time between readings and `grace` what is tolerated on top, in seconds.
    """

    metric: str
    unit: str
    name: Phrase
    kind: str
    low: float | None
    high: float | None
    interval: float | None
    grace: float | None
    decimals: int

    @classmethod
    def of(cls, info: MetricInfo) -> Self:
        return cls(
            metric=info.metric,
            unit=info.unit,
            name=Phrase.of(info.name),
            kind=info.kind,
            low=info.low,
            high=info.high,
            interval=info.interval,
            grace=info.grace,
            decimals=info.decimals,
        )


class ProfileOut(Wire):
    """How one model of device speaks."""

    name: str
    title: Phrase
    format: str
    topics: list[str]
    source: str | None
    metrics: list[MetricOut]

    @classmethod
    def of(cls, profile: ProfileInfo) -> Self:
        return cls(
            name=profile.name,
            title=Phrase.of(profile.title),
            format=profile.format,
            topics=list(profile.topics),
            source=profile.source,
            metrics=[MetricOut.of(info) for info in profile.metrics],
        )


class LimitOut(Wire):
    """One parameter of a limit set. `laboratory`: judged on laboratory results only."""

    metric: str
    unit: str
    min: float | None
    max: float | None
    laboratory: bool
    note: str | None


class LimitSetOut(Wire):
    """Baku mutu with its legal source and the days between which it holds (both inclusive)."""

    id: str
    name: Phrase
    source: str
    valid_from: str = Field(json_schema_extra={"format": "date"})
    valid_until: str | None = Field(json_schema_extra={"format": "date"})
    limits: list[LimitOut]

    @classmethod
    def of(cls, limits: LimitSet) -> Self:
        return cls(
            id=limits.id,
            name=Phrase.of(limits.name),
            source=limits.source,
            valid_from=limits.valid_from.isoformat(),
            valid_until=limits.valid_until.isoformat() if limits.valid_until else None,
            limits=[LimitOut(**one.model_dump(exclude={"name"})) for one in limits.limits],
        )
