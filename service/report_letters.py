"""What the post says of a finished report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alerts.report_post import LATEST, Letter
from domain.finished_report import FinishedReport, KeptFile
from domain.ports import Registry
from domain.reading import Millis
from domain.text import Language
from service.report_desk import Compliance

MAIL_MOST: Final = 10_000_000  # bytes
ATTACHED: Final = ("pdf", "xlsx")


class ReportLetters:
    """Letters of the newest reports, and their words."""

    def __init__(self, desk: Compliance, registry: Registry, base_url: str, mail_most: int = MAIL_MOST) -> None:
        """`mail_most`: bytes that are attached in all."""
        self._desk = desk
        self._registry = registry
        self._mail_most = mail_most
        self._base_url = base_url.rstrip("/")
        self._reports: dict[str, FinishedReport] = {}

    def letters(self, now: Millis) -> Sequence[Letter]:
        """Of the newest revisions, as long as the post tells of them; what was caught up with from before the
        installation began is only kept.
        """
        reports = [one for one in self._desk.book.made_since(now - LATEST) if self._desk.calendar.told(one)]
        self._reports = {key_of(one): one for one in reports}
        sites = {point.id: point.site for point in self._registry.installation().compliance_points}
        return [self._letter(key, one, sites.get(one.place, "")) for key, one in self._reports.items()]

    def _letter(self, key: str, report: FinishedReport, site: str) -> Letter:
        paths = [self._desk.folder.path(report, file) for file in self._attached(report)]
        return Letter(key, site, report.made_at, tuple(str(path) for path in paths if path.exists()))

    def _attached(self, report: FinishedReport) -> list[KeptFile]:
        """PDF before XLSX, as far as they fit into a mail."""
        left, found = self._mail_most, []
        for file in sorted(report.files, key=lambda one: one.format):
            if file.format in ATTACHED and file.size <= left:
                found.append(file)
                left -= file.size
        return found

    def _too_large(self, report: FinishedReport) -> str:
        """Names and sizes of what is only downloaded; empty where all is attached."""
        attached = self._attached(report)
        left_out = [one for one in report.files if one.format in ATTACHED and one not in attached]
        return ", ".join(f"{one.name} ({one.size / 1_000_000:.1f} MB)" for one in left_out)

    def words(self, letter: Letter, language: str) -> tuple[str, str]:
        """Subject and body, with the link to the page."""
        report = self._reports[letter.key]
        points = self._registry.installation().compliance_points
        name = next(
            (one.name.in_language(Language(language)) for one in points if one.id == report.place), report.place
        )
        link = f"{self._base_url}/reports/{report.kind}/{report.place}/{report.period}"
        large = self._too_large(report)
        if language == Language.EN:
            said = f"\nToo large for a mail, to be downloaded from the page: {large}" if large else ""
            return f"Report {report.period}, {name}", _english(report, link) + said
        said = f"\nTerlalu besar untuk surat, unduh di halaman itu: {large}" if large else ""
        return f"Laporan {report.period}, {name}", _indonesian(report, link) + said


def _indonesian(report: FinishedReport, link: str) -> str:
    again = f"Revisi {report.revision}: {report.reason}. {_count(report)} perubahan.\n" if report.revision > 1 else ""
    return f"{again}Laporan sudah dibuat dan menunggu tanda tangan petugas.\nSHA-256 {report.sha256}\n{link}"


def _english(report: FinishedReport, link: str) -> str:
    again = f"Revision {report.revision}: {report.reason}. {_count(report)} changes.\n" if report.revision > 1 else ""
    return f"{again}The report was made and waits for an officer's signature.\nSHA-256 {report.sha256}\n{link}"


def _count(report: FinishedReport) -> int:
    return len(report.changes) + report.changes_left_out


def key_of(report: FinishedReport) -> str:
    """The revision by name."""
    return f"report:{report.kind}:{report.place}:{report.period}:{report.revision}"
