"""Tables that show figures both ways: without what people did to the data, and as the report counts them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from domain.figures import symbol
from domain.metrics import name_of
from domain.report import ComplianceReport
from domain.report_edits import (
    Compared,
    ComparedDay,
    ComparedVolume,
    Figures,
)
from domain.report_measured import Judgement
from reports.parameter import overall
from reports.table import Cell, Column, Kind, Printer, Table
from reports.table_cells import device_name, is_long, named, or_absent, verdict

Row = tuple[Compared, date | str | None, Figures, Figures]  # a day, a month (2026-10), or the whole period


def series_name(device: str, metric: str, report: ComplianceReport, printer: Printer) -> str:
    """`pH (Outlet IPAL)`."""
    names = {one.metric: one.name.in_language(printer.language) for one in report.parameters}
    name = names.get(metric) or name_of(metric).in_language(printer.language)
    return f"{name} ({device_name(device, report, printer)})"


def compared(name: str, found: Sequence[Compared], report: ComplianceReport, printer: Printer) -> list[Table]:
    """By day; of a long period on paper by month."""
    if not found:
        return []
    days: list[Row] = [(one, day.day, day.before, day.after) for one in found for day in one.days]
    whole: list[Row] = [(one, None, one.before, one.after) for one in found]
    full = _compared_table(name, [*days, *whole], report, printer)
    if not is_long(report):
        return [full]
    months = [row for one in found for row in _months(one, report.policy.day_share)]
    paper = _compared_table(name, [*months, *whole], report, printer)
    return [replace(full, data_only=True), replace(paper, paper_only=True)]


def _months(one: Compared, share: float) -> list[Row]:
    """The touched days of each month (2026-10) put together; a month's mean is the mean of its daily means."""
    months: dict[str, list[ComparedDay]] = {}
    for day in one.days:
        months.setdefault(f"{day.day:%Y-%m}", []).append(day)
    return [
        (one, month, _together([day.before for day in days], share), _together([day.after for day in days], share))
        for month, days in months.items()
    ]


def _together(days: Sequence[Figures], share: float) -> Figures:
    means = [day.mean for day in days if day.mean is not None]
    return Figures(
        min((day.min for day in days if day.min is not None), default=None),
        sum(means) / len(means) if means else None,
        max((day.max for day in days if day.max is not None), default=None),
        sum(day.good for day in days),
        sum(day.beyond for day in days),
        overall([Judgement(day.judgement) for day in days], 0, share).value,
    )


def _compared_table(
    name: str, rows: Iterable[Row], report: ComplianceReport,
    printer: Printer,
) -> Table:  # fmt: skip
    w = printer.words
    decimals = max((one.decimals for one in report.parameters), default=2)
    made = tuple(
        (
            w("say.whole_period") if day is None else day, _with_unit(pair, report, printer),
            *_figures(before), *_figures(after),
            *(verdict(one.judgement, 0 if day is None else one.beyond, printer) for one in (before, after)),
        )
        for pair, day, before, after in rows
    )  # fmt: skip
    kinds = ("min", "mean", "max")
    word = "raw" if name.startswith("corrected") else "all"
    columns = (
        Column(w("column.day"), Kind.DAY, 1.2),
        Column(w("column.parameter"), width=1.3),
        *(Column(w(f"column.{word}_{kind}"), Kind.NUMBER, 1.0, decimals) for kind in kinds),
        *(Column(w(f"column.counted_{kind}"), Kind.NUMBER, 1.1, decimals) for kind in kinds),
        Column(w(f"column.{word}_judgement"), width=1.3),
        Column(w("column.counted_judgement"), width=1.3),
    )
    marks = frozenset((n, c) for n, row in enumerate(made) for c in (8, 9) if row[c] == w("judgement.beyond"))
    return Table(name, w(f"part.{name}"), columns, made, w(f"note.{name}"), marks)


def _figures(one: Figures) -> tuple[Cell, Cell, Cell]:
    return or_absent(one.min), or_absent(one.mean), or_absent(one.max)


def _with_unit(one: Compared, report: ComplianceReport, printer: Printer) -> str:
    found = next((p for p in report.parameters if (p.device, p.metric) == (one.device, one.metric)), None)
    if found is None:
        return series_name(one.device, one.metric, report, printer)
    unit = symbol(found.unit, printer.language)
    return named(found, report, printer) + (f" ({unit})" if unit else "")


def compared_volume(
    name: str, part: ComparedVolume | None, report: ComplianceReport, printer: Printer
) -> list[Table]:
    if part is None:
        return []
    w, word = printer.words, "raw" if name.startswith("corrected") else "all"
    days: list[tuple[Cell, ...]] = [(day.day, or_absent(day.before), or_absent(day.after)) for day in part.days]
    total = (w("say.whole_period"), or_absent(part.before), or_absent(part.after))
    columns = (
        Column(w("column.day"), Kind.DAY),
        Column(w(f"column.{word}_volume"), Kind.NUMBER),
        Column(w("column.counted_volume"), Kind.NUMBER),
    )
    table = Table(name, w(f"part.{name}"), columns, tuple(days), total=total, data_only=is_long(report))
    return [table]
