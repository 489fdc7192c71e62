"""The table of the days: pH and debit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.report import ComplianceReport
from domain.report_measured import Judgement, LimitInForce, Parameter, ParameterDay
from domain.report_water import VolumeDay
from reports.table import TOTAL, Absent, Cell, Column, Kind, Printer, Table
from reports.table_cells import beside, days_of, device_name, is_long, or_absent, verdict

PH = "ph"


def daily(report: ComplianceReport, printer: Printer) -> Table:
    """pH and debit of every day of the period; days that are not over say so."""
    w = printer.words
    ph = next((one for one in report.parameters if one.metric == PH and one.device), None)
    by_day = {day.day: day for day in ph.days} if ph else {}
    volumes = {day.day: day for day in report.volume.days}
    days = days_of(report)
    limits = ph.limits if ph else ()
    rows = [_daily_row(day, by_day.get(day), limits, volumes.get(day), report, printer) for day in days]
    marks = {(n, 5) for n, day in enumerate(days) if day in by_day and by_day[day].judgement is Judgement.BEYOND}
    marks |= {(n, c) for n, day in enumerate(days) if ph and day in by_day for c in _extremes(by_day[day], ph)}
    marks |= {(TOTAL, 5)} if ph and ph.judgement is Judgement.BEYOND else set()
    columns = (
        Column(w("column.day"), Kind.DAY, 1.2),
        Column(w("column.ph_min"), Kind.NUMBER),
        Column(w("column.ph_mean"), Kind.NUMBER, 1.2),
        Column(w("column.ph_max"), Kind.NUMBER),
        Column(w("column.ph_complete"), Kind.SHARE),
        Column(w("column.judgement"), width=1.6),
        Column(w("column.volume"), Kind.NUMBER, 1.5, 2),
        Column(w("column.covered"), Kind.SHARE, 1.2),
        Column(w("column.method"), width=1.4),
    )
    note = " ".join((w("note.daily"), *_beside(report, printer)))
    total = _daily_total(report, ph, printer)
    return Table(
        "daily", w("part.daily"), columns, tuple(rows), note, frozenset(marks), data_only=is_long(report), total=total
    )


def _beside(report: ComplianceReport, printer: Printer) -> list[str]:
    """What is to be said of the volumes: which meters, and what was carried."""
    w, volume, said = printer.words, report.volume, list[str]()
    if len(volume.devices) > 1:
        names = ", ".join(device_name(one, report, printer) for one in volume.devices)
        said.append(w("note.meters", names=names))
    if volume.carried:
        said.append(w("note.carried", amount=printer.number(volume.carried, 2)))
    return said


def _daily_total(report: ComplianceReport, ph: Parameter | None, printer: Printer) -> tuple[Cell, ...]:
    w, volume = printer.words, report.volume
    figures: tuple[Cell, ...] = (Absent.NOT_MEASURED,) * 5
    if ph is not None and ph.completeness is not None:
        share = ph.completeness.valid / ph.completeness.expected
        figures = (
            *(beside(one, ph.limits) for one in (ph.min, ph.mean, ph.max)),
            share,
            w(f"judgement.{ph.judgement}"),
        )
    days = w("say.days_measured", count=volume.days_measured)
    return (w("say.whole_period"), *figures, or_absent(volume.total), volume.covered, days)


def _extremes(day: ParameterDay, ph: Parameter) -> list[int]:
    """The columns of least and greatest reading that lie beyond a limit of that day."""
    held = [limit for limit in ph.limits if limit.first <= day.day <= limit.last and limit.unit == ph.unit]
    under = any(one.min is not None and day.min is not None and day.min < one.min for one in held)
    over = any(one.max is not None and day.max is not None and day.max > one.max for one in held)
    return [column for column, beyond in ((1, under), (3, over)) if beyond]


def _daily_row(
    day: date,
    ph: ParameterDay | None,
    limits: Sequence[LimitInForce],
    volume: VolumeDay | None,
    report: ComplianceReport,
    printer: Printer,
) -> tuple[Cell, ...]:
    if day > report.period.until:
        return (day, *(Absent.NOT_YET for _ in range(8)))
    word = Judgement.NOT_MEASURED if ph is None else ph.judgement
    measured: tuple[Cell, ...] = (Absent.NOT_MEASURED,) * 4
    if ph is not None:
        figures = [beside(one, limits) for one in (ph.min, ph.mean, ph.max)]
        measured = (*figures, ph.valid / ph.expected)
    said = verdict(word, ph.beyond if ph else 0, printer)
    return (day, *measured, said, *_volume_cells(volume, printer))


def _volume_cells(volume: VolumeDay | None, printer: Printer) -> tuple[Cell, ...]:
    if volume is None or volume.volume is None or volume.method is None:
        return (Absent.NOT_MEASURED, Absent.NOT_MEASURED, Absent.NOT_MEASURED)
    method = printer.words(f"method.{volume.method}") + ("*" if volume.carried else "")
    return (volume.volume, volume.covered, method)
