"""What a device profile may say about a metric: where it stands, what it means, what is possible."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from device_profiles.checks.config import SpikeConfig
from device_profiles.path import Path
from device_profiles.profile_fields import Number, Part, PathField, Seconds, finite, no_invention, one_or_more
from device_profiles.profile_topic import QualityMark, TimeSource
from domain.metrics import MetricKind
from domain.text import Text


class Bits(Part):
    """Which bits of a hexadecimal text are the number; `first` is counted from its left, from 0."""

    first: Annotated[int, Field(ge=0, le=2047)] = 0
    count: Annotated[int, Field(ge=1, le=64)] = 16
    signed: bool = False
    floating: bool = False
    little: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.floating and self.count not in (32, 64):
            raise ValueError("a floating-point number has 32 or 64 bits")
        if self.little and self.count % 8:
            raise ValueError("little: only whole bytes can stand in reverse")
        return self


class Metric(Part):
    """One metric: where it stands, what it means, what is possible. Bounds are in `unit`, after scale and offset.

    `max_rate` in unit per second; `max_same` in seconds.
    """

    name: Text
    unit: str = "1"
    kind: MetricKind = MetricKind.GAUGE
    decimals: Annotated[int, Field(ge=0, le=9)] = 1
    topic: Annotated[tuple[str, ...], BeforeValidator(one_or_more)] = ()
    id: str | None = None
    ids: tuple[str, ...] = ()
    where: dict[str, str] = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)
    path: PathField | None = None
    paths: tuple[PathField, ...] = ()
    bits: Bits | None = None
    array: Annotated[Literal["first", "last", "each"] | None, BeforeValidator(no_invention)] = None
    unit_path: PathField | None = None
    units: dict[str, Number] = Field(default_factory=dict)
    scale: Number = 1.0
    offset: Number = 0.0
    words: dict[str, Number] = Field(default_factory=dict)
    above: Number | None = None
    above_unit: str = "1"
    missing: tuple[str, ...] = ()
    sentinels: tuple[Number, ...] = ()
    decimal_comma: bool = False
    low: Number | None = None
    high: Number | None = None
    time: tuple[TimeSource, ...] = ()
    quality: QualityMark | None = None
    retained: bool = False
    interval: Seconds | None = None
    grace: Seconds | None = None
    modulus: Annotated[float, Field(gt=0), AfterValidator(finite)] | None = None
    max_rate: Annotated[float, Field(gt=0)] | None = None
    max_same: Annotated[float, Field(gt=0)] | None = None
    spike: SpikeConfig | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.path is not None and self.paths:
            raise ValueError("give path or paths, not both")
        if self.id is not None and self.ids:
            raise ValueError("give id or ids, not both")
        if self.above is not None and self.kind is not MetricKind.STATE:
            raise ValueError('above belongs to a metric of kind = "state": 1 above it, else 0')
        if self.modulus is not None and self.kind is not MetricKind.COUNTER:
            raise ValueError('modulus belongs to a metric of kind = "counter": where it begins anew')
        if self.array == "each" and not any(source.differs_by_position for source in self.time):
            raise ValueError('array = "each" needs a time for each value: a step, or a path with @index')
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
        if self.scale == 0:
            raise ValueError("scale 0 would make every value the same")
        return self

    @property
    def own_paths(self) -> tuple[Path, ...]:
        """The paths to try in turn; empty where the profile does not say."""
        return self.paths if self.path is None else (self.path,)

    def alternatives(self, metric: str, *, whole: bool) -> tuple[Path, ...]:
        """The paths to try in turn; by default the metric's name, or the whole payload where it is one value."""
        return self.own_paths or (((),) if whole else ((metric,),))

    def identities(self, metric: str) -> tuple[str, ...]:
        """What the device calls it: in the topic, or beside its value."""
        return self.ids or (self.id or metric,)

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The physical range; a state is 0 to 1 unless the profile says otherwise."""
        if self.kind is MetricKind.STATE and self.low is None and self.high is None:
            return 0.0, 1.0
        return self.low, self.high
