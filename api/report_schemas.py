"""Finished reports on the wire."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from api.schemas import Given, Phrase, Wire
from api.times import WireTime, optional_time
from domain.finished_report import Change, FinishedReport, KeptFile
from domain.instants import utc_text
from domain.report_head import Label
from domain.report_period import PeriodKind


class ChangeOut(Wire):
    """One figure or record that differs from the revision before.

    `because`: what people did behind it, where that is known. `group`: the parameter under which a derived figure is
    folded away, null for what people did and for figures of the whole period.
    """

    where: Phrase
    before: Phrase
    after: Phrase
    because: Phrase | None = None
    group: Phrase | None = None

    @classmethod
    def of(cls, one: Change) -> Self:
        return cls(
            where=_phrase(one.where),
            before=_phrase(one.before),
            after=_phrase(one.after),
            because=_phrase(one.because) if one.because else None,
            group=_phrase(one.group) if one.group else None,
        )


class KeptFileOut(Wire):
    """One format as it was written."""

    format: str = Field(examples=["pdf"])
    name: str
    sha256: str
    size: int = Field(description="Bytes.")

    @classmethod
    def of(cls, one: KeptFile) -> Self:
        return cls(format=one.format, name=one.name, sha256=one.sha256, size=one.size)


class FinishedReportOut(Wire):
    """One revision. `sha256`: of what it says, printed in every format; the others: versions."""

    kind: str
    point: str
    period: str = Field(examples=["2026-10"])
    revision: int
    state: str = Field(examples=["made", "signed", "outdated"])
    sha256: str
    data: str
    limits: str
    calibrations: str
    language: str
    files: list[KeptFileOut]
    made_at: WireTime
    made_by: str
    reason: str
    changes: list[ChangeOut]
    changes_left_out: int
    signed_by: str | None
    signed_at: WireTime | None
    outdated_at: WireTime | None
    empty: bool = Field(description="Nothing was measured in the period.")

    @classmethod
    def of(cls, one: FinishedReport) -> Self:
        return cls(
            kind=one.kind,
            point=one.place,
            period=one.period,
            revision=one.revision,
            state=one.state,
            sha256=one.sha256,
            data=one.data,
            limits=one.limits,
            calibrations=one.calibrations,
            language=one.language,
            files=[KeptFileOut.of(file) for file in one.files],
            made_at=utc_text(one.made_at),
            made_by=one.made_by,
            reason=one.reason,
            changes=[ChangeOut.of(change) for change in one.changes],
            changes_left_out=one.changes_left_out,
            signed_by=one.signed_by,
            signed_at=optional_time(one.signed_at),
            outdated_at=optional_time(one.outdated_at),
            empty=one.empty,
        )


class NewReport(Given):
    """Which report to make. `reason`: why it is made again; needed once it is signed."""

    kind: PeriodKind
    point: str = Field(max_length=64, examples=["outlet-ipal"])
    period: str = Field(max_length=16, examples=["2026-10"])
    reason: str = Field(default="", max_length=2000)


class Signing(Given):
    """`no_data`: that nothing was measured; an empty report is not signed without it."""

    no_data: bool = False


class MadeOut(Wire):
    """What came of it. `made` false: the data still give the newest revision, and that is it."""

    made: bool
    report: FinishedReportOut


def _phrase(text: Label) -> Phrase:
    return Phrase(id=text.id, en=text.en)
