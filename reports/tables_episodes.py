"""The table of the exceedances."""

from __future__ import annotations

from datetime import date

from domain.report import ComplianceReport
from domain.report_measured import Episode, LimitInForce
from reports.table import Absent, Cell, Column, Kind, Printer, Table
from reports.table_cells import beside, bounds, named, or_absent


def episodes(report: ComplianceReport, printer: Printer) -> Table:
    """The exceedances, by time."""
    w = printer.words
    names = {(one.device, one.metric): named(one, report, printer) for one in report.parameters}
    rows = [
        (
            names[one.device, one.metric], bounds(None if one.above else one.limit, one.limit if one.above else None,
            printer), one.start, w("say.to_the_end") if one.open else printer.moment(one.stop), one.stop - one.start,
            *_worst_and_mean(one), _flowed(one.volume, one.volume_covered, printer),
            or_absent(one.cause, Absent.NOT_FILLED), or_absent(one.response, Absent.NOT_FILLED),
            _late(one.found_late, printer),
        )
        for one in report.episodes
    ]  # fmt: skip
    columns = (
        Column(w("column.parameter"), width=1.2),
        Column(w("column.limit"), width=0.7),
        Column(w("column.start"), Kind.MOMENT, 1.15),
        Column(w("column.stop"), width=1.15),
        Column(w("column.duration"), Kind.DURATION, 0.85),
        Column(w("column.peak"), Kind.NUMBER, 0.8),
        Column(w("column.mean"), Kind.NUMBER, 0.95),
        Column(w("column.flowed"), width=1.1),
        Column(w("column.cause"), width=1.2),
        Column(w("column.response"), width=1.4),
        Column(w("column.late"), width=1.0),
    )
    all_of_them = sum(one.episodes for one in report.parameters)
    note = w("note.episodes", join=report.policy.join // 60)
    if all_of_them > len(rows):
        note += " " + w("note.episodes_left_out", count=all_of_them - len(rows))
    return Table("episodes", w("part.episodes"), columns, tuple(rows), note)


def _worst_and_mean(one: Episode) -> tuple[Cell, Cell]:
    least, most = (None, one.limit) if one.above else (one.limit, None)
    limit = LimitInForce("", one.unit, least, most, date.min, date.max)
    return beside(one.peak, [limit]), beside(one.mean, [limit])


def _flowed(volume: float | None, covered: float, printer: Printer) -> Cell:
    if volume is None:
        return Absent.NOT_MEASURED
    return f"{printer.number(volume, 2)} ({printer.share(covered)})"


def _late(late: bool | None, printer: Printer) -> Cell:
    return Absent.NONE if late is None else printer.words("say.yes" if late else "say.no")
