"""Files of finished reports: as they were kept, or printed anew from the JSON that was kept."""

from __future__ import annotations

import threading
from typing import Final

import msgspec

from domain.errors import Conflict, Unavailable
from domain.finished_report import FinishedReport, KeptFile
from domain.report import ComplianceReport
from reports.formats import FORMATS, chosen
from storage.report_files import ReportFolder

JSON: Final = "json"  # always kept: what every other format is printed from
ENDINGS: Final = {"csv-data": "data.csv"}
REMEMBERED: Final = 32_000_000  # bytes of what was printed anew
PATIENCE: Final = 30.0  # s until the one before has been printed

Key = tuple[str, str, str]


class ReportPrints:
    """One for a process. One file is printed at a time and the last are remembered: every reader may ask."""

    def __init__(self, folder: ReportFolder, remembered: int = REMEMBERED, patience: float = PATIENCE) -> None:
        self._folder = folder
        self._most, self._patience = remembered, patience
        self._printing = threading.Lock()
        self._remembered: dict[Key, bytes] = {}  # the last asked for at the end

    def file(self, report: FinishedReport, form: str, language: str) -> tuple[str, bytes]:
        """See `domain.finished_report.ReportDesk.file`."""
        chosen(FORMATS, form)
        kept = next((one for one in report.files if one.format == form), None)
        if kept is not None and language == report.language:
            return kept.name, self._folder.read(report, kept)
        return file_name(report, form, language), self._anew(report, form, language)

    def kept(self, report: FinishedReport) -> ComplianceReport:
        """What it said. Raises Unavailable where its JSON is gone or was written by another schema."""
        kept = _json_of(report)
        content = self._folder.read(report, kept)
        try:
            return msgspec.json.decode(content, type=_Kept).report
        except msgspec.MsgspecError as error:
            raise Unavailable(f"{kept.name} was written by another version of Pantau: {error}") from None

    def _anew(self, report: FinishedReport, form: str, language: str) -> bytes:
        if not self._printing.acquire(timeout=self._patience):
            raise Conflict("other files are being printed; try again in a moment", "busy")
        try:
            key = (_json_of(report).sha256, form, language)
            content = self._remembered.pop(key, None)
            self._remember(key, FORMATS[form](self.kept(report), language) if content is None else content)
            return self._remembered[key]
        finally:
            self._printing.release()

    def _remember(self, key: Key, content: bytes) -> None:
        """As the last asked for. The one file that was just asked for stays, whatever its size."""
        self._remembered[key] = content
        while len(self._remembered) > 1 and sum(map(len, self._remembered.values())) > self._most:
            del self._remembered[next(iter(self._remembered))]


class _Kept(msgspec.Struct):
    report: ComplianceReport


def _json_of(report: FinishedReport) -> KeptFile:
    return next(one for one in report.files if one.format == JSON)


def file_name(report: FinishedReport, form: str, language: str) -> str:
    """`laporan-outlet-ipal-2026-10-rev2.pdf`."""
    word = "report" if language == "en" else "laporan"
    revision = f"-rev{report.revision}" if report.revision > 1 else ""
    return f"{word}-{report.place}-{report.period}{revision}.{ENDINGS.get(form, form)}"
