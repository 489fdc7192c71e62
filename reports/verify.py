"""Whether the data still give a report, and the file is still what was written then."""

from __future__ import annotations

import html
import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct

from domain.errors import Invalid
from domain.report import ComplianceReport
from reports.digest import canonical
from reports.formats import FORMATS
from reports.stamp import MARK, Stamp, find_stamp, stamp_of

MOST: Final = 20  # differences that are told
LONGEST: Final = 1 << 20  # bytes of a workbook's properties that are read
_NO_ARCHIVE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    KeyError,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    ArithmeticError,
)  # what reading an archive of arbitrary bytes raises


class Finding(StrEnum):
    """How a file stands to the data of today."""

    SAME = "same"  # the data give it again, byte for byte
    DATA_CHANGED = "data_changed"  # readings, records or limits are not what they were
    OTHER_VERSION = "other_version"  # a version of Pantau made it that counts otherwise: nothing is said of the data
    FILE_CHANGED = "file_changed"  # the data give the fingerprint, but another file: it was edited


class Verdict(Struct, frozen=True):
    """`parts`: those of the report that changed. `differences`: where, for JSON, whose content can be compared."""

    finding: Finding
    format: str
    stamp: Stamp
    sha256: str
    parts: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()


def read_file(data: bytes) -> tuple[str, Stamp]:
    """The format of a report's file and its stamp. Raises Invalid for a file that carries none."""
    for word, read in (("pdf", _pdf), ("xlsx", _xlsx), ("json", _json), ("csv", _csv)):
        text = read(data)
        stamp = None if text is None else find_stamp(text)
        if stamp is not None:
            return ("csv-data" if word == "csv" and data.startswith(f'"{MARK}'.encode()) else word), stamp
    raise Invalid("the file carries no fingerprint of a Pantau report", "file")


def _pdf(data: bytes) -> str | None:
    return html.unescape(data.decode("latin-1")) if data.startswith(b"%PDF") else None


def _xlsx(data: bytes) -> str | None:
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("docProps/custom.xml") as part:
            custom = part.read(LONGEST).decode("utf-8")
    except _NO_ARCHIVE:
        return None
    return html.unescape("".join(re.findall(r"<vt:lpwstr>(.*?)</vt:lpwstr>", custom, re.DOTALL)))


def _json(data: bytes) -> str | None:
    if not data.startswith(b"{"):
        return None
    try:
        found = msgspec.json.decode(data)
    except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return None
    stamp = found.get("stamp") if isinstance(found, dict) else None
    return stamp if isinstance(stamp, str) else None


def _csv(data: bytes) -> str | None:
    try:
        return data.decode("utf-8-sig").replace('""', '"')
    except UnicodeDecodeError:
        return None


def verify(data: bytes, make: Callable[[Stamp], ComplianceReport]) -> Verdict:
    """Makes the report again and compares fingerprint and bytes. Raises as `read_file` and as `make` do."""
    word, stamp = read_file(data)
    report = make(stamp)
    now = stamp_of(report, stamp.language)
    if now.sha256 != stamp.sha256:
        parts = tuple(name for name in now.parts if now.parts[name] != stamp.parts.get(name))
        finding = Finding.DATA_CHANGED if now.schema == stamp.schema else Finding.OTHER_VERSION
        return Verdict(finding, word, stamp, now.sha256, parts, _differences(word, data, report))
    same = FORMATS[word](report, stamp.language) == data
    if same and now == stamp:
        return Verdict(Finding.SAME, word, stamp, now.sha256)
    return Verdict(Finding.FILE_CHANGED, word, stamp, now.sha256, (), _differences(word, data, report))


def _differences(word: str, data: bytes, report: ComplianceReport) -> tuple[str, ...]:
    if word != "json":
        return ()
    before = msgspec.json.decode(data).get("report")
    found: list[str] = []
    _compare(before, msgspec.json.decode(canonical(report)), "", found)
    return tuple(found[:MOST])


def _compare(before: Any, after: Any, path: str, found: list[str]) -> None:
    """Where two JSON values differ, as `volume.days[3].volume: 12.1 -> 12.4`."""
    if len(found) >= MOST or before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            _compare(before.get(key), after.get(key), f"{path}.{key}" if path else key, found)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for n, (left, right) in enumerate(zip(before, after, strict=True)):
            _compare(left, right, f"{path}[{n}]", found)
    else:
        found.append(f"{path}: {_brief(before)} -> {_brief(after)}")


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= 60 else f"{text[:57]}..."
