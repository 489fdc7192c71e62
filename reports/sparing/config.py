"""Settings of the SPARING connector."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.noun import MetricName, Slug
from domain.sparing import PackageKind, Parameter

BASE_URL: Final = "https://sparing.kemenlh.go.id/api"
"""KLH/BPLH, "Terms and procedures for continuous waste water monitoring data sending (SPARING) in 2025"."""
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Mode(StrEnum):
    """How often data are sent. The letter asks for hourly packages."""

    HOURLY = "hourly"
    TWO_MINUTES = "two_minutes"

    @property
    def kind(self) -> PackageKind:
        """The kind of package this sends."""
        return PackageKind(self.value)


class HourlyPath(StrEnum):
    """Where hourly packages go: the letter's door, or one that only some vendors' loggers use (not in the letter)."""

    LETTER = "send-hourly"
    VENDOR = "send-hourly-vendor"


class PartialRecords(StrEnum):
    """What becomes of a slot in which only some of the parameters were measured well."""

    LEAVE_OUT = "leave_out"  # the letter shows no record with a parameter missing
    SEND = "send"  # the record without the keys of what was not measured


class Sensor(BaseModel):
    """Where the values of one parameter come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    device: Slug = Field(description="Device that measures it")
    metric: MetricName = Field(description="Metric of that device")


class SparingPoint(BaseModel):
    """One compliance point with its logger. Only the parameters named in `sensors` are sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    point: Slug = Field(description="Compliance point (titik penaatan)")
    uid: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^\S+$")] = Field(
        description="LOGGER ID that the ministry gave on registration"
    )
    sensors: dict[Parameter, Sensor] = Field(min_length=1, description="Device and metric of each parameter sent")


class SparingConfig(BaseModel):
    """Sending to SPARING. No secret is ever stored: the ministry's is fetched before each send."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(
        default=False, description="Send data; each point must have passed `pantau sparing test` as well"
    )
    base_url: str = Field(default=BASE_URL, description="The ministry's server (KLH/BPLH letter of 2025)")
    mode: Mode = Field(default=Mode.HOURLY, description="hourly (30 records at the hour) or two_minutes")
    hourly_path: HourlyPath = Field(
        default=HourlyPath.LETTER, description="send-hourly; send-hourly-vendor only where the ministry says so"
    )
    points: tuple[SparingPoint, ...] = Field(default=(), description="Compliance points with uid and sensors")
    decimals: Annotated[int, Field(ge=0, le=6)] = Field(default=2, description="Decimals of pH, cod, tss and nh3n")
    debit_decimals: Annotated[int, Field(ge=0, le=6)] = Field(default=4, description="Decimals of debit (m3/min)")
    partial_records: PartialRecords = Field(
        default=PartialRecords.LEAVE_OUT,
        description="leave_out a slot in which a parameter was not measured, or send it without that parameter",
    )
    condition_codes: bool = Field(
        default=False, description="Send -1, -2, -3 for slots known as stopped, calibrated, faulty; ask the DLH first"
    )
    settle_seconds: Annotated[float, Field(ge=0, le=600)] = Field(
        default=20.0, description="Time left to the last readings of a period to arrive (s)"
    )
    timeout: Annotated[float, Field(gt=0, le=30)] = Field(default=20.0, description="Patience for one request (s)")
    retry_days: Annotated[int, Field(ge=1, le=31)] = Field(
        default=7, description="How long a package is tried before it is given up (d)"
    )
    form_timezone: str = Field(
        default="Asia/Jakarta",
        description="Zone of the times in the portal's missing-data form; to be confirmed by the ministry",
    )

    @field_validator("base_url")
    @classmethod
    def _encrypted(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("must begin with https:// (the secret would travel in the open otherwise)")
        if not parts.hostname or parts.query or parts.fragment or parts.username:
            raise ValueError("must be an address such as https://sparing.kemenlh.go.id/api")
        return url.rstrip("/")

    @field_validator("form_timezone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone} is not a time zone")
        return zone

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        for name in ("point", "uid"):
            given = [getattr(point, name) for point in self.points]
            twice = {value for value in given if given.count(value) > 1}
            if twice:
                raise ValueError(f"two points have the same {name} {', '.join(sorted(twice))}")
        if self.enabled and not self.points:
            raise ValueError("enabled without points: name at least one compliance point with its uid and sensors")
        return self

    def point(self, name: str) -> SparingPoint | None:
        """The point of that name."""
        return next((point for point in self.points if point.point == name), None)

    def decimals_of(self, parameter: Parameter) -> int:
        """How many decimals a parameter is sent with."""
        return self.debit_decimals if parameter is Parameter.DEBIT else self.decimals

    def on_the_wire(self, parameter: Parameter, value: float) -> float | None:
        """As it is sent. None for a negative one: on the wire -1 to -3 are words (production stopped, …)."""
        written = round(value, self.decimals_of(parameter)) + 0.0  # never -0.0
        return None if written < 0 else written
