"""Results of the accredited laboratory (LHU), as Lampiran XLVIII of PermenLH 5/2014 lists them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.errors import Invalid
from domain.evidence import require_finite, require_past, require_past_day, require_text
from domain.reading import Millis
from domain.registry import Limit
from domain.report_measured import Judgement
from domain.report_records import LabResult, Operator

PH: Final = (0.0, 14.0)


class Sampling(StrEnum):
    """How a sample was taken."""

    GRAB = "grab"  # sesaat
    COMPOSITE = "composite"  # gabungan


class LabValue(Struct, frozen=True):
    """One parameter of a sample. `number` is in `unit`; with `<` it is the laboratory's detection limit."""

    metric: str
    operator: Operator
    number: float
    unit: str
    method: str = ""
    accredited: bool = True


class LabSample(Struct, frozen=True):
    """One sample with all its results. Fields of Lampiran XLVIII; what was not noted is empty or None.

    `flow` m3/s at sampling; `production_hours` h/day; `raw_material` and `production` t/day; `file` is the digest of
    the attached LHU.
    """

    point: str
    code: str
    sampled_at: Millis
    values: tuple[LabValue, ...]
    laboratory: str = ""
    accreditation: str = ""  # KAN number
    location: str = ""
    coordinates: str = ""
    sampler: str = ""
    flow: float | None = None
    received_on: date | None = None
    analysed_on: date | None = None
    production_hours: float | None = None
    raw_material: float | None = None
    production: float | None = None
    file: str | None = None
    report_number: str = ""  # of the LHU
    sampling: Sampling | None = None


def check_sample(sample: LabSample, now: Millis, zone: ZoneInfo) -> None:
    """Raises Invalid naming the field."""
    require_past(sample.sampled_at, now, "sampled_at")
    require_text(sample.code, "code", empty=False)
    for field in ("received_on", "analysed_on"):
        day = getattr(sample, field)
        if day is not None:
            require_past_day(day, zone, now, field)
            if day < sampled_on(sample, zone):
                raise Invalid("is before the sampling", field)
    for field in ("flow", "production_hours", "raw_material", "production"):
        require_finite([getattr(sample, field)], field, least=0)
    if sample.production_hours is not None and sample.production_hours > 24:
        raise Invalid("a day has 24 hours", "production_hours")
    _check_values(sample.values)


def _check_values(values: tuple[LabValue, ...]) -> None:
    if not values:
        raise Invalid("a sample needs at least one result", "values")
    metrics = [value.metric for value in values]
    for at, value in enumerate(values):
        require_finite([value.number], f"values[{at}].number", least=None if value.metric == "temperature" else 0)
        if value.metric == "ph" and not PH[0] <= value.number <= PH[1]:
            raise Invalid(f"is not between {PH[0]:g} and {PH[1]:g}", f"values[{at}].number")
        require_text(value.unit, f"values[{at}].unit", empty=False)
        if metrics.index(value.metric) != at:
            raise Invalid(f"{value.metric} is given twice", f"values[{at}].metric")


def sampled_on(sample: LabSample, zone: ZoneInfo) -> date:
    """The local day of sampling, whose limit set judges the sample."""
    return datetime.fromtimestamp(sample.sampled_at / 1000, zone).date()


def results_of(sample_id: str, revision: int, sample: LabSample, zone: ZoneInfo) -> list[LabResult]:
    """One line for each parameter, as the report lists them."""
    day = sampled_on(sample, zone)
    return [
        LabResult(
            id=f"{sample_id}/{value.metric}",
            point=sample.point,
            metric=value.metric,
            operator=value.operator,
            number=value.number,
            unit=value.unit,
            sampled_on=day,
            method=value.method,
            sample_code=sample.code,
            laboratory=sample.laboratory,
            accreditation=sample.accreditation,
            analysed_on=sample.analysed_on,
            file=sample.file,
            revision=revision,
        )
        for value in sample.values
    ]


def judge(operator: Operator, number: float, unit: str, limit: Limit | None) -> Judgement:
    """A result beside the limit in force on the day of sampling.

    `<` meets a maximum at or above its number, and cannot be judged beside a lower one; `>` the other way round.
    """
    if limit is None:
        return Judgement.NO_LIMIT_SET
    if limit.unit != unit:
        return Judgement.UNIT_DIFFERS
    low, high = _possible(operator, number)
    if _surely_beyond(operator, number, limit):
        return Judgement.BEYOND
    within = (limit.min is None or low >= limit.min) and (limit.max is None or high <= limit.max)
    return Judgement.WITHIN if within else Judgement.UNDECIDED


def _possible(operator: Operator, number: float) -> tuple[float, float]:
    """Between what the true value lies."""
    low = float("-inf") if operator is Operator.BELOW else number
    high = float("inf") if operator is Operator.ABOVE else number
    return low, high


def _surely_beyond(operator: Operator, number: float, limit: Limit) -> bool:
    """Whether every value it may have breaks the limit; `< 6` beside a minimum of 6 does, `> 9` beside a maximum."""
    under = limit.min is not None and (number < limit.min or (operator is Operator.BELOW and number == limit.min))
    over = limit.max is not None and (number > limit.max or (operator is Operator.ABOVE and number == limit.max))
    return (under and operator is not Operator.ABOVE) or (over and operator is not Operator.BELOW)
