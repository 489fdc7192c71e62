"""Laboratory results beside the limits of the day they were sampled on."""

from __future__ import annotations

from collections.abc import Sequence

from domain.metrics import name_of
from domain.registry import Limit
from domain.report import Judgement, Label, LabLine, LabMissing, Laboratory
from domain.report_records import LabResult, Operator
from reports.limits_in_force import LimitCalendar, label

PER_TON = "volume_per_ton"  # from production, not from a laboratory


def laboratory_part(results: Sequence[LabResult], calendar: LimitCalendar) -> Laboratory:
    """Every result judged, and the laboratory parameters of the sets in force that have none."""
    lines = tuple(_line(result, calendar) for result in results)
    found = {result.metric for result in results}
    wanted = {
        limit.metric: limit
        for day in calendar.days
        if (limits := calendar.on(day)) is not None
        for limit in limits.limits
        if limit.laboratory and limit.metric not in found and limit.metric != PER_TON
    }
    missing = [
        LabMissing(limit.metric, _name(limit.metric, limit), limit.unit, limit.min, limit.max)
        for limit in wanted.values()
    ]
    return Laboratory(lines, tuple(missing))


def _line(result: LabResult, calendar: LimitCalendar) -> LabLine:
    limits = calendar.on(result.sampled_on)
    limit = calendar.limit(result.metric, result.sampled_on, laboratory=True)
    return LabLine(
        result,
        _name(result.metric, limit),
        None if limits is None else limits.id,
        None if limit is None else limit.min,
        None if limit is None else limit.max,
        judge_result(result, limit),
    )


def _name(metric: str, limit: Limit | None) -> Label:
    text = limit.name if limit is not None and limit.name is not None else name_of(metric)
    return label(text)


def judge_result(result: LabResult, limit: Limit | None) -> Judgement:
    """`< 0.0033` is within a limit of 0.5; `< 1` beside a limit of 0.5 tells nothing, nor does `> 0.2`."""
    if limit is None:
        return Judgement.NO_LIMIT_SET
    if limit.unit != result.unit:
        return Judgement.UNIT_DIFFERS
    number = result.number
    above = limit.max is not None and number > limit.max
    below = limit.min is not None and number < limit.min
    if result.operator is Operator.EQUAL:
        return Judgement.BEYOND if above or below else Judgement.WITHIN
    if result.operator is Operator.BELOW:
        at_or_below_min = limit.min is not None and number <= limit.min
        return (
            Judgement.BEYOND
            if at_or_below_min
            else Judgement.UNDECIDED
            if above or limit.min is not None
            else Judgement.WITHIN
        )
    at_or_above_max = limit.max is not None and number >= limit.max
    return (
        Judgement.BEYOND
        if at_or_above_max
        else Judgement.UNDECIDED
        if below or limit.max is not None
        else Judgement.WITHIN
    )
