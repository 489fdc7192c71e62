"""How a recorded CSV maps to devices: which column is which metric, where the time stands, what means missing."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.errors import ConfigurationError, Problem
from domain.noun import MetricName, Slug
from domain.reading import Millis


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}; write it as Asia/Jakarta") from None
    return name


class Part(BaseModel):
    """Frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Missing(StrEnum):
    """What becomes of a cell without a value."""

    LEAVE_OUT = "leave_out"
    NULL = "null"


class TimeColumn(Part):
    """`format` as for strptime; `zone` of the file's times; `shift_days` is added to every time."""

    column: str
    format: str
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    shift_days: int = 0

    def read(self, text: str) -> Millis:
        """Milliseconds UTC. Raises ValueError when the text is no time of this format."""
        local = datetime.strptime(text, self.format)  # noqa: DTZ007 (the zone follows)
        shifted = (local + timedelta(days=self.shift_days)).replace(tzinfo=ZoneInfo(self.zone))
        return round(shifted.astimezone(UTC).timestamp() * 1000)


class Column(Part):
    """Where the values of one column go."""

    device: Slug
    metric: MetricName


class Mapping(Part):
    """One mapping file. `columns` by their heading in the file."""

    site: Slug
    time: TimeColumn
    columns: Annotated[dict[str, Column], Field(min_length=1)]
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8-sig"
    missing_tokens: tuple[str, ...] = ("",)
    missing: Missing = Missing.LEAVE_OUT

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        targets = [(column.device, column.metric) for column in self.columns.values()]
        for device, metric in targets:
            if targets.count((device, metric)) > 1:
                raise ValueError(f"two columns map to {device}/{metric}")
        return self

    def devices(self) -> dict[str, list[tuple[str, str]]]:
        """Each device with its (column, metric) pairs, in the order of the file."""
        found: dict[str, list[tuple[str, str]]] = {}
        for heading, column in self.columns.items():
            found.setdefault(column.device, []).append((heading, column.metric))
        return found


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file; raises `ConfigurationError` with every problem in it."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError.one(path, "", f"cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError.one(path, "", f"is not TOML: {error}") from None
    except ValidationError as error:
        problems = [Problem(str(path), ".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()]
        raise ConfigurationError(problems) from None
