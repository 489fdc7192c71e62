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
from reports.marks import BY_HAND, CORRECTED
from reports.stamp import stamp_line, stamp_of
from reports.table import TOTAL, Absent, Cell, Column, Kind, Printer, Table
from reports.tables import head, paper_tables, period_text, title
from reports.warnings import warnings

TEMPLATE: Final = Path(__file__).parent / "templates" / "compliance.typ"
RUN: Final = 36  # letters without a blank that a line of the head holds
NARROW: Final = 20  # that a label or a column of the signatures holds
LONGEST: Final = 4  # words of a column that are measured
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
    stamp, paper = stamp_of(report, language), paper_tables(report, printer)
    return {
        "language": "en" if language == "en" else "id",
        "title": title(report, printer),
        "period": period_text(report, printer),
        "company": breaking(report.company.name) or report.place.site_name.in_language(language),
        "place": report.place.name.in_language(language),
        "brief": not report.versions.readings,
        "head": [(breaking(label, NARROW), breaking(text)) for label, text in head(report, printer)],
        "warnings": [breaking(text) for text in warnings(report, printer, paper)],
        "tables": [printed(table, printer) for table in paper],
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


def printed(table: Table, printer: Printer) -> dict[str, Any]:
    """A table as the template takes it."""

    def cells(n: int, row: tuple[Cell, ...]) -> list[dict[str, Any]]:
        pairs = enumerate(zip(row, table.columns, strict=True))
        return [
            {
                "text": _printed(cell, column, printer),
                "mark": (n, c) in table.marks,
                "absent": isinstance(cell, Absent),
            }
            for c, (cell, column) in pairs
        ]

    rows = [cells(n, row) for n, row in enumerate(table.rows)]
    total = cells(TOTAL, table.total) if table.total else []
    printed = [*rows, *([total] if total else [])]
    columns = [
        {
            "title": one.title, "width": one.width, "right": one.kind in _RIGHT, "head": one.title.split(),
            "body": _longest([f"▲\u00a0{row[n]['text']}" if row[n]["mark"] else row[n]["text"] for row in printed]),
        }
        for n, one in enumerate(table.columns)
    ]  # fmt: skip
    head = {"id": table.id, "title": table.title, "note": table.note, "brief": table.note_on_paper}
    return head | {"columns": columns, "rows": rows, "total": total}


def _printed(cell: Cell, column: Column, printer: Printer) -> str:
    """A figure is never parted from its percent sign, a word never from its mark."""
    text = printer.text(cell, column)
    return re.sub(f" ([%{CORRECTED}{BY_HAND}])", "\u00a0\\1", text)


def _longest(texts: list[str]) -> list[str]:
    """The words that may ask for most room, as they can be broken: at blanks, hyphens and slashes."""
    words = {word for text in texts for word in re.findall(r"[^ \u200b/-]+[/-]?", text)}
    return sorted(words, key=lambda word: (-len(word), word))[:LONGEST]


def _signature(one: Signature, printer: Printer) -> dict[str, str]:
    signed = "" if one.signed_at is None else printer.moment(one.signed_at)
    role = printer.words(f"sign.{one.role}")
    said = {"name": one.name, "position": one.position, "identity": signed_as(one, printer)}
    return {"role": role, "date": signed} | {key: breaking(text, NARROW) for key, text in said.items()}


def breaking(text: str, run: int = RUN) -> str:
    """A run of letters longer than a column may break inside: invisible places for it after every `run`."""
    return re.sub(rf"(\S{{{run}}})(?=\S)", "\\1\u200b", text)
