"""What a device profile may say about a topic: how it is written, when it was, how good, and where values stand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from device_profiles.compression import Compression
from device_profiles.formats import FORMATS
from device_profiles.path import INDEX, Path
from device_profiles.profile_fields import (
    Marks,
    Number,
    Part,
    PathField,
    Seconds,
    TimeFormat,
    finite,
    known_format,
    known_zone,
    one_or_more,
)
from device_profiles.quality_codes import SchemeName
from device_profiles.topic import Template
from domain.noun import MetricName


class TimeSource(Part):
    """One place where the device's time may stand, and how it is written. `zone` overrides the device's.

    `join`: date and time that stand apart. `plus` and `step` are added to it, in seconds times `plus_unit`: a number
    that stands at a path, and one for each position in an array.
    """

    path: PathField | None = None
    join: tuple[PathField, ...] = ()
    format: TimeFormat = "auto"
    pattern: str | None = None
    zone: Annotated[str, AfterValidator(known_zone)] | None = None
    plus: PathField | None = None
    step: Number | None = None
    step_path: PathField | None = None
    plus_unit: Annotated[float, Field(gt=0), AfterValidator(finite)] = 1.0

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

    path: PathField | None = None
    paths: tuple[PathField, ...] = ()
    good: Marks = ()
    suspect: Marks = ()
    bad: Marks = ()
    scheme: SchemeName | None = None
    otherwise: Literal["good", "suspect", "bad"] = "suspect"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.path is None) != bool(self.paths):
            raise ValueError("give path, or paths (the first that is there)")
        return self

    @property
    def places(self) -> tuple[Path, ...]:
        """Where the mark may stand."""
        return self.paths or (() if self.path is None else (self.path,))


class Announces(Part):
    """Names for the numbers (or other short ids) that stand in their place on other topics."""

    path: PathField = ()
    id: PathField
    name: PathField


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
    format: Annotated[str, AfterValidator(known_format)] = "json"
    value: PathField | None = None
    values: tuple[PathField, ...] = ()
    compression: Compression = "none"
    time: tuple[TimeSource, ...] = ()
    quality: QualityMark | None = None
    documents: PathField | None = None
    items: Annotated[tuple[Items, ...], BeforeValidator(one_or_more)] = ()
    same_as: str | None = None
    announces: Announces | None = None
    announced: Annotated[tuple[str, ...], BeforeValidator(one_or_more)] = ()
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
