"""Readings on the wire. Latest and series are encoded by hand (see `readings.py`): these say what they are."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from api.schemas import Wire
from api.times import WireTime
from domain.instants import utc_text
from domain.reading import Reading
from domain.series import Bucket, DaySummary, StateSpan

_QUALITY = "QARTOD: 1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing."


class LatestReading(Wire):
    """The newest reading of one series. `value` is null only where the device gave none (quality 9)."""

    site: str = Field(examples=["batik"])
    device: str = Field(examples=["ipal-outlet"])
    metric: str = Field(examples=["ph"])
    unit: str = Field(examples=["pH"])
    time: WireTime
    value: float | None = Field(examples=[7.2])
    quality: int = Field(description=_QUALITY)
    reason: str | None = Field(description="Why it is not simply good, such as `out_of_range`.")


class SeriesBucket(Wire):
    """A stretch of a series; `time` is its start. The figures are of the good readings where there are any,
    else of the best class present, which `quality` names. A stretch without readings has no bucket.
    """

    time: WireTime
    min: float | None
    mean: float | None
    max: float | None
    count: int
    quality: int = Field(description=_QUALITY)
    bad: int = Field(description="How many readings of the stretch were not good.")


class DayOut(Wire):
    """One local day of the site, from good readings only. `integral` is value x hours over `covered` hours
    (a flow in m3/h gives m3); nothing is filled in.
    """

    day: str = Field(json_schema_extra={"format": "date"}, examples=["2026-11-21"])
    min: float | None
    mean: float | None
    max: float | None
    count: int
    bad: int
    integral: float | None
    covered: float

    @classmethod
    def of(cls, day: DaySummary) -> Self:
        return cls(
            day=day.day.isoformat(),
            min=day.min,
            mean=day.mean,
            max=day.max,
            count=day.count,
            bad=day.bad,
            integral=day.integral,
            covered=day.covered,
        )


class StateOut(Wire):
    """A machine was in one state from `start` to `stop` (half open)."""

    start: WireTime
    stop: WireTime
    state: str = Field(examples=["executing"])

    @classmethod
    def of(cls, span: StateSpan) -> Self:
        return cls(start=utc_text(span.start), stop=utc_text(span.stop), state=span.state)


def latest_fields(reading: Reading) -> dict[str, Any]:
    """A `LatestReading` ready for msgspec."""
    series = reading.series
    return {
        "site": series.site,
        "device": series.device,
        "metric": series.metric,
        "unit": series.unit,
        "time": utc_text(reading.time),
        "value": reading.value,
        "quality": reading.quality,
        "reason": reading.reason,
    }


def bucket_fields(bucket: Bucket) -> dict[str, Any]:
    """A `SeriesBucket` ready for msgspec."""
    return {
        "time": utc_text(bucket.time),
        "min": bucket.min,
        "mean": bucket.mean,
        "max": bucket.max,
        "count": bucket.count,
        "quality": bucket.quality,
        "bad": bucket.bad,
    }
