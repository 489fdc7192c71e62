"""CSV, twice: one that opens right in an Indonesian Excel, one for programs.

Texts that a spreadsheet would take for a formula (they begin with = + - @, also in full width or behind blanks, with
a tab or a line end) get an apostrophe in front (OWASP, "CSV Injection"). Numbers are numbers and stay as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

from domain.instants import utc_text
from domain.report import ComplianceReport
from reports.stamp import stamp_line
from reports.table import AS_GIVEN, Absent, Cell, Column, Kind, Printer, Table, decimals_of
from reports.tables import data_tables, head, title
from reports.warnings import warnings

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BLANKS = " \u00a0\u3000\ufeff"


def safe(text: str) -> str:
    """A text no spreadsheet runs."""
    return f"'{text}" if text.lstrip(_BLANKS).startswith(_FORMULA) else text


def write_csv(report: ComplianceReport, language: str) -> bytes:
    """For Excel set to Indonesian: semicolons, decimal comma, UTF-8 with a byte order mark, CR LF.

    No `sep=` line: Excel would then take the bytes for the local code page instead of UTF-8.
    """
    printer = Printer(language, report.place.timezone)
    comma = language != "en"

    def cell(value: Cell, column: Column) -> str:
        if isinstance(value, int | float) and column.kind is Kind.SHARE:
            return printer.share(value).removesuffix(" %")
        if isinstance(value, float) and column.kind is Kind.NUMBER:
            decimals = decimals_of(value, column)
            number = repr(value) if decimals == AS_GIVEN else f"{value:.{decimals}f}"
            return number.replace(".", ",") if comma else number
        if isinstance(value, int) and column.kind is Kind.COUNT:
            return str(value)
        return safe(printer.text(value, column))

    text = _written(report, printer, cell, delimiter=";" if comma else ",", end="\r\n", lines=_people_head)
    return ("\ufeff" + text).encode()


def write_data_csv(report: ComplianceReport, language: str) -> bytes:
    """For programs: commas, decimal point, UTF-8, LF; days as 2026-10-05, moments in RFC 3339 UTC, shares 0 to 1,
    durations in ms; a figure there is none of is empty, and its reason stands in the judgement.
    """
    printer = Printer(language, report.place.timezone)

    def cell(value: Cell, column: Column) -> str:
        if isinstance(value, Absent):
            return ""
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str):
            return safe(value)
        return utc_text(int(value)) if column.kind is Kind.MOMENT else repr(value)

    return _written(report, printer, cell, delimiter=",", end="\n", lines=_program_head).encode()


def _written(
    report: ComplianceReport,
    printer: Printer,
    cell: Callable[[Cell, Column], str],
    *,
    delimiter: str,
    end: str,
    lines: Callable[[ComplianceReport, Printer], list[list[str]]],
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerows(lines(report, printer))
    for table in data_tables(report, printer):
        writer.writerow([])
        writer.writerow([f"# {table.id}", safe(table.title)])
        writer.writerow([safe(column.title) for column in table.columns])
        writer.writerows(_rows(table, cell))
        if table.note:
            writer.writerow([safe(table.note)])
    return out.getvalue()


def _rows(table: Table, cell: Callable[[Cell, Column], str]) -> list[list[str]]:
    rows = (*table.rows, table.total) if table.total else table.rows
    return [[cell(value, column) for value, column in zip(row, table.columns, strict=True)] for row in rows]


def _people_head(report: ComplianceReport, printer: Printer) -> list[list[str]]:
    said = [[title(report, printer)], *([safe(label), safe(text)] for label, text in head(report, printer))]
    said += [[safe(text)] for text in warnings(report, printer)]
    return [*said, [stamp_line(report, printer.language)]]


def _program_head(report: ComplianceReport, printer: Printer) -> list[list[str]]:
    return [[stamp_line(report, printer.language)]]
