"""Tables of what was measured: parameters, days, exceedances, completeness, loads."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from domain.figures import localised, symbol
from domain.report import ComplianceReport, Gap, Judgement, LimitInForce, Load, Parameter, ParameterDay, VolumeDay
from domain.report_records import Operator
from reports.table import AS_GIVEN, Absent, Cell, Column, Kind, Printer, Table

PH = "ph"
WEIGHT = 4  # decimals of kg: a small plant discharges grams of what the laboratory hardly finds
ON_PAPER = 60  # gaps that are printed
LONG = 93  # days; of a longer period months are printed, days stand in the files
SIDE_BY_SIDE = 8  # parameters in one table of daily means


def is_long(report: ComplianceReport) -> bool:
    """Whether paper shows months instead of days."""
    return (report.period.last - report.period.first).days >= LONG


def or_absent(value: Cell | None, word: Absent = Absent.NOT_MEASURED) -> Cell:
    """A figure, or why there is none."""
    return word if value is None else value


def bounds(low: float | None, high: float | None, printer: Printer) -> str:
    """6–9, ≤ 150, ≥ 4."""
    least, most = (None if bound is None else localised(f"{bound:g}", printer.language) for bound in (low, high))
    if least is not None and most is not None:
        return f"{least}–{most}"
    return f"≤ {most}" if most is not None else f"≥ {least}" if least is not None else ""


def limits_text(limits: tuple[LimitInForce, ...], printer: Printer) -> Cell:
    """The limits of the period; where they changed, each with its first day."""
    said = list(dict.fromkeys(bounds(limit.min, limit.max, printer) for limit in limits))
    if not said:
        return Absent.NOT_JUDGED
    if len(said) == 1:
        return said[0]
    return "; ".join(f"{bounds(one.min, one.max, printer)} ({printer.day(one.first)})" for one in limits)


def named(parameter: Parameter, report: ComplianceReport, printer: Printer) -> str:
    """The parameter, with its device where several measure it."""
    name = parameter.name.in_language(printer.language)
    twins = sum(other.metric == parameter.metric for other in report.parameters)
    return f"{name} ({parameter.device})" if twins > 1 else name


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
    return Table("parameters", w("part.parameters"), columns, tuple(rows), w("note.parameters"), frozenset(marks))


def _parameter_row(one: Parameter, report: ComplianceReport, printer: Printer) -> tuple[Cell, ...]:
    complete = one.completeness
    share = complete.valid / complete.expected if complete and complete.expected else None
    beyond = one.beyond / one.judged_readings if one.judged_readings else None
    return (
        named(one, report, printer),
        symbol(one.unit, printer.language) or "–",
        limits_text(one.limits, printer),
        or_absent(one.min),
        or_absent(one.mean),
        or_absent(one.max),
        one.days_judged,
        one.days_beyond,
        or_absent(beyond, Absent.NOT_JUDGED),
        one.episodes if one.judged_readings else Absent.NOT_JUDGED,
        or_absent(share),
        printer.words(f"judgement.{one.judgement}"),
    )


def daily(report: ComplianceReport, printer: Printer) -> Table:
    """pH and debit of every day of the period; days that are not over say so."""
    w = printer.words
    ph = next((one for one in report.parameters if one.metric == PH and one.device), None)
    by_day = {day.day: day for day in ph.days} if ph else {}
    volumes = {day.day: day for day in report.volume.days}
    days = _days(report)
    rows = [_daily_row(day, by_day.get(day), volumes.get(day), report, printer) for day in days]
    marks = {(n, 5) for n, day in enumerate(days) if day in by_day and by_day[day].judgement is Judgement.BEYOND}
    marks |= {(n, c) for n, day in enumerate(days) if ph and day in by_day for c in _extremes(by_day[day], ph)}
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
    carried = any(day.carried for day in report.volume.days)
    note = w("note.daily") + (" " + w("note.carried") if carried else "")
    total = _daily_total(report, ph, printer)
    return Table(
        "daily", w("part.daily"), columns, tuple(rows), note, frozenset(marks), data_only=is_long(report), total=total
    )


def _daily_total(report: ComplianceReport, ph: Parameter | None, printer: Printer) -> tuple[Cell, ...]:
    w, volume = printer.words, report.volume
    figures: tuple[Cell, ...] = (Absent.NOT_MEASURED,) * 5
    if ph is not None and ph.completeness is not None:
        share = ph.completeness.valid / ph.completeness.expected
        figures = (or_absent(ph.min), or_absent(ph.mean), or_absent(ph.max), share, w(f"judgement.{ph.judgement}"))
    days = w("say.days_measured", count=volume.days_measured)
    return (w("say.whole_period"), *figures, or_absent(volume.total), volume.covered, days)


def _days(report: ComplianceReport) -> list[date]:
    length = (report.period.last - report.period.first).days
    return [report.period.first + timedelta(days=n) for n in range(length + 1)]


def _days_counted(report: ComplianceReport) -> list[date]:
    return [day for day in _days(report) if day <= report.period.until]


def _extremes(day: ParameterDay, ph: Parameter) -> list[int]:
    """The columns of least and greatest reading that lie beyond a limit of that day."""
    held = [limit for limit in ph.limits if limit.first <= day.day <= limit.last and limit.unit == ph.unit]
    under = any(one.min is not None and day.min is not None and day.min < one.min for one in held)
    over = any(one.max is not None and day.max is not None and day.max > one.max for one in held)
    return [column for column, beyond in ((1, under), (3, over)) if beyond]


def _daily_row(
    day: date, ph: ParameterDay | None, volume: VolumeDay | None, report: ComplianceReport, printer: Printer
) -> tuple[Cell, ...]:
    if day > report.period.until:
        return (day, *(Absent.NOT_YET for _ in range(8)))
    word = Judgement.NOT_MEASURED if ph is None else ph.judgement
    measured: tuple[Cell, ...] = (Absent.NOT_MEASURED,) * 4
    if ph is not None:
        figures = [or_absent(one) for one in (ph.min, ph.mean, ph.max)]
        measured = (*figures, ph.valid / ph.expected)
    said = printer.words(f"judgement.{word}")
    if ph is not None and word is Judgement.WITHIN and ph.beyond:
        said = printer.words("say.some_beyond")
    return (day, *measured, said, *_volume_cells(volume, printer))


def _volume_cells(volume: VolumeDay | None, printer: Printer) -> tuple[Cell, ...]:
    if volume is None or volume.volume is None or volume.method is None:
        return (Absent.NOT_MEASURED, Absent.NOT_MEASURED, Absent.NOT_MEASURED)
    method = printer.words(f"method.{volume.method}") + ("*" if volume.carried else "")
    return (volume.volume, volume.covered, method)


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
    for n, day in enumerate(_days_counted(report)):
        cells = [one.days[n] for one in measured]
        marks |= {(n + 1, c + 1) for c, cell in enumerate(cells) if cell.judgement is Judgement.BEYOND}
        rows.append((day, *(or_absent(cell.mean) for cell in cells)))
    return Table("means", w("part.means"), columns, tuple(rows), "", frozenset(marks), paper_only=True)


def _unit(one: Parameter, printer: Printer) -> str:
    unit = symbol(one.unit, printer.language)
    return f" ({unit})" if unit else ""


def parameter_days(report: ComplianceReport, printer: Printer) -> Table:
    """Every day of every parameter with all its figures, for files."""
    w = printer.words
    rows = [
        (
            day.day, named(one, report, printer), one.device or "", one.unit, or_absent(day.min), or_absent(day.mean),
            or_absent(day.max), day.good, day.bad, day.beyond, day.valid, day.expected,
            w(f"judgement.{day.judgement}"),
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


def episodes(report: ComplianceReport, printer: Printer) -> Table:
    """The exceedances, by time."""
    w = printer.words
    names = {(one.device, one.metric): named(one, report, printer) for one in report.parameters}
    rows = [
        (
            names[one.device, one.metric], bounds(None if one.above else one.limit, one.limit if one.above else None,
            printer), one.start, w("absent.not_yet") if one.open else printer.moment(one.stop), one.stop - one.start,
            one.peak, one.mean, _flowed(one.volume, one.volume_covered, printer),
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


def _flowed(volume: float | None, covered: float, printer: Printer) -> Cell:
    if volume is None:
        return Absent.NOT_MEASURED
    return f"{printer.number(volume, 2)} ({printer.share(covered)})"


def _late(late: bool | None, printer: Printer) -> Cell:
    return Absent.NONE if late is None else printer.words("say.yes" if late else "say.no")


def completeness(report: ComplianceReport, printer: Printer) -> Table:
    """Valid of expected slots, and what the others were missing for."""
    w = printer.words
    rows: list[tuple[Cell, ...]] = []
    for one in report.parameters:
        found = one.completeness
        if found is None:
            rows.append((named(one, report, printer), *(w("say.no_sensor") for _ in range(6))))
            continue
        share = found.valid / found.expected if found.expected else 0.0
        rows.append(
            (
                named(one, report, printer), found.slot / 60, found.valid, found.expected, share, found.days_covered,
                _totals(one, printer),
            )
        )  # fmt: skip
    columns = (
        Column(w("column.parameter"), width=1.6),
        Column(w("column.slot"), Kind.NUMBER, 0.8, 0),
        Column(w("column.valid"), Kind.COUNT),
        Column(w("column.expected"), Kind.COUNT, 1.1),
        Column(w("column.complete"), Kind.SHARE, 0.9),
        Column(w("column.days_covered"), Kind.COUNT),
        Column(w("column.cause"), width=3.6),
    )
    note = w("note.completeness", share=printer.share(report.policy.day_share))
    return Table("completeness", w("part.completeness"), columns, tuple(rows), note)


def _totals(one: Parameter, printer: Printer) -> Cell:
    found = one.completeness
    if found is None or not found.totals:
        return Absent.NONE
    width = found.slot * 1000
    return "; ".join(
        f"{_why(total.cause, total.reason, printer)}: {total.gaps} × ({printer.duration(total.slots * width)})"
        for total in found.totals
    )


def _why(cause: str, reason: str | None, printer: Printer) -> str:
    said = printer.words(f"cause.{cause}")
    return said if reason is None else f"{said} ({printer.words.find(f'reason.{reason}', reason)})"


def gaps(report: ComplianceReport, printer: Printer) -> list[Table]:
    """The longest gaps of each parameter, and for paper the longest of all."""
    found = [(one, gap) for one in report.parameters if one.completeness for gap in one.completeness.gaps]
    left_out = sum(one.completeness.gaps_left_out for one in report.parameters if one.completeness)
    if len(found) <= ON_PAPER:
        return [_gaps(report, printer, found, left_out)]
    longest = sorted(found, key=lambda item: (item[1].start - item[1].stop, item[1].start))[:ON_PAPER]
    kept = [item for item in found if item in longest]
    paper = _gaps(report, printer, kept, left_out + len(found) - len(kept))
    return [replace(_gaps(report, printer, found, left_out), data_only=True), replace(paper, paper_only=True)]


def _gaps(report: ComplianceReport, printer: Printer, found: list[tuple[Parameter, Gap]], left_out: int) -> Table:
    w = printer.words
    rows = [
        (named(one, report, printer), gap.start, gap.stop, gap.stop - gap.start, gap.slots, *_gap_cells(gap, printer))
        for one, gap in found
    ]
    columns = (
        Column(w("column.parameter"), width=1.6),
        Column(w("column.start"), Kind.MOMENT, 1.4),
        Column(w("column.stop"), Kind.MOMENT, 1.4),
        Column(w("column.duration"), Kind.DURATION, 1.2),
        Column("Slot", Kind.COUNT, 0.7),
        Column(w("column.cause"), width=1.5),
        Column(w("column.reason"), width=1.6),
    )
    return Table("gaps", w("part.gaps"), columns, tuple(rows), w("note.gaps", count=left_out))


def _gap_cells(gap: Gap, printer: Printer) -> tuple[Cell, Cell]:
    reason: Cell = Absent.NONE
    if gap.reason is not None:
        reason = printer.words.find(f"reason.{gap.reason}", gap.reason)
    elif gap.cause == "bad_quality":
        reason = Absent.UNKNOWN
    return printer.words(f"cause.{gap.cause}"), reason


def loads(report: ComplianceReport, printer: Printer) -> Table:
    """What the pollutants of the period weigh."""
    w = printer.words
    rows = [_load_row(one, printer) for one in report.loads]
    columns = (
        Column(w("column.parameter"), width=2),
        Column(w("column.basis"), width=1.2),
        Column(w("column.days_computed"), Kind.COUNT),
        Column(w("column.kilograms"), Kind.NUMBER, decimals=WEIGHT),
        Column(w("column.per_day"), Kind.NUMBER, decimals=WEIGHT),
        Column(w("column.per_ton"), Kind.NUMBER, decimals=WEIGHT),
    )
    return Table("loads", w("part.loads"), columns, tuple(rows), w("note.loads"))


def _load_row(one: Load, printer: Printer) -> tuple[Cell, ...]:
    name = one.name.in_language(printer.language)
    figures = [or_absent(value, Absent.NOT_COMPUTED) for value in (one.kilograms, one.per_day, one.per_ton)]
    if one.operator is Operator.BELOW:
        figures = [
            f"< {printer.number(f, WEIGHT if f >= 0.001 else AS_GIVEN)}" if isinstance(f, float) else f
            for f in figures
        ]
    return (name, printer.words(f"basis.{one.basis}"), one.days_computed, *figures)


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
    return Table("load_days", w("part.load_days"), columns, tuple(rows), w("note.loads"), data_only=True)
