"""The month's activity on exactly one page of A4, by Typst from its wheel alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from domain.activity import Activity
from reports.activity_sheet import FILE, sheet_of
from reports.words import Words

TEMPLATE: Final = Path(__file__).parent / "templates" / "activity.typ"


def write_pdf(activity: Activity, language: str) -> bytes:
    """One document of one page. Its metadata bear the moment the figures are of: equal figures give equal bytes."""
    found = _compiled(activity, language, "pdf")
    assert isinstance(found, bytes)
    return found


def write_picture(activity: Activity, language: str, ppi: float = 110) -> bytes:
    """The page as PNG, for previews."""
    found = _compiled(activity, language, "png", ppi=ppi)
    assert isinstance(found, bytes)
    return found


def _compiled(activity: Activity, language: str, kind: Any, **keys: Any) -> bytes | list[bytes] | None:
    sheet = sheet_of(activity, language)
    words = Words(language, FILE)
    page = {"sheet": sheet, "name": words("sheet.name"), "page": words("sheet.page")}
    fonts = typst.Fonts(include_system_fonts=False)
    compiler = typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts, ignore_system_fonts=True)
    data = {"data": msgspec.json.encode(page).decode()}
    return compiler.compile(format=kind, sys_inputs=data, timestamp=activity.at // 1000, **keys)
