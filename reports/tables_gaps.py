"""Tables of what is missing: completeness of each parameter, and its gaps."""

from __future__ import annotations

from msgspec.structs import replace

from domain.figures import localised
from domain.report import ComplianceReport
from domain.report_measured import Gap, GapCause, Parameter, Thin
from reports.table import Absent, Cell, Column, Kind, Printer, Table
from reports.table_cells import named

ON_PAPER = 60  # gaps that are printed


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
    note = " ".join((note, *thin_days(report, printer)))
    return Table("completeness", w("part.completeness"), columns, tuple(rows), note)


def thin_days(report: ComplianceReport, printer: Printer) -> list[str]:
    """One sentence for the parameters whose readings come further apart than a slot in the same way."""
    alike: dict[tuple[Thin, int, int], list[str]] = {}
    for one in report.parameters:
        found = one.completeness
        if found is not None and found.thin is not None:
            alike.setdefault((found.thin, found.slot, found.expected), []).append(named(one, report, printer))
    return [_thin(names, *key, printer) for key, names in alike.items()]


def _thin(names: list[str], thin: Thin, slot: int, expected: int, printer: Printer) -> str:
    apart = [printer.number(seconds / 60, 0) for seconds in dict.fromkeys((thin.least, thin.most))]
    share = printer.share(thin.attainable / expected)
    return printer.words(
        "note.thin", names=", ".join(names), apart="–".join(apart), slot=slot // 60, days=thin.days, share=share
    )


def _totals(one: Parameter, printer: Printer) -> Cell:
    found = one.completeness
    if found is None or not found.totals:
        return Absent.NONE
    width = found.slot * 1000
    return "; ".join(
        f"{why(total.cause, total.reason, printer)}: "
        + printer.words("say.slots", slots=printer.number(total.slots, 0), times=printer.number(total.gaps, 0))
        + f" ({printer.duration(total.slots * width)})"
        for total in found.totals
    )


def why(cause: str, reason: str | None, printer: Printer) -> str:
    """A cause with its reason, in words."""
    said = printer.words(f"cause.{cause}")
    return said if reason is None else f"{said} ({reason_in_words(reason, printer)})"


def reason_in_words(reason: str, printer: Printer) -> str:
    """`stuck` as macet; `function_check:siti`, who switched calibration mode on, as mode kalibrasi, siti."""
    word, _, who = reason.partition(":")
    said = printer.words.find(f"reason.{word}", word)
    return f"{said}, {who}" if who else said


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
    return Table("gaps", w("part.gaps"), columns, tuple(rows), _note(report, left_out, printer))


def _note(report: ComplianceReport, left_out: int, printer: Printer) -> str:
    factor = localised(f"{report.policy.outage:g}", printer.language)
    return printer.words("note.gaps", count=printer.number(left_out, 0), factor=factor)


def _gap_cells(gap: Gap, printer: Printer) -> tuple[Cell, Cell]:
    reason: Cell = Absent.NONE
    if gap.reason is not None:
        reason = reason_in_words(gap.reason, printer)
    elif gap.cause is GapCause.BAD_QUALITY:
        reason = Absent.UNKNOWN
    return printer.words(f"cause.{gap.cause}"), reason
