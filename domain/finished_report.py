"""Reports that were made, kept and perhaps signed. A later state of the data is a further revision.

Periods are named as in `domain.report_period`; moments are ms UTC.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from msgspec import Struct

from domain.errors import Conflict
from domain.ports_readings import Page
from domain.reading import Millis
from domain.report_head import Label
from domain.report_period import PeriodKind

BY_SCHEDULE = "pantau"  # who made what nobody asked for
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "csv-data": "text/csv; charset=utf-8",
    "json": "application/json",
}


class ReportState(StrEnum):
    """Where a period's report stands."""

    OPEN = "open"  # not made yet
    MADE = "made"
    SIGNED = "signed"
    OUTDATED = "outdated"  # the data no longer give it


class KeptFile(Struct, frozen=True):
    """One format as it was written: `sha256` is of the file's bytes, `size` in bytes."""

    format: str
    name: str
    sha256: str
    size: int


class Change(Struct, frozen=True):
    """One figure or record that differs from the revision before, in words.

    `because`: the correction, judgement or laboratory result behind it; None where that is not known. `group`: of a
    figure that only follows from others the heading under which it is folded away; those of one stand together.
    """

    where: Label
    before: Label
    after: Label
    because: Label | None = None
    group: Label | None = None


class FinishedReport(Struct, frozen=True):
    """One revision of the report of a compliance point and period.

    `sha256` is the fingerprint of what it says, printed in every format. `data`, `limits` and `calibrations` are the
    versions it was made of. `reason`: why it was made again. `changes` are against the revision before, of which
    `changes_left_out` more are not listed. `outdated_at`: when the data were first seen to give another report.
    `empty`: nothing was measured in the period.
    """

    kind: PeriodKind
    place: str
    period: str
    revision: int  # from 1
    first: date
    last: date
    sha256: str
    data: str
    limits: str
    calibrations: str
    language: str
    files: tuple[KeptFile, ...]
    made_at: Millis
    made_by: str
    reason: str = ""
    changes: tuple[Change, ...] = ()
    changes_left_out: int = 0
    signed_by: str | None = None
    signed_at: Millis | None = None
    outdated_at: Millis | None = None
    empty: bool = False

    @property
    def state(self) -> ReportState:
        """Signed or not, what the data no longer give is outdated first of all."""
        if self.outdated_at is not None:
            return ReportState.OUTDATED
        return ReportState.MADE if self.signed_at is None else ReportState.SIGNED


def _in_english(change: Change) -> str:
    return f"{change.where.en}: {change.before.en} -> {change.after.en}"


class DataChanged(Conflict):
    """The data give another report than the one somebody wants to sign. `changes` as in a revision, of which
    `left_out` more are not listed; none where the kept report cannot be read any more.
    """

    def __init__(self, report: FinishedReport, changes: tuple[Change, ...], left_out: int) -> None:
        self.changes, self.left_out = changes, left_out
        first = f" (first of {len(changes) + left_out}: {_in_english(changes[0])})" if changes else ""
        super().__init__(
            f"the data changed since revision {report.revision} was made{first}: make it again and sign that",
            ReportState.OUTDATED,
        )


class FinishedReports(Protocol):
    """The table of made reports. Every change is one transaction, audited, durable on return."""

    def add(self, report: FinishedReport, before: FinishedReport | None) -> FinishedReport:
        """The revision that follows `before`, which is None for the first. Raises Conflict (`moved_on`) where
        `before` is not the newest one any more, (`signed`) where it was signed since it was read.
        """
        ...

    def sign(self, report: FinishedReport, who: str, now: Millis, through: str) -> FinishedReport:
        """`through` stands in the audit. Raises NotFound; Conflict where it is signed, outdated, or not the newest
        revision.
        """
        ...

    def outdated(self, report: FinishedReport, since: Millis | None) -> None:
        """Note that the data give another report since then, or that they give this one again (None)."""
        ...

    def revisions(self, kind: PeriodKind, place: str, period: str) -> list[FinishedReport]:
        """Oldest first; empty for what was never made."""
        ...

    def made_since(self, since: Millis) -> list[FinishedReport]:
        """The newest revision of each that was made at or after it, the longest made first."""
        ...

    def newest(self, kind: PeriodKind, place: str) -> FinishedReport | None:
        """The newest revision of the latest period."""
        ...

    def periods(self, kind: PeriodKind, place: str) -> frozenset[str]:
        """Names of the periods that were made."""
        ...

    def began(self) -> Millis | None:
        """When the installation began: its first audited act. None before."""
        ...

    def page(self, after: str | None, limit: int) -> Page[FinishedReport]:
        """The newest revision of each, latest period first."""
        ...


class ReportDesk(Protocol):
    """What people and programs may do with reports."""

    def open(self, now: Millis) -> list[tuple[PeriodKind, str, str, Millis]]:
        """Scheduled reports not made yet, oldest first at each point: kind, point, period, when due. Of the past,
        those since anything was measured.
        """
        ...

    def page(self, after: str | None, limit: int) -> Page[FinishedReport]:
        """The newest revision of each, latest period first."""
        ...

    def revisions(self, kind: PeriodKind, place: str, period: str) -> list[FinishedReport]:
        """Oldest first. Raises NotFound for what was never made."""
        ...

    def make(
        self, kind: PeriodKind, place: str, period: str, who: str, reason: str, now: Millis
    ) -> tuple[FinishedReport, bool]:
        """Make it, or make it again; False where the data still give the newest revision, which is returned then.

        Raises NotFound for a point, Invalid for a period that is none or is not over, and where a signed report is
        made again without a reason, Conflict while another report is being made.
        """
        ...

    def sign(
        self, report: FinishedReport, who: str, now: Millis, *, no_data: bool = False, through: str = ""
    ) -> FinishedReport:
        """The officer stands for it; `no_data`: and says that nothing was measured; `through`: by what way, for the
        audit. Raises as `FinishedReports.sign`; Invalid (`by`) for who may not sign; Conflict (`no_data`) for an
        empty report without `no_data`, (`busy`) while a report is being made; DataChanged where the data of today,
        which are asked first, give another report: it is outdated then.
        """
        ...

    def differences(self, report: FinishedReport) -> tuple[tuple[Change, ...], int]:
        """What the data of today say otherwise, and how many more differences there are. Raises as `make`."""
        ...

    def file(self, report: FinishedReport, form: str, language: str) -> tuple[str, bytes]:
        """Name and content: the kept file, or in another language or format the same report printed anew.

        Raises Invalid for a format there is none of, Unavailable where the kept file is damaged, Conflict (`busy`)
        while others are printed.
        """
        ...
