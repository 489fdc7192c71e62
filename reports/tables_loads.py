"""Tables of the pollutant load."""

from __future__ import annotations

from domain.report import ComplianceReport
from domain.report_records import Operator
from domain.report_water import Load, LoadBasis
from reports.loads import CONCENTRATION
from reports.table import AS_GIVEN, Absent, Cell, Column, Kind, Printer, Table
from reports.table_cells import or_absent

WEIGHT = 4  # decimals of kg: a small plant discharges grams of what the laboratory hardly finds


def loads(report: ComplianceReport, printer: Printer) -> Table:
    """What the pollutants of the period weigh."""
    w = printer.words
    rows = [_load_row(one, report, printer) for one in report.loads]
    columns = (
        Column(w("column.parameter"), width=2),
        Column(w("column.basis"), width=1.2),
        Column(w("column.days_computed"), Kind.COUNT),
        Column(w("column.kilograms"), Kind.NUMBER, decimals=WEIGHT),
        Column(w("column.per_day"), Kind.NUMBER, decimals=WEIGHT),
        Column(w("column.per_ton"), Kind.NUMBER, decimals=WEIGHT),
    )
    return Table("loads", w("part.loads"), columns, tuple(rows), _note(report, printer))


def _note(report: ComplianceReport, printer: Printer) -> str:
    """How it is counted, and of which parameter days were left out."""
    w = printer.words
    thin = [(one.name.in_language(printer.language), one.days_thin) for one in report.loads if one.days_thin]
    share = printer.share(report.policy.day_share)
    said = [w("note.loads", share=share)]
    if thin:
        said.append(w("note.loads_thin", names=", ".join(f"{name} ({days})" for name, days in dict(thin).items())))
    return " ".join([*said, *_per_ton(report, printer)])


def _per_ton(report: ComplianceReport, printer: Printer) -> list[str]:
    """Of which days kg/ton is."""
    per_ton = [one for one in report.loads if one.per_ton is not None]
    days = {one.name.in_language(printer.language): sum(day.per_ton is not None for day in one.days)
            for one in per_ton if one.basis is not LoadBasis.LABORATORY}  # fmt: skip
    said = []
    if days:
        names = ", ".join(f"{name} ({count})" for name, count in days.items())
        said.append(printer.words("note.loads_per_ton", names=names))
    if any(one.basis is LoadBasis.LABORATORY for one in report.loads):
        said.append(printer.words("note.loads_laboratory"))
    return said


def _load_row(one: Load, report: ComplianceReport, printer: Printer) -> tuple[Cell, ...]:
    name = one.name.in_language(printer.language)
    figures = [or_absent(value, Absent.NOT_COMPUTED) for value in (one.kilograms, one.per_day, one.per_ton)]
    if one.operator is not Operator.EQUAL:
        figures = [
            f"{one.operator} {printer.number(f, WEIGHT if f >= 0.001 else AS_GIVEN)}" if isinstance(f, float) else f
            for f in figures
        ]
    return (name, *_basis(one, report, printer), *figures)


def _basis(one: Load, report: ComplianceReport, printer: Printer) -> tuple[Cell, Cell]:
    """What it was reckoned from, and on how many days both were measured; a laboratory's result is of no such day."""
    if one.basis is not LoadBasis.LABORATORY:
        return printer.words(f"basis.{one.basis}"), one.days_computed
    results = sum((line.result.metric, line.result.unit) == (one.metric, CONCENTRATION)
                  for line in report.laboratory.lines)  # fmt: skip
    return printer.words("basis.laboratory_days", results=results, days=one.days_computed), Absent.NONE


def load_days(report: ComplianceReport, printer: Printer) -> Table:
    """The loads day by day, for files."""
    w = printer.words
    rows = [
        (
            day.day, one.name.in_language(printer.language), or_absent(day.kilograms, Absent.NOT_COMPUTED),
            or_absent(day.per_ton, Absent.NOT_COMPUTED),
        )
        for one in report.loads
        for day in one.days
    ]  # fmt: skip
    columns = (
        Column(w("column.day"), Kind.DAY),
        Column(w("column.parameter"), width=2),
        Column(w("column.kilograms"), Kind.NUMBER, decimals=WEIGHT),
        Column(w("column.per_ton"), Kind.NUMBER, decimals=WEIGHT),
    )
    return Table("load_days", w("part.load_days"), columns, tuple(rows), _note(report, printer), data_only=True)
