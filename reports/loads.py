"""Beban pencemaran: what a pollutant weighs.

load (kg/day) = C (mg/L) x Q (m3/day) / 1000; per ton of product: divided by the production (t/day). After the note of
PermenLH 5/2014 Lampiran I (BM = kadar x kuantitas / 1000). Computed only where both figures exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from domain.report import LabLine, Load, LoadBasis, LoadDay, Parameter, Volume
from domain.report_records import Operator
from reports.kept import rounded

CONCENTRATION: Final = "mg/L"


def load(concentration: float, volume: float) -> float:
    """kg from mg/L and m3: mg/L is g/m3, and 1000 g are 1 kg (source: this module's head)."""
    return concentration * volume / 1000


def sensor_loads(parameters: Sequence[Parameter], volume: Volume, tons: Mapping[date, float]) -> list[Load]:
    """Of every concentration the sensors measured: daily mean times daily volume."""
    volumes = {day.day: day.volume for day in volume.days}
    return [
        _from_days(parameter, volumes, tons)
        for parameter in parameters
        if parameter.unit == CONCENTRATION and parameter.device is not None
    ]


def _from_days(parameter: Parameter, volumes: Mapping[date, float | None], tons: Mapping[date, float]) -> Load:
    days = [_day(day.day, day.mean, volumes.get(day.day), tons.get(day.day)) for day in parameter.days]
    weights = {day.day: day.kilograms for day in days if day.kilograms is not None}
    with_tons = [day for day in weights if tons.get(day)]
    total = sum(weights.values())
    return Load(
        metric=parameter.metric,
        name=parameter.name,
        basis=LoadBasis.SENSOR,
        days=tuple(days),
        days_computed=len(weights),
        kilograms=rounded(total) if weights else None,
        per_day=rounded(total / len(weights)) if weights else None,
        per_ton=_ratio(sum(weights[day] for day in with_tons), sum(tons[day] for day in with_tons)),
    )


def _day(day: date, mean: float | None, volume: float | None, tons: float | None) -> LoadDay:
    if mean is None or volume is None:
        return LoadDay(day, None, None)
    weight = load(mean, volume)
    return LoadDay(day, rounded(weight), _ratio(weight, tons or 0.0))


def _ratio(weight: float, tons: float) -> float | None:
    return rounded(weight / tons) if tons > 0 else None


def laboratory_loads(lines: Sequence[LabLine], volume: Volume, tons: Mapping[date, float]) -> list[Load]:
    """Of every concentration of the laboratory: the mean of its results times the measured volume of the period."""
    by_metric: dict[str, list[LabLine]] = {}
    for line in lines:
        if line.result.unit == CONCENTRATION and line.result.operator is not Operator.ABOVE:
            by_metric.setdefault(line.result.metric, []).append(line)
    return [_from_laboratory(found, volume, tons) for found in by_metric.values()]


def _from_laboratory(lines: Sequence[LabLine], volume: Volume, tons: Mapping[date, float]) -> Load:
    mean = sum(line.result.number for line in lines) / len(lines)
    weight = None if volume.total is None else load(mean, volume.total)
    both = [day for day in volume.days if day.volume is not None and tons.get(day.day)]
    part = sum(load(mean, day.volume or 0.0) for day in both)
    below = any(line.result.operator is Operator.BELOW for line in lines)
    return Load(
        metric=lines[0].result.metric,
        name=lines[0].name,
        basis=LoadBasis.LABORATORY,
        days=(),
        days_computed=volume.days_measured if weight is not None else 0,
        kilograms=rounded(weight),
        per_day=rounded(weight / volume.days_measured) if weight is not None else None,
        per_ton=_ratio(part, sum(tons[day.day] for day in both)),
        operator=Operator.BELOW if below else Operator.EQUAL,
    )
