"""What an installation consists of: sites, stages, devices, limit sets, compliance points, routes.

These are the models the installation's TOML files are read into; unknown keys are refused.
"""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AnyHttpUrl, Field, model_validator

from domain.alert import Priority
from domain.company_entry import CompanyEntry
from domain.machine import ServicePlan, StopReason
from domain.noun import MetricName, Noun, Slug
from domain.rule import LONGEST, Rule, Stretch
from domain.shift import Shift
from domain.text import Language, Text


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
    gateway: Slug | None = None  # the device through which it speaks: when that is silent, it is not judged

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
    """Titik penaatan: where a limit set holds. `devices` measure it.

    `earlier_limit_sets` held before `limit_set`, or will hold after it, each between its own dates.
    """

    id: Slug
    site: Slug
    stage: Slug
    name: Text
    limit_set: Slug
    devices: tuple[Slug, ...]
    earlier_limit_sets: tuple[Slug, ...] = ()


class Weekday(StrEnum):
    """As `date.weekday()` counts them."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Hours(Noun):
    """A stretch of local time on some weekdays. `end` at or before `start` lies on the next day (a night shift);
    the stretch belongs to the day it begins on. It does not begin on one of its `holidays`.
    """

    start: time
    end: time
    days: tuple[Weekday, ...] = tuple(Weekday)
    holidays: tuple[date, ...] = ()


class Schedule(Noun):
    """When something holds: working hours, a shift, the night. No stretch begins on a holiday."""

    id: Slug
    name: Text
    hours: tuple[Hours, ...] = Field(min_length=1)
    holidays: tuple[date, ...] = ()


class Contact(Noun):
    """A person, or a group, that can be told. `address` is an Apprise URL (or a plain one for `webhook`), in which
    `{secret:NAME}` stands for the content of a secret file, so that no secret stands in the registry.

    During `quiet` (a schedule) only priorities of at least `quiet_from` ring; the others wait for its end. One that
    is not `enabled` is told nothing at all; on duty the next turn stands in.
    """

    id: Slug
    name: str
    enabled: bool = True
    notifier: str = "apprise"
    address: str | None = None
    language: Language = Language.ID
    quiet: Slug | None = None
    quiet_from: Priority = Priority.CRITICAL


class Turn(Noun):
    """Who is on duty, and when (always, where no schedule is given)."""

    contact: Slug
    schedule: Slug | None = None


class Rota(Noun):
    """Who is on duty: the first turn whose schedule holds.

    With `rotate_days` the turns follow each other, each for so many days from `starts` on, at `handover` local time.
    """

    id: Slug
    name: Text
    turns: tuple[Turn, ...] = Field(min_length=1)
    rotate_days: Annotated[int, Field(ge=1, le=366)] | None = None
    starts: date | None = None
    handover: time = time(7)

    @model_validator(mode="after")
    def _started(self) -> Self:
        if (self.rotate_days is None) != (self.starts is None):
            raise ValueError("rotate_days and starts belong together")
        return self


class Escalation(Noun):
    """Who is told when nobody acknowledged for `after` seconds."""

    after: Stretch
    contacts: tuple[Slug, ...] = ()
    rota: Slug | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.contacts and self.rota is None:
            raise ValueError("an escalation needs contacts or a rota")
        return self


class Route(Noun):
    """Who is told of what, and how. Empty `sites`, `stages` or `priorities` mean all.

    Told are its `contacts`, whoever is on duty in its `rota`, and its own `notifier` with `url`. `repeat`: seconds
    between reminders until somebody acknowledges. `summary`: it also gets the daily summary. `reports`: it also gets
    the finished reports.
    """

    id: Slug
    notifier: str | None = None
    url: AnyHttpUrl | None = None
    contacts: tuple[Slug, ...] = ()
    rota: Slug | None = None
    sites: tuple[Slug, ...] = ()
    stages: tuple[Slug, ...] = ()
    priorities: tuple[Priority, ...] = ()
    schedule: Slug | None = None
    language: Language = Language.ID
    repeat: Annotated[float, Field(ge=60, le=LONGEST)] | None = None
    escalate: tuple[Escalation, ...] = ()
    summary: bool = False
    reports: bool = False

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.notifier is None and not self.contacts and self.rota is None:
            raise ValueError("a route needs contacts, a rota or a notifier of its own")
        return self


class Installation(Noun):
    """Everything `pantau apply` loads and `pantau export` writes back.

    `companies` are kept as evidence, with their revisions (`domain.company`): the registry does not hold them.
    """

    sites: tuple[Site, ...] = ()
    devices: tuple[Device, ...] = ()
    limit_sets: tuple[LimitSet, ...] = ()
    compliance_points: tuple[CompliancePoint, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    contacts: tuple[Contact, ...] = ()
    rotas: tuple[Rota, ...] = ()
    routes: tuple[Route, ...] = ()
    rules: tuple[Rule, ...] = ()
    shifts: tuple[Shift, ...] = ()
    stop_reasons: tuple[StopReason, ...] = ()
    service_plans: tuple[ServicePlan, ...] = ()
    companies: tuple[CompanyEntry, ...] = ()


class Changes(Noun):
    """What an apply did, as `kind/id` names."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
