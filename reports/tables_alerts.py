"""The table of the alerts: how often which rule rang, by the names that the site gave them."""

from __future__ import annotations

from collections import Counter

from domain.metrics import name_of
from domain.report import ComplianceReport
from domain.report_recorded import AlertLine
from domain.rule import ANY_METRIC
from reports.table import Cell, Column, Kind, Printer, Table
from reports.table_cells import device_name

Named = tuple[str, str, str]  # rule, device, parameter


def alerts(report: ComplianceReport, printer: Printer) -> Table:
    """A line for each rule and series; the id of a rule only where two lines would read the same."""
    w, part = printer.words, report.alerts
    names = [_named(one, report, printer) for one in part.lines]
    twins = {name for name, count in Counter(names).items() if count > 1}
    rows = tuple(_row(one, name, name in twins, printer) for one, name in zip(part.lines, names, strict=True))
    columns = (
        Column(w("column.rule"), width=2.6),
        Column(w("column.device"), width=1.4),
        Column(w("column.parameter"), width=1.2),
        Column(w("column.priority"), width=0.9),
        Column(w("column.raised"), Kind.COUNT, 0.8),
        Column(w("column.found_late"), Kind.COUNT, 1.1),
        Column(w("column.acknowledged"), Kind.COUNT),
        Column(w("column.active"), Kind.DURATION, 1.3),
    )
    counts = {"raised": part.raised, "late": part.found_late, "acknowledged": part.acknowledged, "open": part.open}
    return Table("alerts", w("part.alerts"), columns, rows, w("note.alerts", **counts))


def _named(one: AlertLine, report: ComplianceReport, printer: Printer) -> Named:
    parameter = printer.words("say.whole_device")
    if one.metric != ANY_METRIC:
        parameter = name_of(one.metric).in_language(printer.language)
    return rule_name(one, printer), device_name(one.device, report, printer), parameter


def rule_name(one: AlertLine, printer: Printer) -> str:
    """Of a rule that was taken out since, what sort it was."""
    if one.name is not None:
        return one.name.in_language(printer.language)
    return printer.words.find(f"rule_kind.{one.kind}", one.rule)


def _row(one: AlertLine, named: Named, twin: bool, printer: Printer) -> tuple[Cell, ...]:
    rule, device, parameter = named
    return (
        f"{rule} ({one.rule})" if twin else rule, device, parameter, printer.words(f"priority.{one.priority}"),
        one.raised, one.found_late, one.acknowledged, one.active,
    )  # fmt: skip
