"""Makes reports, keeps their files, compares them with the data of today (`domain.finished_report.ReportDesk`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from domain.errors import Conflict, Invalid, Unavailable
from domain.finished_report import Change, FinishedReport, FinishedReports, KeptFile
from domain.ports_readings import Page
from domain.reading import Millis
from domain.report import ComplianceReport
from domain.report_period import Period, PeriodKind, period_of
from domain.signing import People, require_signer
from reports.changes import changes
from reports.compliance import ComplianceReports
from reports.config import ReportsConfig
from reports.digest import sha256_of
from reports.formats import FORMATS, chosen
from reports.sources import Sources
from service.report_calendar import ReportCalendar
from storage.report_files import ReportFolder

JSON: Final = "json"  # always kept: what every other format is printed from
ENDINGS: Final = {"csv-data": "data.csv"}


class Compliance:
    """One for a process. One report is made at a time: it takes seconds, a year's a minute."""

    def __init__(
        self,
        sources: Callable[[], Sources],
        book: FinishedReports,
        folder: ReportFolder,
        config: ReportsConfig,
        people: People,
    ) -> None:
        self._sources = sources
        self.book = book
        self.folder = folder
        self.calendar = ReportCalendar(sources, book, config)
        self.filling: Callable[[], bool] = lambda: (
            False
        )  # while the past is being written, nothing is made by the clock
        self._config = config
        self._people = people
        self._busy = threading.Lock()

    def open(self, now: Millis) -> list[tuple[PeriodKind, str, str, Millis]]:
        """See the port."""
        return self.calendar.open(now)

    def page(self, after: str | None, limit: int) -> Page[FinishedReport]:
        """See the port."""
        return self.book.page(after, limit)

    def revisions(self, kind: PeriodKind, place: str, period: str) -> list[FinishedReport]:
        """See the port; empty for what was never made."""
        return self.book.revisions(kind, place, period)

    def make(
        self, kind: PeriodKind, place: str, period: str, who: str, reason: str, now: Millis
    ) -> tuple[FinishedReport, bool]:
        """See the port."""
        with self._alone():
            return self._make(kind, place, period_of(kind, period), who, reason, now)

    def sign(
        self, report: FinishedReport, who: str, now: Millis, *, no_data: bool = False, through: str = ""
    ) -> FinishedReport:
        """See the port."""
        signer = require_signer(self._people, who)
        if report.empty and not no_data:
            raise Conflict("nothing was measured in this period: say so to sign it", "no_data")
        return self.book.sign(report, signer.name, now, through)

    def differences(self, report: FinishedReport) -> tuple[tuple[Change, ...], int]:
        """See the port."""
        with self._alone():
            return changes(self._kept(report), self.today(report))

    def today(self, report: FinishedReport) -> ComplianceReport:
        """The report of the same days from the data of today."""
        return self._reports().make(report.place, period_of(report.kind, report.period), report.last)

    def file(self, report: FinishedReport, form: str, language: str) -> tuple[str, bytes]:
        """See the port."""
        write = chosen(FORMATS, form)
        kept = next((one for one in report.files if one.format == form), None)
        if kept is not None and language == report.language:
            return kept.name, self.folder.read(report, kept)
        return file_name(report, form, language), write(self._kept(report), language)

    # ── making ──────────────────────────────────────────────────────────────────────────────────

    def _make(
        self, kind: PeriodKind, place: str, period: Period, who: str, reason: str, now: Millis
    ) -> tuple[FinishedReport, bool]:
        made = self._reports().make_now(place, period, now)
        if made.period.until < made.period.last:
            raise Invalid(f"{period.name} is not over yet; `pantau report` writes a preview of it", "period")
        earlier = self.book.revisions(kind, place, period.name)
        newest = earlier[-1] if earlier else None
        fingerprint = sha256_of(made)
        if newest is not None and newest.sha256 == fingerprint:
            self.book.outdated(newest, None)
            return self.book.revisions(kind, place, period.name)[-1], False
        if newest is not None and newest.signed_at is not None and not reason.strip():
            raise Invalid("it is signed: say why it is made again", "reason")
        told, left_out = changes(self._kept(newest), made) if newest is not None else ((), 0)
        report = _row(made, fingerprint, newest, self._config.language, who, reason.strip(), now)
        report = msgspec.structs.replace(report, changes=told, changes_left_out=left_out)
        return self.book.add(msgspec.structs.replace(report, files=self._keep(report, made))), True

    def _keep(self, report: FinishedReport, made: ComplianceReport) -> tuple[KeptFile, ...]:
        """Files first: a row without its files would promise what is not there. The files of a revision that another
        process made meanwhile are left as they are.
        """
        forms = dict.fromkeys((*self._config.formats, JSON))
        printed = {form: FORMATS[form](made, report.language) for form in forms}
        if len(self.book.revisions(report.kind, report.place, report.period)) >= report.revision:
            raise Conflict(f"{report.period} has this revision by now", "moved_on")
        return tuple(
            self.folder.keep(report.place, report.period, file_name(report, form, report.language), form, content)
            for form, content in printed.items()
        )

    def _kept(self, report: FinishedReport) -> ComplianceReport:
        """What it said. Raises Unavailable where its JSON is gone or was written by another schema."""
        kept = next(one for one in report.files if one.format == JSON)
        content = self.folder.read(report, kept)
        try:
            return msgspec.json.decode(content, type=_Kept).report
        except msgspec.MsgspecError as error:
            raise Unavailable(f"{kept.name} was written by another version of Pantau: {error}") from None

    def _reports(self) -> ComplianceReports:
        return ComplianceReports(self._sources(), self._config.policy)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._busy.acquire(blocking=False):
            raise Conflict("another report is being made; try again in a moment", "busy")
        try:
            yield
        finally:
            self._busy.release()


class _Kept(msgspec.Struct):
    report: ComplianceReport


def file_name(report: FinishedReport, form: str, language: str) -> str:
    """`laporan-outlet-ipal-2026-10-rev2.pdf`."""
    word = "report" if language == "en" else "laporan"
    revision = f"-rev{report.revision}" if report.revision > 1 else ""
    return f"{word}-{report.place}-{report.period}{revision}.{ENDINGS.get(form, form)}"


def _row(
    made: ComplianceReport,
    fingerprint: str,
    newest: FinishedReport | None,
    language: str,
    who: str,
    reason: str,
    now: Millis,
) -> FinishedReport:
    span, versions = made.period, made.versions
    return FinishedReport(
        kind=span.kind,
        place=made.place.id,
        period=span.name,
        revision=1 if newest is None else newest.revision + 1,
        first=span.first,
        last=span.last,
        sha256=fingerprint,
        data=versions.data,
        limits=versions.limits,
        calibrations=versions.calibrations,
        language=language,
        files=(),
        made_at=now,
        made_by=who,
        reason=reason,
        empty=not versions.readings,
    )
