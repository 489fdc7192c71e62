"""Tables of the limited parameters: over the period, and their days side by side."""

from __future__ import annotations

from domain.figures import symbol
from domain.report import ComplianceReport
from domain.report_measured import Judgement, Parameter
from reports.table import Absent, Cell, Column, Kind, Printer, Table
from reports.table_cells import beside, device_name, is_long, limits_text, named, or_absent, verdict

SIDE_BY_SIDE = 8  # parameters in one table of daily means


def parameters(report: ComplianceReport, printer: Printer) -> Table:
    """One row for each parameter."""
    w = printer.words
    rows = [_parameter_row(one, report, printer) for one in report.parameters]
    marks = {(n, 11) for n, one in enumerate(report.parameters) if one.judgement is Judgement.BEYOND}
    columns = (
        Column(w("column.parameter"), width=2.3),
        Column(w("column.unit"), width=0.9),
        Column(w("column.limit"), width=1.0),
        Column(w("column.min"), Kind.NUMBER, 0.9),
        Column(w("column.mean"), Kind.NUMBER, 1.1),
        Column(w("column.max"), Kind.NUMBER, 0.9),
        Column(w("column.days_judged"), Kind.COUNT, 0.85),
        Column(w("column.days_beyond"), Kind.COUNT, 1.0),
        Column(w("column.beyond_share"), Kind.SHARE, 1.0),
        Column(w("column.episodes"), Kind.COUNT, 1.0),
        Column(w("column.complete"), Kind.SHARE, 0.95),
        Column(w("column.judgement"), width=1.45),
    )
    together = [one.name.in_language(printer.language) for one in report.parameters if one.joined]
    note = w("note.parameters")
    if together:
        note += " " + w("note.joined", names=", ".join(dict.fromkeys(together)))
    return Table("parameters", w("part.parameters"), columns, tuple(rows), note, frozenset(marks))


def _parameter_row(one: Parameter, report: ComplianceReport, printer: Printer) -> tuple[Cell, ...]:
    complete = one.completeness
    share = complete.valid / complete.expected if complete and complete.expected else None
    beyond = one.beyond / one.judged_readings if one.judged_readings else None
    return (
        named(one, report, printer),
        symbol(one.unit, printer.language) or "–",
        limits_text(one.limits, printer),
        beside(one.min, one.limits),
        beside(one.mean, one.limits),
        beside(one.max, one.limits),
        one.days_judged,
        one.days_beyond,
        or_absent(beyond, Absent.NOT_JUDGED),
        one.episodes if one.judged_readings else Absent.NOT_JUDGED,
        or_absent(share),
        printer.words(f"judgement.{one.judgement}"),
    )


def means(report: ComplianceReport, printer: Printer) -> list[Table]:
    """The daily means side by side, for paper: as many tables as the width of a page asks for."""
    if is_long(report):
        return []
    measured = [one for one in report.parameters if one.device]
    return [_means(report, printer, measured[at : at + SIDE_BY_SIDE]) for at in range(0, len(measured), SIDE_BY_SIDE)]


def _means(report: ComplianceReport, printer: Printer, measured: list[Parameter]) -> Table:
    w = printer.words
    heads = [named(one, report, printer) + _unit(one, printer) for one in measured]
    columns = (
        Column(w("column.day"), Kind.DAY, 1.1),
        *(Column(head, Kind.NUMBER, decimals=one.decimals) for head, one in zip(heads, measured, strict=True)),
    )
    limits: tuple[Cell, ...] = (w("column.limit"), *(limits_text(one.limits, printer) for one in measured))
    rows: list[tuple[Cell, ...]] = [limits]
    marks = set()
    for n, day in enumerate(one.day for one in measured[0].days):
        cells = [one.days[n] for one in measured]
        marks |= {(n + 1, c + 1) for c, cell in enumerate(cells) if cell.judgement is Judgement.BEYOND}
        rows.append(
            (day, *(beside(cell.mean, one.limits, one.decimals) for cell, one in zip(cells, measured, strict=True)))
        )
    return Table("means", w("part.means"), columns, tuple(rows), "", frozenset(marks), paper_only=True)


def _unit(one: Parameter, printer: Printer) -> str:
    unit = symbol(one.unit, printer.language)
    return f" ({unit})" if unit else ""


def _device(one: Parameter, report: ComplianceReport, printer: Printer) -> Cell:
    return Absent.NONE if one.device is None else device_name(one.device, report, printer)


def parameter_days(report: ComplianceReport, printer: Printer) -> Table:
    """Every day of every parameter with all its figures, for files."""
    w = printer.words
    rows = [
        (
            day.day, named(one, report, printer), _device(one, report, printer),
            symbol(one.unit, printer.language) or "–",
            *(beside(figure, one.limits) for figure in (day.min, day.mean, day.max)),
            day.good, day.bad, day.beyond, day.valid, day.expected,
            verdict(day.judgement, day.beyond, printer),
        )
        for one in report.parameters
        for day in one.days
    ]  # fmt: skip
    marks = {(n, 12) for n, row in enumerate(rows) if row[12] == w("judgement.beyond")}
    columns = (
        Column(w("column.day"), Kind.DAY),
        Column(w("column.parameter"), width=2),
        Column(w("column.device"), width=1.5),
        Column(w("column.unit")),
        *(Column(w(f"column.{key}"), Kind.NUMBER, decimals=3) for key in ("min", "mean", "max")),
        *(Column(w(f"column.{key}"), Kind.COUNT) for key in ("good", "bad", "beyond", "valid", "expected")),
        Column(w("column.judgement"), width=1.5),
    )
    return Table(
        "parameter_days", w("part.parameter_days"), columns, tuple(rows), "", frozenset(marks), data_only=True
    )
