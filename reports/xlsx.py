"""The report as a workbook: one sheet a part, native charts, numbers that calculate.

Texts are written as strings, never as formulas or links, whatever they begin with.
"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from domain.report import ComplianceReport
from reports.head import signed_as
from reports.stamp import stamp_line, stamp_of
from reports.table import (
    AS_GIVEN,
    LEAST_SHARE,
    TOTAL,
    Absent,
    Cell,
    Column,
    Kind,
    Printer,
    Table,
    decimals_of,
    printed_share,
)
from reports.tables import data_tables, head, period_text, title
from reports.warnings import warnings

HEAD_ROWS: Final = 3  # title, note, blank; the column titles follow
PIECE: Final = 250  # characters of a custom property, at most 255
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "dd/mm/yyyy",
}


def write_xlsx(report: ComplianceReport, language: str) -> bytes:
    """One workbook. Its creation date is the end of the period, so equal data give equal bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    _Writing(book, report, language).write()
    book.close()
    return buffer.getvalue()


class _Writing:
    """One workbook on its way."""

    def __init__(self, book: Workbook, report: ComplianceReport, language: str) -> None:
        self.book, self.report, self.language = book, report, language
        self.printer = Printer(language, report.place.timezone)
        self._formats: dict[tuple[str, bool, bool], Format] = {}

    def write(self) -> None:
        """Properties, the cover and every part."""
        self._properties()
        self._cover()
        for table in data_tables(self.report, self.printer):
            sheet = self.book.add_worksheet(self.printer.words(f"sheet.{table.id}"))
            self._table(sheet, table)
            if table.id == "daily" and table.rows:
                self._charts(sheet, table)

    def _properties(self) -> None:
        report, printer = self.report, self.printer
        created = datetime.fromtimestamp(report.period.stop / 1000, UTC).replace(tzinfo=None)
        self.book.set_properties(
            {
                "title": f"{title(report, printer)}, {period_text(report, printer)}",
                "subject": report.place.name.in_language(self.language),
                "author": "Pantau",
                "company": report.company.name,
                "comments": f"SHA-256 {stamp_of(report, self.language).sha256}",
                "created": created,
            }
        )
        stamp = stamp_line(report, self.language)
        for n in range(0, len(stamp), PIECE):
            self.book.set_custom_property(f"pantau-report-{n // PIECE + 1}", stamp[n : n + PIECE], "text")

    def _cover(self) -> None:
        report, printer = self.report, self.printer
        sheet = self.book.add_worksheet(printer.words("sheet.cover"))
        self._page(sheet)
        big = self.book.add_format({"bold": True, "font_size": 16})
        sheet.write_string(0, 0, title(report, printer), big)
        sheet.write_string(1, 0, period_text(report, printer), self.book.add_format({"font_size": 12}))
        wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        label = self.book.add_format({"font_color": "#66727f", "valign": "top"})
        row = 3
        for name, text in [
            *head(report, printer), (printer.words("version.sha256"), stamp_of(report, self.language).sha256)
        ]:  # fmt: skip
            sheet.write_string(row, 0, name, label)
            sheet.write_string(row, 1, text, wrapped)
            row += 1
        alarm = self.book.add_format({"bold": True, "font_color": "#a3161f", "text_wrap": True})
        for text in warnings(report, printer):
            sheet.write_string(row + 1, 1, text, alarm)
            row += 1
        self._signatures(sheet, row + 3)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 90)

    def _signatures(self, sheet: Worksheet, row: int) -> None:
        w = self.printer.words
        sheet.write_string(row, 0, w("sign.title"), self.book.add_format({"bold": True}))
        for n, one in enumerate(self.report.signatures):
            signed = "" if one.signed_at is None else self.printer.moment(one.signed_at)
            name = one.name or "................................"
            said = (name, one.position, signed_as(one, self.printer), signed)
            sheet.write_string(row + 1 + n, 0, w(f"sign.{one.role}"))
            sheet.write_string(row + 1 + n, 1, ", ".join(filter(None, said)))

    def _page(self, sheet: Worksheet) -> None:
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        words = self.printer.words
        sheet.set_footer(
            f"&L&8SHA-256 {stamp_of(self.report, self.language).sha256[:16]}&R&8{words('head.page')} &P / &N"
        )

    def _table(self, sheet: Worksheet, table: Table) -> None:
        self._page(sheet)
        sheet.set_landscape()
        sheet.write_string(0, 0, table.title, self.book.add_format({"bold": True, "font_size": 13}))
        grey = self.book.add_format({"font_color": "#66727f", "italic": True})
        sheet.write_string(1, 0, table.note or "", grey)
        titles = self.book.add_format(
            {"bold": True, "bg_color": "#e3eaf0", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        )
        for c, column in enumerate(table.columns):
            sheet.write_string(HEAD_ROWS, c, column.title, titles)
            sheet.set_column(c, c, max(10.5, 11 * column.width))
        for n, row in enumerate(table.rows):
            for c, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                self._cell(sheet, HEAD_ROWS + 1 + n, c, cell, column, (n, c) in table.marks)
        for c, (cell, column) in enumerate(zip(table.total, table.columns[: len(table.total)], strict=True)):
            self._cell(sheet, HEAD_ROWS + 1 + len(table.rows), c, cell, column, (TOTAL, c) in table.marks)
        if table.rows:
            sheet.freeze_panes(HEAD_ROWS + 1, 1)
            sheet.autofilter(HEAD_ROWS, 0, HEAD_ROWS + len(table.rows), len(table.columns) - 1)
            sheet.repeat_rows(HEAD_ROWS)
        else:
            sheet.write_string(HEAD_ROWS + 1, 0, self.printer.words("absent.empty"), grey)

    def _cell(self, sheet: Worksheet, row: int, at: int, cell: Cell, column: Column, mark: bool) -> None:
        if isinstance(cell, str):
            absent = isinstance(cell, Absent)
            sheet.write_string(row, at, self.printer.text(cell, column), self._format("@", mark, absent))
        elif isinstance(cell, date):
            sheet.write_datetime(row, at, datetime(cell.year, cell.month, cell.day), self._format("dd/mm/yyyy", mark))  # noqa: DTZ001
        elif column.kind is Kind.MOMENT:
            local = self.printer.local(int(cell)).replace(tzinfo=None)
            sheet.write_datetime(row, at, local, self._format("dd/mm/yyyy hh:mm", mark))
        elif column.kind is Kind.DURATION:
            sheet.write_number(row, at, cell / 86_400_000, self._format("[h]:mm", mark))
        else:
            shown = printed_share(cell) if column.kind is Kind.SHARE and cell >= LEAST_SHARE else cell
            sheet.write_number(row, at, shown, self._format(_number_format(cell, column), mark))

    def _format(self, number: str, mark: bool, absent: bool = False) -> Format:
        key = (number, mark, absent)
        if key not in self._formats:
            look: dict[str, Any] = {"num_format": number, "valign": "top", "text_wrap": number == "@"}
            look |= {"font_color": "#a3161f", "bold": True} if mark else {}
            look |= {"font_color": "#66727f", "italic": True} if absent else {}
            self._formats[key] = self.book.add_format(look)
        return self._formats[key]

    def _charts(self, sheet: Worksheet, table: Table) -> None:
        """Daily pH with its limits, and daily volume, drawn by Excel."""
        drawing = _Drawing(self.book, sheet, table)
        lines = self.book.add_chart({"type": "line"})
        for column, colour, width in ((1, "#9db7cb", 1.0), (2, "#35688f", 1.5), (3, "#9db7cb", 1.0)):
            cells = [row[column] for row in table.rows]
            values = drawing.column(table.columns[column].title, cells)
            marker = {"type": "circle", "size": 4, "fill": {"color": colour}, "border": {"color": colour}}
            lines.add_series(values | {"line": {"color": colour, "width": width}, "marker": marker})
        for side in ("min", "max"):
            bounds = self._bounds(side, len(table.rows))
            values = drawing.column(f"{self.printer.words('column.limit')} {side}", bounds)
            lines.add_series(values | {"line": {"color": "#3d7a4b", "dash_type": "dash", "width": 1.25}})
        bars = self.book.add_chart({"type": "column"})
        values = drawing.column(table.columns[6].title, [row[6] for row in table.rows])
        bars.add_series(values | {"fill": {"color": "#35688f"}, "gap": 40})
        bars.set_legend({"none": True})
        drawing.place(lines, "pH", 0)
        drawing.place(bars, table.columns[6].title, 17)

    def _bounds(self, side: str, count: int) -> list[Cell]:
        """The limit of pH on each day; none where no limit set held."""
        found: list[Cell] = [Absent.NOT_JUDGED] * count
        ph = next((one for one in self.report.parameters if one.metric == "ph" and one.device), None)
        first = self.report.period.first
        for limit in ph.limits if ph else ():
            bound = limit.min if side == "min" else limit.max
            for n in range((limit.first - first).days, (limit.last - first).days + 1):
                found[n] = Absent.NOT_JUDGED if bound is None else bound
        return found


class _Drawing:
    """Charts beside a table. They draw columns of their own right of them, in which a day without a figure is an
    empty cell: from the table, Excel would draw a word as zero.
    """

    def __init__(self, book: Workbook, sheet: Worksheet, table: Table) -> None:
        self._book, self._sheet, self._rows = book, sheet, len(table.rows)
        self._left = len(table.columns) + 1
        self._next = self._left + 13

    def column(self, title: str, cells: list[Cell]) -> dict[str, Any]:
        """Write a column of figures; the beginning of its series."""
        at, first = self._next, HEAD_ROWS + 1
        self._next += 1
        self._sheet.write_string(HEAD_ROWS, at, title)
        for n, cell in enumerate(cells):
            if isinstance(cell, int | float):
                self._sheet.write_number(first + n, at, cell)
        name, last = self._sheet.get_name(), HEAD_ROWS + self._rows
        return {
            "name": [name, HEAD_ROWS, at], "categories": [name, first, 0, last, 0],
            "values": [name, first, at, last, at],
        }  # fmt: skip

    def place(self, chart: Any, title: str, below: int) -> None:
        """Put a chart right of the table, so many rows down. Gaps stay gaps."""
        chart.set_title({"name": title, "name_font": {"size": 11}})
        chart.show_blanks_as("gap")
        chart.set_x_axis({"num_format": "d/m", "date_axis": True, "num_font": {"size": 8}})
        chart.set_size({"width": 760, "height": 320})
        self._sheet.insert_chart(HEAD_ROWS + below, self._left, chart)


def _number_format(cell: float, column: Column) -> str:
    """Excel prints the marks of the reader's own language: `#,##0.00` is 1.234,50 in Indonesian."""
    if column.kind is Kind.SHARE:
        return f'"< {LEAST_SHARE:.1%}"' if 0 < cell < LEAST_SHARE else "0.0%"
    decimals = decimals_of(cell, column)
    if decimals == AS_GIVEN:
        return "General"
    return "#,##0" + ("." + "0" * decimals if decimals else "")
