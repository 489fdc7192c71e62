"""Tables of what people did to the data: corrections, judgement by hand, and figures with and without them."""

from __future__ import annotations

from domain.report import ComplianceReport
from domain.report_edits import (
    CorrectionUsed,
    EpisodeCompared,
    HandJudged,
    SetAside,
    Written,
)
from reports.table import AS_GIVEN, Absent, Cell, Column, Kind, Printer, Table
from reports.table_cells import bounds
from reports.tables_compared import compared, compared_volume, series_name


def corrections(report: ComplianceReport, printer: Printer) -> list[Table]:
    """The corrections, then what they changed; only the first where there is none."""
    part = report.corrections
    return [
        _used(report, printer),
        *compared("corrected_days", part.parameters, report, printer),
        *compared_volume("corrected_volume", part.volume, report, printer),
        *_episodes(report, printer),
    ]


def judgements(report: ComplianceReport, printer: Printer) -> list[Table]:
    """What was set aside by hand, then what that took out; only the first where there is none."""
    part = report.judgements
    return [
        _judged(report, printer),
        *_set_aside(report, printer),
        *compared("judged_days", part.parameters, report, printer),
        *compared_volume("judged_volume", part.volume, report, printer),
    ]


def revision(one: Written, printer: Printer) -> str:
    """`2 (salah ketik)`."""
    return f"{one.revision} ({one.note})" if one.note else str(one.revision)


# ── corrections ─────────────────────────────────────────────────────────────────────────────────


def _used(report: ComplianceReport, printer: Printer) -> Table:
    w = printer.words
    rows: list[tuple[Cell, ...]] = []
    part = report.corrections
    for one in (*part.used, *part.taken_out):
        rows.append(_correction_row(one, report, printer, taken_out=one in part.taken_out))
        rows += [
            (
                *rows[-1][:1], was.start, Absent.NONE, formula(was.slope, was.offset, printer), was.reason,
                was.written.who, was.written.at, Absent.NONE, _replaced(was.written, printer),
            )
            for was in reversed(one.earlier)
        ]  # fmt: skip
    columns = (
        Column(w("column.parameter"), width=1.2),
        Column(w("column.start"), Kind.MOMENT, 1.15),
        Column(w("column.stop"), width=1.15),
        Column(w("column.formula"), width=1.5),
        Column(w("column.why"), width=1.6),
        Column(w("column.entered_by"), width=0.9),
        Column(w("column.entered_at"), Kind.MOMENT, 1.15),
        Column(w("column.rests_on"), width=1.5),
        Column(w("column.version"), width=1.2),
    )
    note = w("note.corrections") if rows else w("note.no_corrections")
    return Table("corrections", w("part.corrections"), columns, tuple(rows), note, note_on_paper=not rows)


def _correction_row(
    one: CorrectionUsed, report: ComplianceReport, printer: Printer, *, taken_out: bool
) -> tuple[Cell, ...]:
    said = printer.words("say.correction_ends") if one.ends else formula(one.slope, one.offset, printer)
    if one.ignored:
        said = printer.words("say.correction_ignored")
    return (
        series_name(one.device, one.metric, report, printer), one.start,
        Absent.NONE if taken_out else printer.words("say.further") if one.stop is None else printer.moment(one.stop),
        said, one.reason or Absent.NOT_FILLED, one.written.who, one.written.at, _rests_on(one, printer),
        _version(one.written, taken_out, printer),
    )  # fmt: skip


def formula(slope: float, offset: float, printer: Printer) -> str:
    """`0,98 × mentah − 0,08`."""
    sign = "−" if offset < 0 else "+"
    factor, summand = printer.number(slope, AS_GIVEN), printer.number(abs(offset), AS_GIVEN)
    return f"{factor} × {printer.words('say.raw')} {sign} {summand}"


def _version(one: Written, taken_out: bool, printer: Printer) -> str:
    said = revision(one, printer)
    return printer.words("say.taken_out", version=said) if taken_out else said


def _replaced(one: Written, printer: Printer) -> str:
    return printer.words("say.replaced", version=revision(one, printer))


def _rests_on(one: CorrectionUsed, printer: Printer) -> Cell:
    if one.calibration is None:
        return Absent.NONE
    if one.calibration_start is None:
        return printer.words("say.calibration_lost")
    begun = printer.moment(one.calibration_start)
    said = printer.words("say.calibration", start=begun, version=one.calibration_revision)
    said += f", {one.certificate}" if one.certificate else ""
    if one.calibration_newest != one.calibration_revision and one.calibration_newest is not None:
        said += printer.words("say.calibration_newer", version=one.calibration_newest)
    return said


def _episodes(report: ComplianceReport, printer: Printer) -> list[Table]:
    w, found = printer.words, report.corrections.episodes
    if not found:
        return []
    rows = tuple(_episode_row(one, report, printer) for one in found)
    columns = (
        Column(w("column.parameter"), width=1.4),
        Column(w("column.limit"), width=0.7),
        Column(w("column.raw_from"), Kind.MOMENT, 1.2),
        Column(w("column.raw_to"), Kind.MOMENT, 1.2),
        Column(w("column.raw_peak"), Kind.NUMBER, 0.9),
        Column(w("column.corrected_from"), Kind.MOMENT, 1.2),
        Column(w("column.corrected_to"), Kind.MOMENT, 1.2),
        Column(w("column.corrected_peak"), Kind.NUMBER, 1.0),
        Column(w("column.seen"), width=1.4),
    )
    part = report.corrections
    note = w("note.corrected_episodes", raw=part.raw_only, corrected=part.corrected_only)
    return [Table("corrected_episodes", w("part.corrected_episodes"), columns, rows, note)]


def _episode_row(one: EpisodeCompared, report: ComplianceReport, printer: Printer) -> tuple[Cell, ...]:
    sides: list[Cell] = []
    for side in (one.raw, one.corrected):
        sides += [Absent.NONE] * 3 if side is None else [side.start, side.stop, side.peak]
    limit = bounds(None if one.above else one.limit, one.limit if one.above else None, printer)
    name = series_name(one.device, one.metric, report, printer)
    return (name, limit, *sides, printer.words(f"seen.{one.seen}"))


# ── judgement by hand ───────────────────────────────────────────────────────────────────────────


def _judged(report: ComplianceReport, printer: Printer) -> Table:
    w = printer.words
    rows: list[tuple[Cell, ...]] = []
    part = report.judgements
    for one in (*part.used, *part.taken_out):
        rows.append(_judged_row(one, report, printer, taken_out=one in part.taken_out))
        rows += [
            (
                rows[-1][0], was.start, was.stop, reason(was.category, printer), Absent.NONE,
                was.description or Absent.NONE, was.written.who, was.written.at, _replaced(was.written, printer),
                Absent.NONE, Absent.NONE, Absent.NONE,
            )
            for was in reversed(one.earlier)
        ]  # fmt: skip
    columns = (
        Column(w("column.parameter"), width=1.15),
        Column(w("column.start"), Kind.MOMENT, 1.1),
        Column(w("column.stop"), Kind.MOMENT, 1.1),
        Column(w("column.reason"), width=1.2),
        Column(w("column.kind"), width=1.1),
        Column(w("column.note"), width=1.3),
        Column(w("column.entered_by"), width=0.9),
        Column(w("column.entered_at"), Kind.MOMENT, 1.1),
        Column(w("column.version"), width=1.0),
        Column(w("column.readings_out"), Kind.COUNT, 0.95),
        Column(w("column.time_out"), Kind.DURATION, 0.85),
        Column(w("column.episodes_out"), Kind.COUNT, 1.0),
    )
    note = w("note.judgements") if rows else w("note.no_judgements")
    marks = frozenset((n, 11) for n, row in enumerate(rows) if isinstance(row[11], int) and row[11])
    return Table("judgements", w("part.judgements"), columns, tuple(rows), note, marks, note_on_paper=not rows)


def _judged_row(one: HandJudged, report: ComplianceReport, printer: Printer, *, taken_out: bool) -> tuple[Cell, ...]:
    kind = printer.words("condition.sensor" if one.kind is None else f"condition.{one.kind}")
    outcome: tuple[Cell, ...] = (one.readings, one.time, one.exceedances)
    return (
        series_name(one.device, one.metric, report, printer), one.start, one.stop, reason(one.category, printer),
        kind, one.description or Absent.NONE, one.written.who, one.written.at,
        _version(one.written, taken_out, printer), *((Absent.NONE,) * 3 if taken_out else outcome),
    )  # fmt: skip


def reason(category: str, printer: Printer) -> str:
    """In words."""
    return printer.words.find(f"reason.{category}", printer.words("absent.unknown"))


def _set_aside(report: ComplianceReport, printer: Printer) -> list[Table]:
    w, found = printer.words, report.judgements.set_aside
    if not found:
        return []
    reasons = {one.id: reason(one.category, printer) for one in report.judgements.used}
    rows = tuple(_aside_row(one, reasons, report, printer) for one in found)
    columns = (
        Column(w("column.parameter"), width=1.4),
        Column(w("column.limit"), width=0.7),
        Column(w("column.start"), Kind.MOMENT, 1.2),
        Column(w("column.stop"), Kind.MOMENT, 1.2),
        Column(w("column.duration"), Kind.DURATION, 1.0),
        Column(w("column.raw_peak"), Kind.NUMBER, 0.9),
        Column(w("column.reason"), width=1.5),
        Column(w("column.effect"), width=1.7),
    )
    marks = frozenset((n, 5) for n in range(len(rows)))
    return [Table("set_aside", w("part.set_aside"), columns, rows, w("note.set_aside"), marks)]


def _aside_row(
    one: SetAside, reasons: dict[str, str], report: ComplianceReport, printer: Printer
) -> tuple[Cell, ...]:
    limit = bounds(None if one.above else one.limit, one.limit if one.above else None, printer)
    left = printer.words("say.wholly") if one.wholly else printer.words("say.partly", left=printer.duration(one.left))
    why = "; ".join(dict.fromkeys(reasons[name] for name in one.judgements if name in reasons))
    name = series_name(one.device, one.metric, report, printer)
    return (name, limit, one.start, one.stop, one.stop - one.start, one.peak, why or Absent.UNKNOWN, left)
