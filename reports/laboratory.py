"""Laboratory results beside the limits of the day they were sampled on."""

from __future__ import annotations

from collections.abc import Sequence

from domain.lab import judge
from domain.metrics import name_of
from domain.registry import Limit
from domain.report_head import Label
from domain.report_recorded import LabLine, LabMissing, Laboratory
from domain.report_records import LabResult
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
        judge(result.operator, result.number, result.unit, limit),
    )


def _name(metric: str, limit: Limit | None) -> Label:
    text = limit.name if limit is not None and limit.name is not None else name_of(metric)
    return label(text)
