"""Tables of what is missing: completeness of each parameter, and its gaps."""

from __future__ import annotations

from msgspec.structs import replace

from domain.report import ComplianceReport, Gap, Parameter
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
