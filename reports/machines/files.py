"""The shift report in every format: the same bytes for the same figures, whoever makes it and when."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
import typst
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from domain.reading import Millis
from reports.csv_files import safe
from reports.machines.document import ShiftReport, sha256_of, written
from reports.machines.report import HourPrinter, head, tables, title, warnings
from reports.pdf import TEMPLATE, printed
from reports.table import Absent, Cell, Column, Kind, Printer, Table

MARK: Final = "pantau-shift-report/1"
_RIGHT: Final = (Kind.NUMBER, Kind.COUNT, Kind.SHARE, Kind.DURATION)
_OPTIONS: Final = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
_NUMBERS: Final = {
    Kind.SHARE: "0.0%", Kind.COUNT: "#,##0", Kind.DURATION: "[h]:mm", Kind.MOMENT: "dd/mm/yyyy hh:mm",
}  # fmt: skip
DAY_MS: Final = 86_400_000


def stamp(report: ShiftReport) -> str:
    """One line that every file carries."""
    shift = report.shift or "-"
    return f"{MARK} {report.overview.site.id} {report.overview.first} {shift} sha256={sha256_of(report)}"


def _printer(report: ShiftReport, language: str) -> Printer:
    return HourPrinter(language, report.overview.site.timezone)


def _made(report: ShiftReport) -> Millis:
    """The date of the file's properties: the end of what it tells of, so that equal figures give equal bytes."""
    day = report.overview.last
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + 86_400) * 1000


def write_json(report: ShiftReport, language: str) -> bytes:
    """`{"sha256": …, "report": {…}}`."""
    return b'{"sha256":"%s","report":%s}\n' % (sha256_of(report).encode(), written(report))


def write_csv(report: ShiftReport, language: str) -> bytes:
    """For Excel: semicolons and decimal comma in Indonesian, UTF-8 with a byte order mark. Durations in minutes."""
    printer, comma = _printer(report, language), language != "en"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if comma else ",", lineterminator="\r\n")
    said = [(title(report, printer),), *head(report, printer)]
    writer.writerows([[safe(text) for text in row] for row in said])
    writer.writerows([[safe(line)] for line in (*warnings(report, printer), stamp(report))])
    for table in tables(report, printer):
        writer.writerows([[], [f"# {table.id}", safe(table.title)], [_csv_title(one) for one in table.columns]])
        rows = (*table.rows, table.total) if table.total else table.rows
        for row in rows:
            pairs = zip(row, table.columns, strict=True)
            writer.writerow([_csv_cell(cell, column, printer, comma) for cell, column in pairs])
    return ("\ufeff" + out.getvalue()).encode()


def _csv_title(column: Column) -> str:
    units = {Kind.DURATION: " (min)", Kind.SHARE: " (%)"}
    return safe(column.title) + units.get(column.kind, "")


def _csv_cell(cell: Cell, column: Column, printer: Printer, comma: bool) -> str:
    if isinstance(cell, str | date) or column.kind is Kind.MOMENT:
        return safe(printer.text(cell, column))
    if column.kind is Kind.COUNT:
        return str(round(cell))
    shown = {Kind.DURATION: cell / 60_000, Kind.SHARE: cell * 100}.get(column.kind, cell)
    text = f"{shown:.{1 if column.kind in (Kind.DURATION, Kind.SHARE) else column.decimals}f}"
    return text.replace(".", ",") if comma else text


def write_pdf(report: ShiftReport, language: str) -> bytes:
    """A4, by the template of the compliance report."""
    compiler = typst.Compiler(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
    )
    data = msgspec.json.encode(_document(report, language)).decode()
    found = compiler.compile(format="pdf", sys_inputs={"data": data}, timestamp=_made(report) // 1000)
    assert isinstance(found, bytes)
    return found


def _document(report: ShiftReport, language: str) -> dict[str, Any]:
    printer = _printer(report, language)
    w, site = printer.words, report.overview.site.name.in_language(printer.language)
    return {
        "language": "en" if language == "en" else "id",
        "title": title(report, printer),
        "period": printer.long_day(report.overview.first),
        "company": site,
        "place": head(report, printer)[2][1],
        "head": head(report, printer),
        "warnings": warnings(report, printer),
        "tables": [_printed(table, printer) for table in tables(report, printer)],
        "charts": [],
        "brief": False,
        "signatures": [{"role": w("sign.prepared"), "name": "", "position": "", "identity": "", "date": ""}],
        "words": {
            "page": w("head.page"), "of": w("head.of"), "sha": w("head.fingerprint"), "sign": w("sign.title"),
            "name": w("sign.name"), "position": w("sign.position"), "date": w("sign.date"),
            "empty": w("absent.empty"),
        },
        "sha256": sha256_of(report),
        "stamp": stamp(report),
    }  # fmt: skip


def _printed(table: Table, printer: Printer) -> dict[str, Any]:
    """As in the compliance report, with times to the right: they are compared."""
    found = printed(table, printer)
    for told, column in zip(found["columns"], table.columns, strict=True):
        told["right"] = column.kind in _RIGHT
    return found


def write_xlsx(report: ShiftReport, language: str) -> bytes:
    """A cover and one sheet for each part, with the stop reasons drawn as bars."""
    printer, buffer = _printer(report, language), io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    made = datetime.fromtimestamp(_made(report) / 1000, UTC).replace(tzinfo=None)
    book.set_properties({"title": title(report, printer), "author": "Pantau", "created": made})
    _cover(book, report, printer)
    for table in tables(report, printer):
        sheet = _sheet(book, table, printer)
        if table.id == "losses" and table.rows:
            _bars(book, sheet, table)
    book.close()
    return buffer.getvalue()


def _cover(book: Workbook, report: ShiftReport, printer: Printer) -> None:
    sheet = book.add_worksheet(title(report, printer))
    sheet.set_paper(9)  # A4
    sheet.write_string(0, 0, title(report, printer), book.add_format({"bold": True, "font_size": 16}))
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    lines = [*head(report, printer), *(("", line) for line in warnings(report, printer)), ("", stamp(report))]
    for row, (label, text) in enumerate(lines, 2):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, text, wrapped)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)


def _sheet(book: Workbook, table: Table, printer: Printer) -> Worksheet:
    sheet = book.add_worksheet(table.title[:31])
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    titles = book.add_format({"bold": True, "bg_color": "#e3eaf0", "bottom": 1, "text_wrap": True})
    grey = book.add_format({"font_color": "#66727f", "italic": True})
    formats = {kind: book.add_format({"num_format": shape}) for kind, shape in _NUMBERS.items()}
    plain = book.add_format({"num_format": "#,##0.00"})
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, column.title, titles)
        sheet.set_column(at, at, max(10.5, 11 * column.width))
    rows = (*table.rows, table.total) if table.total else table.rows
    for number, row in enumerate(rows, 1):
        for at, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            if isinstance(cell, str):
                sheet.write_string(number, at, printer.text(cell, column), grey if isinstance(cell, Absent) else None)
            elif isinstance(cell, date):
                sheet.write_string(number, at, printer.day(cell))
            elif column.kind is Kind.MOMENT:
                sheet.write_datetime(number, at, printer.local(int(cell)).replace(tzinfo=None), formats[Kind.MOMENT])
            else:
                shown = cell / DAY_MS if column.kind is Kind.DURATION else cell
                sheet.write_number(number, at, shown, formats.get(column.kind, plain))
    sheet.freeze_panes(1, 1)
    if not rows:
        sheet.write_string(1, 0, printer.words("absent.empty"), grey)
    return sheet


def _bars(book: Workbook, sheet: Worksheet, table: Table) -> None:
    """The reasons by the time they took, drawn by Excel."""
    chart, name, last = book.add_chart({"type": "bar"}), sheet.get_name(), len(table.rows)
    series = {"categories": [name, 1, 0, last, 0], "values": [name, 1, 1, last, 1], "fill": {"color": "#35688f"}}
    chart.add_series(series | {"gap": 40})
    chart.set_legend({"none": True})
    chart.set_title({"name": table.title, "name_font": {"size": 11}})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 620, "height": 60 + 32 * last})
    sheet.insert_chart(1, len(table.columns) + 1, chart)


FORMATS: Final[dict[str, Callable[[ShiftReport, str], bytes]]] = {
    "pdf": write_pdf,
    "xlsx": write_xlsx,
    "csv": write_csv,
    "json": write_json,
}
"""Each takes the report and a language."""
