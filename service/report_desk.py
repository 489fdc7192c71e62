"""Makes reports, keeps their files, compares them with the data of today (`domain.finished_report.ReportDesk`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from domain.errors import Conflict, Invalid, Unavailable
from domain.finished_report import BY_SCHEDULE, Change, DataChanged, FinishedReport, FinishedReports, KeptFile
from domain.ports_readings import Page
from domain.reading import Millis
from domain.report import ComplianceReport
from domain.report_period import Period, PeriodKind, period_of
from domain.signing import People, require_signer
from reports.changes import changes
from reports.compliance import ComplianceReports
from reports.config import ReportsConfig
from reports.digest import sha256_of
from reports.formats import FORMATS
from reports.sources import Sources
from service.report_calendar import ReportCalendar
from service.report_prints import JSON, ReportPrints, file_name
from storage.report_files import ReportFolder

LATE_DATA: Final = "data yang datang kemudian (late data)"
PATIENCE: Final = 20.0  # s that a signature waits for a report that is being made


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
        self._prints = ReportPrints(folder)
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
        newest = self.book.revisions(report.kind, report.place, report.period)[-1:]
        if newest and newest[0].revision == report.revision and newest[0].signed_at is None:
            self._require_current(report, now)
        return self.book.sign(report, signer.name, now, through)

    def recheck(self, report: FinishedReport, now: Millis) -> FinishedReport | None:
        """Compare it with the data of today, by the clock; the further revision where one was made.

        What was signed, also while this compares or prints, is not made again: people are told that the data changed.
        Raises as `make`.
        """
        with self._alone():
            made = self.today(report)
            if sha256_of(made) == report.sha256:
                self.book.outdated(report, None)
                return None
            if report.signed_at is not None:
                self.book.outdated(report, now)
                return None
            try:
                return self._revise(report, made, BY_SCHEDULE, LATE_DATA, now)
            except Conflict:
                self.book.outdated(report, now)
                return None

    def differences(self, report: FinishedReport) -> tuple[tuple[Change, ...], int]:
        """See the port."""
        with self._alone():
            return changes(self._prints.kept(report), self.today(report))

    def today(self, report: FinishedReport) -> ComplianceReport:
        """The report of the same days from the data of today."""
        return self._reports().make(report.place, period_of(report.kind, report.period), report.last)

    def file(self, report: FinishedReport, form: str, language: str) -> tuple[str, bytes]:
        """See the port."""
        return self._prints.file(report, form, language)

    def _require_current(self, report: FinishedReport, now: Millis) -> None:
        """That the data of today give what is signed. Raises DataChanged."""
        with self._alone(PATIENCE):
            made = self.today(report)
            if sha256_of(made) == report.sha256:
                self.book.outdated(report, None)
                return
            self.book.outdated(report, now)
            raise DataChanged(report, *self._told(report, made))

    def _told(self, report: FinishedReport, made: ComplianceReport) -> tuple[tuple[Change, ...], int]:
        """What changed; nothing where another version of Pantau kept the report, or its file is damaged."""
        try:
            return changes(self._prints.kept(report), made)
        except Unavailable:
            return (), 0

    # ── making ──────────────────────────────────────────────────────────────────────────────────

    def _make(
        self, kind: PeriodKind, place: str, period: Period, who: str, reason: str, now: Millis
    ) -> tuple[FinishedReport, bool]:
        made = self._reports().make_now(place, period, now)
        if made.period.until < made.period.last:
            raise Invalid(f"{period.name} is not over yet; `pantau report` writes a preview of it", "period")
        earlier = self.book.revisions(kind, place, period.name)
        newest = earlier[-1] if earlier else None
        if newest is not None and newest.sha256 == sha256_of(made):
            self.book.outdated(newest, None)
            return self.book.revisions(kind, place, period.name)[-1], False
        if newest is not None and newest.signed_at is not None and not reason.strip():
            raise Invalid("it is signed: say why it is made again", "reason")
        return self._revise(newest, made, who, reason.strip(), now), True

    def _revise(
        self, before: FinishedReport | None, made: ComplianceReport, who: str, reason: str, now: Millis
    ) -> FinishedReport:
        """The revision that follows `before`. Raises Conflict where that was signed or replaced meanwhile."""
        told, left_out = changes(self._prints.kept(before), made) if before is not None else ((), 0)
        report = _row(made, before, self._config.language, who, reason, now)
        report = msgspec.structs.replace(report, changes=told, changes_left_out=left_out)
        return self.book.add(msgspec.structs.replace(report, files=self._keep(report, made)), before)

    def _keep(self, report: FinishedReport, made: ComplianceReport) -> tuple[KeptFile, ...]:
        """Files first: a row without its files would promise what is not there."""
        folder, language = self.folder.of(report), report.language
        return tuple(
            self.folder.keep(folder, file_name(report, form, language), form, FORMATS[form](made, language))
            for form in dict.fromkeys((*self._config.formats, JSON))
        )

    def _reports(self) -> ComplianceReports:
        return ComplianceReports(self._sources(), self._config.policy)

    @contextmanager
    def _alone(self, patience: float = 0.0) -> Iterator[None]:
        if not self._busy.acquire(timeout=patience):
            raise Conflict("another report is being made; try again in a moment", "busy")
        try:
            yield
        finally:
            self._busy.release()


def _row(
    made: ComplianceReport, before: FinishedReport | None, language: str, who: str, reason: str, now: Millis
) -> FinishedReport:
    span, versions = made.period, made.versions
    return FinishedReport(
        kind=span.kind,
        place=made.place.id,
        period=span.name,
        revision=1 if before is None else before.revision + 1,
        first=span.first,
        last=span.last,
        sha256=sha256_of(made),
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
