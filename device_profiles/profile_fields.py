"""What the keys of a device profile are made of: paths, numbers, words, zones."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from device_profiles.formats import FORMATS
from device_profiles.path import Mark, parse_path


def _path(written: object) -> object:
    if isinstance(written, str) or (isinstance(written, list) and all(type(s) in (str, int, Mark) for s in written)):
        return parse_path(written)
    raise ValueError("a path is a text such as 'a.b[0]' or a list of keys and numbers")


def known_format(name: str) -> str:
    """A name in `FORMATS`."""
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}; there are {', '.join(FORMATS)}")
    return name


def one_or_more(written: object) -> object:
    """A single thing where a list of them may stand."""
    return (written,) if isinstance(written, dict | str) else written


def no_invention(written: object) -> object:
    """Refuses what would make a value that nobody measured."""
    if written in ("mean", "average", "avg", "median", "min", "max", "sum"):
        raise ValueError(f"{written!r} would be a value that nobody measured; there are 'first', 'last' and 'each'")
    return written


def finite(number: float) -> float:
    """Neither infinite nor no number."""
    if not math.isfinite(number):
        raise ValueError("must be a finite number")
    return number


def known_zone(name: str) -> str:
    """A time zone that the system knows."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}; write it as Asia/Jakarta") from None
    return name


PathField = Annotated[Any, BeforeValidator(_path)]
Number = Annotated[float, AfterValidator(finite)]
Seconds = Annotated[float, Field(ge=0), AfterValidator(finite)]
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
