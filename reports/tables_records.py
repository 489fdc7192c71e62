"""Tables of what people, laboratories and the alarm system recorded, and of what the report was made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from domain.condition import NAMES
from domain.figures import localised, symbol
from domain.metrics import name_of
from domain.report import ComplianceReport
from domain.report_head import Label
from domain.report_measured import Judgement
from domain.report_recorded import LabLine
from domain.report_records import CalibrationRecord, EntryChange, LogbookDay, Operator
from reports.digest import parts_of, sha256_of
from reports.table import AS_GIVEN, Absent, Cell, Column, Kind, Printer, Table
from reports.table_cells import bounds, device_name, or_absent


def limits(report: ComplianceReport, printer: Printer) -> Table:
    """The limit sets, with the days they were used for."""
    w = printer.words
    rows: list[tuple[Cell, ...]] = [
        (
            one.name.in_language(printer.language), one.source, one.valid_from,
            or_absent(one.valid_until, Absent.NONE), _span(one.first, one.last, printer), one.version,
        )
        for one in report.limit_sets
    ]  # fmt: skip
    rows += [
        (Absent.NOT_JUDGED, "–", Absent.NONE, Absent.NONE, _span(gap.first, gap.last, printer), "–")
        for gap in report.without_limits
    ]
    columns = (
        Column(w("column.name"), width=2.2),
        Column(w("column.source"), width=2.6),
        Column(w("column.valid_from"), Kind.DAY),
        Column(w("column.valid_until"), Kind.DAY),
        Column(w("column.used"), width=1.9),
        Column(w("column.version"), width=1.2),
    )
    return Table("limits", w("part.limits"), columns, tuple(rows))


def _span(first: date, last: date, printer: Printer) -> str:
    if first == last:
        return printer.day(first)
    return f"{printer.day(first)} {printer.words('head.to')} {printer.day(last)}"


def product(report: ComplianceReport, printer: Printer) -> Table:
    """Production, and the water it took."""
    w, one = printer.words, report.product
    row = (
        one.days_noted,
        or_absent(one.tons, Absent.NOT_FILLED),
        or_absent(one.pieces, Absent.NOT_FILLED),
        or_absent(one.volume_per_ton, Absent.NOT_COMPUTED),
        bounds(None, one.max, printer) or Absent.NOT_JUDGED,
        w(f"judgement.{one.judgement}") if one.volume_per_ton is not None else Absent.NOT_COMPUTED,
    )
    columns = (
        Column(w("column.days_noted"), Kind.COUNT),
        Column(w("column.tons"), Kind.NUMBER, decimals=3),
        Column(w("column.pieces"), Kind.NUMBER, decimals=0),
        Column(w("column.volume_per_ton"), Kind.NUMBER),
        Column(w("column.limit")),
        Column(w("column.judgement")),
    )
    marks = frozenset({(0, 5)} if one.judgement is Judgement.BEYOND else ())
    note = w("note.product", days=one.days_both)
    return Table("product", w("part.product"), columns, (row,), note, marks)


def laboratory(report: ComplianceReport, printer: Printer) -> Table:
    """Every result with its limit."""
    w, part = printer.words, report.laboratory
    rows = tuple(_lab_row(line, printer) for line in part.lines)
    marks = frozenset((n, 4) for n, line in enumerate(part.lines) if line.judgement is Judgement.BEYOND)
    columns = (
        Column(w("column.parameter"), width=1.6),
        Column(w("column.result"), Kind.NUMBER, 1.0, AS_GIVEN),
        Column(w("column.unit"), width=0.8),
        Column(w("column.limit"), width=0.9),
        Column(w("column.judgement"), width=1.3),
        Column(w("column.sampled"), Kind.DAY, 1.1),
        Column(w("column.code"), width=1.1),
        Column(w("column.lab_method"), width=1.5),
        Column(w("column.lab"), width=1.5),
        Column(w("column.accreditation"), width=1.1),
    )
    missing = ", ".join(_named(one.name, printer) for one in part.missing)
    note = w("note.laboratory", missing=missing) if missing else w("note.laboratory_all")
    return Table("laboratory", w("part.laboratory"), columns, rows, note, marks)


def _named(name: Label, printer: Printer) -> str:
    return name.in_language(printer.language)


def _lab_row(line: LabLine, printer: Printer) -> tuple[Cell, ...]:
    one = line.result
    sign = "" if one.operator is Operator.EQUAL else f"{one.operator} "
    number: Cell = one.number
    if sign:
        number = sign + printer.number(one.number, AS_GIVEN)
    return (
        _named(line.name, printer), number, symbol(one.unit, printer.language) or "–",
        bounds(line.min, line.max, printer) or Absent.NOT_JUDGED, printer.words(f"judgement.{line.judgement}"),
        one.sampled_on, one.sample_code or Absent.NOT_FILLED, one.method or Absent.NOT_FILLED,
        one.laboratory or Absent.NOT_FILLED, one.accreditation or Absent.NOT_FILLED,
    )  # fmt: skip


def calibrations(report: ComplianceReport, printer: Printer) -> Table:
    """Those of the period, and those in force when it began."""
    w, part = printer.words, report.calibrations
    names = {one.metric: one.name.in_language(printer.language) for one in report.parameters}
    rows = [_calibration_row(one, w("say.in_force_before"), names, report, printer) for one in part.in_force]
    rows += [_calibration_row(one, "", names, report, printer) for one in part.records]
    columns = (
        Column(w("column.device"), width=1.3),
        Column(w("column.parameter"), width=1.1),
        Column(w("column.start"), Kind.MOMENT, 1.3),
        Column(w("column.stop"), width=1.3),
        Column(w("column.who")),
        Column(w("column.buffers"), width=0.9),
        Column(w("column.before"), width=0.9),
        Column(w("column.after"), width=0.9),
        Column(w("column.slope"), Kind.NUMBER, 0.8, 3),
        Column(w("column.offset"), Kind.NUMBER, 0.8, 3),
        Column(w("column.certificate"), width=1.1),
        Column(w("column.next_due"), Kind.DAY, 1.1),
    )
    return Table("calibrations", w("part.calibrations"), columns, tuple(rows), w("note.calibrations") if rows else "")


def _calibration_row(
    one: CalibrationRecord, remark: str, names: Mapping[str, str], report: ComplianceReport, printer: Printer
) -> tuple[Cell, ...]:
    def figures(values: tuple[float, ...]) -> Cell:
        return "; ".join(printer.number(value, 2) for value in values) or Absent.NOT_FILLED

    device = device_name(one.device, report, printer)
    parameter = names.get(one.metric) or name_of(one.metric).in_language(printer.language)
    return (
        f"{device} ({remark})" if remark else device, parameter, one.start,
        Absent.NOT_YET if one.stop is None else printer.moment(one.stop), one.who or Absent.NOT_FILLED,
        figures(one.buffers), figures(one.before), figures(one.after), or_absent(one.slope, Absent.NOT_FILLED),
        or_absent(one.offset, Absent.NOT_FILLED), one.certificate or Absent.NOT_FILLED,
        or_absent(one.next_due, Absent.NOT_FILLED),
    )  # fmt: skip


def conditions(report: ComplianceReport, printer: Printer) -> Table:
    """What was not as usual, in the words of the ministry's form."""
    w = printer.words
    rows = tuple(
        (
            w(f"condition.{one.kind}"), _category(one.category, printer), one.start,
            Absent.NOT_YET if one.stop is None else printer.moment(one.stop), one.description or Absent.NOT_FILLED,
            one.resolution or Absent.NOT_FILLED, one.who or Absent.NOT_FILLED,
        )
        for one in report.conditions
    )  # fmt: skip
    columns = (
        Column(w("column.kind"), width=1.2),
        Column(w("column.category"), width=1.6),
        Column(w("column.start"), Kind.MOMENT, 1.2),
        Column(w("column.stop"), width=1.2),
        Column(w("column.description"), width=2),
        Column(w("column.resolution"), width=1.7),
        Column(w("column.who")),
    )
    return Table("conditions", w("part.conditions"), columns, rows)


def _category(word: str, printer: Printer) -> str:
    """In the words of the ministry's form; one that came later as it is."""
    names = {category.value: name for category, name in NAMES.items()}
    return names[word].in_language(printer.language) if word in names else word


def logbook(report: ComplianceReport, printer: Printer) -> Table:
    """Which days were kept and signed, and which were changed after that."""
    w, part = printer.words, report.logbook
    rows = tuple(
        (
            one.day, one.entries, or_absent(one.signed_by, Absent.NOT_FILLED),
            or_absent(one.signed_at, Absent.NONE), _changed_after(one, printer), one.note or Absent.NONE,
        )
        for one in part.days
    )  # fmt: skip
    columns = (
        Column(w("column.day"), Kind.DAY),
        Column(w("column.entries"), Kind.COUNT),
        Column(w("column.signed_by"), width=2),
        Column(w("column.signed_at"), Kind.MOMENT, 1.5),
        Column(w("column.after_signing"), width=4),
        Column(w("column.note"), width=3),
    )
    days = (report.period.until - report.period.first).days + 1
    note = w("note.logbook", kept=part.days_kept, days=days, signed=part.days_signed)
    changed = sum(bool(one.changes) for one in part.days)
    note += " " + w("note.logbook_changed", changed=changed) if changed else ""
    return Table("logbook", w("part.logbook"), columns, rows, note, note_on_paper=True)


def _changed_after(one: LogbookDay, printer: Printer) -> Cell:
    said = (f"{c.shift}: {_what(c, printer)}, {c.who}, {printer.moment(c.at)}" for c in one.changes)
    return "; ".join(said) or Absent.NONE


def _what(one: EntryChange, printer: Printer) -> str:
    word = "entry_removed" if one.removed else "entry_added" if one.added else "entry_corrected"
    return printer.words(f"say.{word}", version=one.revision)


def logbook_changes(report: ComplianceReport, printer: Printer) -> list[Table]:
    """Every change of an entry after its day was signed; no table where there is none."""
    w = printer.words
    rows = tuple(
        (
            day.day, one.shift, or_absent(day.signed_by, Absent.NOT_FILLED), or_absent(day.signed_at, Absent.NONE),
            one.who, one.at, _what(one, printer), one.note or Absent.NONE,
        )
        for day in report.logbook.days
        for one in day.changes
    )  # fmt: skip
    columns = (
        Column(w("column.day"), Kind.DAY, 1.1),
        Column(w("column.shift"), width=0.8),
        Column(w("column.signed_by"), width=1.4),
        Column(w("column.signed_at"), Kind.MOMENT, 1.4),
        Column(w("column.changed_by"), width=1.2),
        Column(w("column.changed_at"), Kind.MOMENT, 1.4),
        Column(w("column.what_changed"), width=1.5),
        Column(w("column.why"), width=1.7),
    )
    return [Table("logbook_changes", w("part.logbook_changes"), columns, rows)] if rows else []


def versions(report: ComplianceReport, printer: Printer) -> Table:
    """What the report was made from, and its fingerprint."""
    w, one, policy = printer.words, report.versions, report.policy
    said = w(
        "version.policy_text",
        slot=policy.slot,
        share=printer.share(policy.day_share),
        join=policy.join,
        gap=policy.max_gap,
        outage=localised(f"{policy.outage:g}", printer.language),
    )
    parts = " ".join(f"{name}={digits}" for name, digits in parts_of(report).items())
    rows: tuple[tuple[Cell, ...], ...] = (
        (w("version.sha256"), sha256_of(report)),
        (w("version.limits"), one.limits),
        (w("version.calibrations"), one.calibrations),
        (w("version.corrections"), one.corrections or Absent.NONE),
        (w("version.judgements"), one.judgements or Absent.NONE),
        (w("version.data"), one.data),
        (w("version.readings"), printer.number(one.readings, 0)),
        (w("version.policy"), said),
        *([(w("version.parts"), parts)] if one.readings else []),
    )
    columns = (Column(w("column.what"), width=1.4), Column(w("column.value"), width=4.6))
    return Table("versions", w("part.versions"), columns, rows, w("note.versions"))
