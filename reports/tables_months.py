"""Long periods on paper: a row for each month of each parameter, and of the volume."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.figures import symbol
from domain.report import ComplianceReport
from domain.report_measured import Judgement, Parameter, ParameterDay
from reports.parameter import overall
from reports.table import Absent, Cell, Column, Kind, Printer, Table
from reports.table_cells import beside, is_long, named, or_absent, verdict


def monthly(report: ComplianceReport, printer: Printer) -> list[Table]:
    """Parameters by month, then the volume by month; nothing for a period whose days are printed."""
    return [_parameters(report, printer), _volumes(report, printer)] if is_long(report) else []


def _parameters(report: ComplianceReport, printer: Printer) -> Table:
    w = printer.words
    rows: list[tuple[Cell, ...]] = []
    for one in report.parameters:
        rows += [_row(one, month, days, report, printer) for month, days in _by_month(one.days)]
    marks = {(n, 7) for n, row in enumerate(rows) if row[7] == w("judgement.beyond")}
    columns = (
        Column(w("column.parameter"), width=1.9),
        Column(w("column.month"), width=1.5),
        Column(w("column.min"), Kind.NUMBER),
        Column(w("column.mean"), Kind.NUMBER, 1.1),
        Column(w("column.max"), Kind.NUMBER),
        Column(w("column.days_beyond"), Kind.COUNT),
        Column(w("column.complete"), Kind.SHARE),
        Column(w("column.judgement"), width=1.4),
    )
    note = w("note.monthly")
    return Table("monthly", w("part.monthly"), columns, tuple(rows), note, frozenset(marks), paper_only=True)


def _row(
    one: Parameter, month: date, days: list[ParameterDay], report: ComplianceReport, printer: Printer
) -> tuple[Cell, ...]:
    means = [day.mean for day in days if day.mean is not None]
    unit = symbol(one.unit, printer.language)
    words = [day.judgement for day in days]
    word = overall(words, _exceedances(one, month, report, printer), report.policy.day_share)
    return (
        named(one, report, printer) + (f" ({unit})" if unit else ""),
        printer.month(month),
        beside(min((day.min for day in days if day.min is not None), default=None), one.limits),
        beside(sum(means) / len(means) if means else None, one.limits),
        beside(max((day.max for day in days if day.max is not None), default=None), one.limits),
        sum(word is Judgement.BEYOND for word in words),
        sum(day.valid for day in days) / sum(day.expected for day in days),
        verdict(word, sum(day.beyond for day in days), printer),
    )


def _exceedances(one: Parameter, month: date, report: ComplianceReport, printer: Printer) -> int:
    """Listed ones that share a day with the month: they make it beyond, as in the month's own report."""
    mine = (each for each in report.episodes if (each.device, each.metric) == (one.device, one.metric))
    spans = ((printer.local(each.start).date(), printer.local(each.stop - 1).date()) for each in mine)
    return sum(first.replace(day=1) <= month <= last for first, last in spans)


def _by_month(days: Iterable[ParameterDay]) -> list[tuple[date, list[ParameterDay]]]:
    found: dict[date, list[ParameterDay]] = {}
    for day in days:
        found.setdefault(day.day.replace(day=1), []).append(day)
    return list(found.items())


def _volumes(report: ComplianceReport, printer: Printer) -> Table:
    w = printer.words
    months: dict[date, list[float]] = {}
    for day in report.volume.days:
        month = months.setdefault(day.day.replace(day=1), [])
        if day.volume is not None:
            month.append(day.volume + day.carried)
    rows: list[tuple[Cell, ...]] = [
        (printer.month(month), sum(volumes) if volumes else Absent.NOT_MEASURED, len(volumes))
        for month, volumes in months.items()
    ]
    columns = (
        Column(w("column.month")),
        Column(w("column.month_volume"), Kind.NUMBER),
        Column(w("column.days_measured"), Kind.COUNT),
    )
    total = or_absent(report.volume.total)
    whole = (w("say.whole_period"), total, report.volume.days_measured)
    return Table(
        "volume_months", w("chart.months"), columns, tuple(rows), paper_only=True, total=whole if rows else ()
    )
