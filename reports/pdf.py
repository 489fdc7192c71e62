"""The report on paper: A4 by Typst, from its wheel alone; its own fonts, no network, no clock."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from domain.company import Signature
from domain.report import ComplianceReport
from reports.charts import charts
from reports.head import signed_as
from reports.stamp import stamp_line, stamp_of
from reports.table import Absent, Cell, Kind, Printer, Table
from reports.tables import head, paper_tables, period_text, title, warnings

TEMPLATE: Final = Path(__file__).parent / "templates" / "compliance.typ"
RUN: Final = 36  # letters without a blank
_RIGHT: Final = (Kind.NUMBER, Kind.COUNT, Kind.SHARE)


def write_pdf(report: ComplianceReport, language: str) -> bytes:
    """One PDF document. The date of its metadata is the end of the period, so equal data give equal bytes."""
    found = _compiled(report, language, "pdf")
    assert isinstance(found, bytes)
    return found


def write_pictures(report: ComplianceReport, language: str, ppi: float = 110) -> list[bytes]:
    """The pages as PNG, for previews."""
    found = _compiled(report, language, "png", ppi=ppi)
    return found if isinstance(found, list) else [found or b""]


def _compiled(report: ComplianceReport, language: str, kind: Any, **keys: Any) -> bytes | list[bytes] | None:
    fonts = typst.Fonts(include_system_fonts=False)
    compiler = typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts, ignore_system_fonts=True)
    data = msgspec.json.encode(document(report, language)).decode()
    when = report.period.stop // 1000
    return compiler.compile(format=kind, sys_inputs={"data": data}, timestamp=when, **keys)


def document(report: ComplianceReport, language: str) -> dict[str, Any]:
    """What the template prints: words and geometry, nothing to compute."""
    printer = Printer(language, report.place.timezone)
    w = printer.words
    stamp = stamp_of(report, language)
    return {
        "language": "en" if language == "en" else "id",
        "title": title(report, printer),
        "period": period_text(report, printer),
        "company": breaking(report.company.name) or report.place.site_name.in_language(language),
        "place": report.place.name.in_language(language),
        "head": [(label, breaking(text)) for label, text in head(report, printer)],
        "warnings": [breaking(text) for text in warnings(report, printer)],
        "tables": [_table(table, printer) for table in paper_tables(report, printer)],
        "charts": charts(report, printer),
        "signatures": [_signature(one, printer) for one in report.signatures],
        "words": {
            "page": w("head.page"), "of": w("head.of"), "sha": w("head.fingerprint"), "sign": w("sign.title"),
            "name": w("sign.name"), "position": w("sign.position"), "date": w("sign.date"),
            "empty": w("absent.empty"),
        },
        "sha256": stamp.sha256,
        "stamp": stamp_line(report, language),
    }  # fmt: skip


def _table(table: Table, printer: Printer) -> dict[str, Any]:
    def cells(n: int, row: tuple[Cell, ...]) -> list[dict[str, Any]]:
        pairs = enumerate(zip(row, table.columns, strict=True))
        return [
            {"text": printer.text(cell, column), "mark": (n, c) in table.marks, "absent": isinstance(cell, Absent)}
            for c, (cell, column) in pairs
        ]

    rows = [cells(n, row) for n, row in enumerate(table.rows)]
    total = cells(-1, table.total) if table.total else []
    columns = [{"title": one.title, "width": one.width, "right": one.kind in _RIGHT} for one in table.columns]
    head = {"id": table.id, "title": table.title, "note": table.note, "brief": table.note_on_paper}
    return head | {"columns": columns, "rows": rows, "total": total}


def _signature(one: Signature, printer: Printer) -> dict[str, str]:
    signed = "" if one.signed_at is None else printer.moment(one.signed_at)
    role = printer.words(f"sign.{one.role}")
    said = {"name": one.name, "position": one.position, "identity": signed_as(one, printer)}
    return {"role": role, "date": signed} | {key: breaking(text) for key, text in said.items()}


def breaking(text: str) -> str:
    """A run of letters longer than a column may break inside: invisible places for it after every `RUN`."""
    return re.sub(rf"(\S{{{RUN}}})(?=\S)", "\\1\u200b", text)
