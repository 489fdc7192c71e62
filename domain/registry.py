"""What an installation consists of: sites, stages, devices, limit sets, compliance points, routes.

These are the models the installation's TOML files are read into; unknown keys are refused.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, model_validator

from domain.alert import Priority
from domain.rule import Rule
from domain.text import Language, Text

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
MetricName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


class Noun(BaseModel):
    """Base of the registry's models: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteKind(StrEnum):
    """What a site does; decides which page shows it."""

    IPAL = "ipal"
    MACHINES = "machines"


class Stage(Noun):
    """A step of the IPAL or a production line, in the order of `Site.stages`."""

    id: Slug
    name: Text


class Site(Noun):
    """One place. `timezone` cuts its days, shifts and months."""

    id: Slug
    name: Text
    kind: SiteKind
    timezone: str = "Asia/Jakarta"
    training: bool = False
    stages: tuple[Stage, ...] = ()


class DeviceStatus(StrEnum):
    """In service, or taken out of it on purpose (its readings are kept, its rules rest)."""

    IN_SERVICE = "in_service"
    OUT_OF_SERVICE = "out_of_service"


class Device(Noun):
    """One thing that publishes. `address` is what stands for `{device}` in its profile's topic."""

    id: Slug
    site: Slug
    stage: Slug
    profile: str
    name: Text
    address: str | None = None
    status: DeviceStatus = DeviceStatus.IN_SERVICE
    timezone: str | None = None  # for devices that send local time; the site's when absent

    @property
    def topic_name(self) -> str:
        """The name by which the device is known on the broker."""
        return self.address or self.id


class Limit(Noun):
    """One parameter of a limit set. At least one bound. `note` for what the law leaves open."""

    metric: MetricName
    unit: str
    min: float | None = None
    max: float | None = None
    name: Text | None = None
    laboratory: bool = False  # judged on laboratory results only
    note: str | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("a limit needs min, max or both")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError(f"min {self.min} is not below max {self.max}")
        return self


class LimitSet(Noun):
    """Baku mutu: limits with their legal source and the dates between which they hold (both inclusive)."""

    id: Slug
    name: Text
    source: str
    valid_from: date
    valid_until: date | None = None
    limits: tuple[Limit, ...]


class CompliancePoint(Noun):
    """Titik penaatan: where a limit set holds. `devices` measure it."""

    id: Slug
    site: Slug
    stage: Slug
    name: Text
    limit_set: Slug
    devices: tuple[Slug, ...]


class Route(Noun):
    """Who is told of what, and how. Empty `sites` or `priorities` mean all."""

    id: Slug
    notifier: str
    url: AnyHttpUrl | None = None
    sites: tuple[Slug, ...] = ()
    priorities: tuple[Priority, ...] = ()
    language: Language = Language.ID


class Installation(Noun):
    """Everything `pantau apply` loads and `pantau export` writes back."""

    sites: tuple[Site, ...] = ()
    devices: tuple[Device, ...] = ()
    limit_sets: tuple[LimitSet, ...] = ()
    compliance_points: tuple[CompliancePoint, ...] = ()
    rules: tuple[Rule, ...] = ()
    routes: tuple[Route, ...] = ()


class Changes(Noun):
    """What an apply did, as `kind/id` names."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
