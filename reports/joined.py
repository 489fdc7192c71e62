"""Instruments of one point that follow each other in time: their days are judged together."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from domain.report_measured import Judgement, Parameter
from reports.parameter import overall


def judged_together(parameters: Sequence[Parameter], share: float) -> list[Parameter]:
    """A parameter that several instruments measured, none of them on enough days alone, is within its limit where
    their days together are: of each day the one with more good slots. What one of them found beyond stays beyond.
    """
    by_metric: dict[str, list[Parameter]] = {}
    for one in parameters:
        if one.device is not None:
            by_metric.setdefault(one.metric, []).append(one)
    return [_judged(one, by_metric.get(one.metric, ()), share) for one in parameters]


def _judged(one: Parameter, all_: Sequence[Parameter], share: float) -> Parameter:
    if one.judgement is not Judgement.TOO_LITTLE_DATA or len(all_) < 2:
        return one
    days = [
        max(same, key=lambda day: day.valid).judgement for same in zip(*(each.days for each in all_), strict=True)
    ]
    if overall(days, sum(each.episodes for each in all_), share) is not Judgement.WITHIN:
        return one
    devices = tuple(each.device for each in all_ if each.device is not None and each.good)
    return replace(one, judgement=Judgement.WITHIN, days_judged=days.count(Judgement.WITHIN), joined=devices)
