"""What a device profile file may say. The keys are explained for people in `docs/device-profiles.md`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from device_profiles.checks.config import SpikeConfig
from device_profiles.compression import Compression
from device_profiles.formats import FORMATS
from device_profiles.path import INDEX, Mark, Path, parse_path
from device_profiles.quality_codes import SchemeName
from device_profiles.topic import Template
from domain.metrics import MetricInfo, MetricKind, ProfileInfo
from domain.registry import MetricName, Slug
from domain.text import Text


def _path(written: object) -> object:
    if isinstance(written, str) or (isinstance(written, list) and all(type(s) in (str, int, Mark) for s in written)):
        return parse_path(written)
    raise ValueError("a path is a text such as 'a.b[0]' or a list of keys and numbers")


def _known_format(name: str) -> str:
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}; there are {', '.join(FORMATS)}")
    return name


def _one_or_more(written: object) -> object:
    return (written,) if isinstance(written, dict | str) else written


def _no_invention(written: object) -> object:
    if written in ("mean", "average", "avg", "median", "min", "max", "sum"):
        raise ValueError(f"{written!r} would be a value that nobody measured; there are 'first', 'last' and 'each'")
    return written


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("must be a finite number")
    return number


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}; write it as Asia/Jakarta") from None
    return name


PathField = Annotated[Any, BeforeValidator(_path)]
Number = Annotated[float, AfterValidator(_finite)]
Seconds = Annotated[float, Field(ge=0), AfterValidator(_finite)]
Marks = tuple[bool | int | float | str, ...]

TimeFormat = Literal[
    "auto",
    "rfc3339",
    "local",
    "epoch",
    "epoch_s",
    "epoch_ms",
    "epoch_us",
    "epoch_ns",
    "time_of_day",
    "senml",
    "pattern",
]


class Part(BaseModel):
    """Base of the models: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeSource(Part):
    """One place where the device's time may stand, and how it is written. `zone` overrides the device's.

    `join`: date and time that stand apart. `plus` and `step` are added to it, in seconds times `plus_unit`: a number
    that stands at a path, and one for each position in an array.
    """

    path: PathField | None = None
    join: tuple[PathField, ...] = ()
    format: TimeFormat = "auto"
    pattern: str | None = None
    zone: Annotated[str, AfterValidator(_known_zone)] | None = None
    plus: PathField | None = None
    step: Number | None = None
    step_path: PathField | None = None
    plus_unit: Annotated[float, Field(gt=0), AfterValidator(_finite)] = 1.0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.path is None) != bool(self.join):
            raise ValueError("give path, or join = [date, time] where they stand apart")
        if self.step is not None and self.step_path is not None:
            raise ValueError("give step or step_path, not both")
        if (self.format == "pattern") != (self.pattern is not None):
            raise ValueError('format = "pattern" and pattern = "%d.%m.%Y %H:%M" (strptime) belong together')
        if self.pattern is not None:
            _check_pattern(self.pattern)
        return self

    @property
    def differs_by_position(self) -> bool:
        """Whether the elements of an array have different times."""
        return self.step is not None or self.step_path is not None or INDEX in (self.path or ())


def _check_pattern(pattern: str) -> None:
    """A pattern must read what it writes itself, and hold at least a day."""
    moment = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
    read = datetime.strptime(moment.strftime(pattern), pattern)  # noqa: DTZ007 (a zone may be in the pattern)
    if (read.year, read.month, read.day) != (2026, 11, 21):
        raise ValueError(f"pattern {pattern!r} does not give year, month and day")


class QualityMark(Part):
    """Where the device says itself how good a value is, and with which words, numbers or booleans."""

    path: PathField
    good: Marks = ()
    suspect: Marks = ()
    bad: Marks = ()
    scheme: SchemeName | None = None
    otherwise: Literal["good", "suspect", "bad"] = "suspect"


class Announces(Part):
    """Names for the numbers (or other short ids) that stand in their place on other topics."""

    path: PathField = ()
    id: PathField
    name: PathField


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


class Items(Part):
    """Where values stand each with its own id, and what stands beside them; all paths but `path` lead on from there.

    A value belongs to the metrics whose `id` (or `ids`) is found at `id`; without `id` to `metric`.
    """

    path: PathField = ()
    id: PathField | None = None
    ids: tuple[PathField, ...] = ()
    alias: PathField | None = None
    metric: MetricName | None = None
    value: PathField | None = None
    values: tuple[PathField, ...] = ()
    unit: PathField | None = None
    time: tuple[TimeSource, ...] = ()
    quality: QualityMark | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        given = sum((self.id is not None, bool(self.ids), self.metric is not None))
        if given > 1 or not (given or self.alias is not None):
            raise ValueError("give one of id, ids (paths to try in turn) or metric (all values are of this one)")
        if self.value is not None and self.values:
            raise ValueError("give value or values, not both")
        return self

    @property
    def id_paths(self) -> tuple[Path, ...]:
        """Where the id may stand."""
        return self.ids or (() if self.id is None else (self.id,))

    @property
    def value_paths(self) -> tuple[Path, ...]:
        """Where the value may stand; by default the element is the value."""
        return self.values or ((() if self.value is None else self.value),)


class Topic(Part):
    """One topic the device speaks on. `interval` and `grace` in seconds hold for its metrics."""

    device: PathField | None = None
    template: Template
    format: Annotated[str, AfterValidator(_known_format)] = "json"
    value: PathField | None = None
    values: tuple[PathField, ...] = ()
    compression: Compression = "none"
    time: tuple[TimeSource, ...] = ()
    quality: QualityMark | None = None
    documents: PathField | None = None
    items: Annotated[tuple[Items, ...], BeforeValidator(_one_or_more)] = ()
    same_as: str | None = None
    announces: Announces | None = None
    announced: Annotated[tuple[str, ...], BeforeValidator(_one_or_more)] = ()
    retained: bool = False
    discover: bool = True
    alike: bool = False
    interval: Seconds | None = None
    grace: Seconds | None = None

    @property
    def value_paths(self) -> tuple[Path, ...]:
        """Where the value of a metric stands that says nothing itself; empty: at its name."""
        return self.values if self.value is None else (self.value,)

    @field_validator("template", mode="before")
    @classmethod
    def _template(cls, written: object, info: ValidationInfo) -> Template:
        return Template.parse(str(written), named=info.data.get("device") is None)

    @model_validator(mode="before")
    @classmethod
    def _shape_of_its_format(cls, written: Any) -> Any:
        """What the format says about where things stand holds where the profile says nothing else."""
        name = written.get("format") if isinstance(written, dict) else None
        return {**FORMATS[name].shape, **written} if isinstance(name, str) and name in FORMATS else written


class Metric(Part):
    """One metric: where it stands, what it means, what is possible. Bounds are in `unit`, after scale and offset.

    `max_rate` in unit per second; `max_same` in seconds.
    """

    name: Text
    unit: str = "1"
    kind: MetricKind = MetricKind.GAUGE
    decimals: Annotated[int, Field(ge=0, le=9)] = 1
    topic: Annotated[tuple[str, ...], BeforeValidator(_one_or_more)] = ()
    id: str | None = None
    ids: tuple[str, ...] = ()
    where: dict[str, str] = {}
    tags: dict[str, str] = {}
    path: PathField | None = None
    paths: tuple[PathField, ...] = ()
    bits: Bits | None = None
    array: Annotated[Literal["first", "last", "each"] | None, BeforeValidator(_no_invention)] = None
    unit_path: PathField | None = None
    units: dict[str, Number] = {}
    scale: Number = 1.0
    offset: Number = 0.0
    words: dict[str, Number] = {}
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
    modulus: Annotated[float, Field(gt=0), AfterValidator(_finite)] | None = None
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


class Profile(Part):
    """How one model of device speaks, and what its values mean.

    The first of `topics` is the one of every metric that names none. `discover`: subscribe to its topics also
    while no device uses it, so that new devices are seen.
    """

    name: Slug
    title: Text
    source: str | None = None
    replaces: bool = False
    extends: str | None = None
    discover: bool = True
    topics: Annotated[dict[str, Topic], Field(min_length=1)]
    metrics: Annotated[dict[MetricName, Metric], Field(min_length=1)]

    def topics_of(self, metric: str) -> tuple[str, ...]:
        """The keys of the topics on which a metric comes."""
        own = self.metrics[metric].topic or (next(iter(self.topics)),)
        return (*own, *(key for key, topic in self.topics.items() if topic.same_as in own and key not in own))

    def topic_of(self, metric: str) -> str:
        """The key of the topic whose interval and grace a metric has."""
        return self.topics_of(metric)[0]

    def metrics_of(self, topic: str) -> Iterator[tuple[str, Metric]]:
        """The metrics that come on a topic."""
        return ((name, metric) for name, metric in self.metrics.items() if topic in self.topics_of(name))

    def speaks(self, name: str) -> bool:
        """Whether one of its topics is in the format of this name."""
        return any(topic.format == name for topic in self.topics.values())

    def info(self) -> ProfileInfo:
        """As pages, rules and checks see it."""
        return ProfileInfo(
            name=self.name,
            title=self.title,
            format=", ".join(dict.fromkeys(topic.format for topic in self.topics.values())),
            topics=tuple(topic.template.text for topic in self.topics.values()),
            metrics=tuple(self._metric_info(name) for name in self.metrics),
            source=self.source,
        )

    def _metric_info(self, name: str) -> MetricInfo:
        metric, topic = self.metrics[name], self.topics[self.topic_of(name)]
        low, high = metric.bounds
        return MetricInfo(
            metric=name,
            unit=metric.unit,
            name=metric.name,
            kind=metric.kind,
            low=low,
            high=high,
            interval=metric.interval if metric.interval is not None else topic.interval,
            grace=metric.grace if metric.grace is not None else topic.grace,
            decimals=metric.decimals,
            modulus=metric.modulus,
            max_rate=metric.max_rate,
        )
