"""Beban pencemaran: what a pollutant weighs.

load (kg/day) = C (mg/L) x Q (m3/day) / 1000; per ton of product: divided by the production (t/day). After the note of
PermenLH 5/2014 Lampiran I (BM = kadar x kuantitas / 1000). Computed only where both figures exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from domain.report_measured import Parameter, ParameterDay
from domain.report_recorded import LabLine
from domain.report_records import Operator
from domain.report_water import Load, LoadBasis, LoadDay, Volume, VolumeDay
from reports.kept import rounded

CONCENTRATION: Final = "mg/L"


def load(concentration: float, volume: float) -> float:
    """kg from mg/L and m3: mg/L is g/m3, and 1000 g are 1 kg (source: this module's head)."""
    return concentration * volume / 1000


def sensor_loads(
    parameters: Sequence[Parameter], volume: Volume, tons: Mapping[date, float], share: float
) -> list[Load]:
    """Of every concentration the sensors measured: daily mean times daily volume, on days of which both speak for at
    least `share`. Of several analysers of one parameter the one that covers more of a day.
    """
    by_metric: dict[str, list[Parameter]] = {}
    for parameter in parameters:
        if parameter.unit == CONCENTRATION and parameter.device is not None:
            by_metric.setdefault(parameter.metric, []).append(parameter)
    return [_from_days(found, volume, tons, share) for found in by_metric.values()]


def _from_days(parameters: Sequence[Parameter], volume: Volume, tons: Mapping[date, float], share: float) -> Load:
    volumes = {day.day: day for day in volume.days}
    measured = [max(same, key=lambda day: day.valid) for same in zip(*(one.days for one in parameters), strict=True)]
    days = [_day(day, volumes.get(day.day), tons.get(day.day), share) for day in measured]
    weights = {day.day: day.kilograms for day in days if day.kilograms is not None}
    with_tons = [day for day in weights if tons.get(day)]
    total = sum(weights.values())
    metered = {day.day for day in volume.days if day.volume is not None}
    return Load(
        metric=parameters[0].metric,
        name=parameters[0].name,
        basis=LoadBasis.SENSOR,
        days=tuple(days),
        days_computed=len(weights),
        kilograms=rounded(total) if weights else None,
        per_day=rounded(total / len(weights)) if weights else None,
        per_ton=_ratio(sum(weights[day] for day in with_tons), sum(tons[day] for day in with_tons)),
        days_thin=sum(day.mean is not None and day.day in metered for day in measured) - len(weights),
    )


def _day(measured: ParameterDay, flowed: VolumeDay | None, tons: float | None, share: float) -> LoadDay:
    volume = None if flowed is None or flowed.covered < share else flowed.volume
    if measured.mean is None or volume is None or measured.valid < share * measured.expected:
        return LoadDay(measured.day, None, None)
    weight = load(measured.mean, volume)
    return LoadDay(measured.day, rounded(weight), _ratio(weight, tons or 0.0))


def _ratio(weight: float, tons: float) -> float | None:
    return rounded(weight / tons) if tons > 0 else None


def laboratory_loads(
    lines: Sequence[LabLine], volume: Volume, tons: Mapping[date, float], share: float
) -> list[Load]:
    """Of every concentration of the laboratory: the mean of its results times the measured volume of the period; a
    day's, and a ton's, of the days of which the meter speaks for at least `share`.
    """
    by_metric: dict[str, list[LabLine]] = {}
    for line in lines:
        if line.result.unit == CONCENTRATION:
            by_metric.setdefault(line.result.metric, []).append(line)
    return [_from_laboratory(found, volume, tons, share) for found in by_metric.values()]


def _mean(lines: Sequence[LabLine]) -> tuple[float, Operator]:
    """The mean of the results, and which bound it is. Beside a ">" the least that a "<" can be is 0."""
    operators = {line.result.operator for line in lines}
    above = Operator.ABOVE in operators
    numbers = [0.0 if above and one.result.operator is Operator.BELOW else one.result.number for one in lines]
    bound = Operator.ABOVE if above else Operator.BELOW if Operator.BELOW in operators else Operator.EQUAL
    return sum(numbers) / len(numbers), bound


def _from_laboratory(lines: Sequence[LabLine], volume: Volume, tons: Mapping[date, float], share: float) -> Load:
    mean, bound = _mean(lines)
    metered = [day for day in volume.days if day.volume is not None]
    whole = [day for day in metered if day.covered >= share]
    both = [day for day in whole if tons.get(day.day)]
    own, part = (load(mean, sum(day.volume or 0.0 for day in days)) for days in (whole, both))
    return Load(
        metric=lines[0].result.metric,
        name=lines[0].name,
        basis=LoadBasis.LABORATORY,
        days=(),
        days_computed=len(metered),
        kilograms=None if volume.total is None else rounded(load(mean, volume.total)),
        per_day=rounded(own / len(whole)) if whole else None,
        per_ton=_ratio(part, sum(tons[day.day] for day in both)),
        operator=bound,
        days_thin=len(metered) - len(whole),
    )
