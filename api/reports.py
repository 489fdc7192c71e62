"""Routes: finished reports: listed, made, downloaded, signed.

Each runs in a worker thread; one report is made at a time, whoever asks meanwhile is told so (409).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from api.access import Caller, Reader, ServicesOf, SigningPerson, permit
from api.openapi import CHANGES, READS_ONE, Responses
from api.paging import Cursor, Limit, opened, sealed
from api.report_schemas import FinishedReportOut, MadeOut, NewReport, Signing
from api.schemas import ListOf, SlugPath
from domain.account import Action
from domain.errors import NotFound
from domain.finished_report import MEDIA_TYPES, FinishedReport, ReportDesk
from domain.report_period import PeriodKind
from domain.services import Services
from domain.text import Language

router = APIRouter(prefix="/reports", tags=["reports"])

Officer = Annotated[Caller, Depends(permit(Action.SIGN))]
PeriodPath = Annotated[str, Path(pattern=r"^\d{4}(-\d{2}(-\d{2})?|-Q[1-4]|-S[12])?$", examples=["2026-10"])]
RevisionPath = Annotated[int, Path(ge=1, le=10_000)]
_FILE: Responses = {
    200: {"description": "The file.", "content": {kind.partition(";")[0]: {} for kind in MEDIA_TYPES.values()}}
}


@router.get("", responses=READS_ONE, summary="Reports that were made")
def list_reports(
    caller: Reader, services: ServicesOf, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[FinishedReportOut]:
    """The newest revision of each, the latest period first."""
    page = _desk(services).page(opened("reports", cursor), limit)
    return ListOf(items=[FinishedReportOut.of(one) for one in page.items], next=sealed("reports", page.next))


@router.post("", status_code=201, responses=CHANGES, summary="Make a report now")
def make_report(caller: Officer, services: ServicesOf, body: NewReport) -> MadeOut:
    """Of a period that is over; a further revision where the data changed. Takes seconds, a year's up to a minute."""
    desk = _desk(services)
    report, made = desk.make(body.kind, body.point, body.period, caller.name, body.reason, services.clock())
    return MadeOut(made=made, report=FinishedReportOut.of(report))


@router.get("/{kind}/{point}/{period}", responses=READS_ONE, summary="Revisions of a report")
def list_revisions(
    caller: Reader, services: ServicesOf, kind: PeriodKind, point: SlugPath, period: PeriodPath
) -> ListOf[FinishedReportOut]:
    """Oldest first, each with what it changed."""
    return ListOf(items=[FinishedReportOut.of(one) for one in _revisions(services, kind, point, period)])


@router.get(
    "/{kind}/{point}/{period}/{revision}/file",
    responses={**_FILE, **READS_ONE},
    response_class=Response,
    summary="A report as a file",
)
def get_report_file(
    caller: Reader,
    services: ServicesOf,
    kind: PeriodKind,
    point: SlugPath,
    period: PeriodPath,
    revision: RevisionPath,
    form: Annotated[str, Query(alias="format", description="pdf | xlsx | csv | csv-data | json")] = "pdf",
    language: Language | None = None,
) -> Response:
    """The kept file; another format or language is printed anew from what was kept."""
    report = _revision(services, kind, point, period, revision)
    name, content = _desk(services).file(report, form, language or report.language)
    return Response(
        content, media_type=MEDIA_TYPES[form], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.post("/{kind}/{point}/{period}/{revision}/sign", responses=CHANGES, summary="Sign a report")
def sign_report(
    caller: SigningPerson,
    services: ServicesOf,
    kind: PeriodKind,
    point: SlugPath,
    period: PeriodPath,
    revision: RevisionPath,
    body: Signing | None = None,
) -> FinishedReportOut:
    """The newest revision, once, and only while the data still give it: they are asked first, which takes seconds
    (409 otherwise, with what changed).

    A person signs, with a session: a program's token is refused (403), whatever its role. A period in which nothing
    was measured is signed with `no_data` only (409 without).
    """
    report = _revision(services, kind, point, period, revision)
    no_data = body is not None and body.no_data
    return FinishedReportOut.of(
        _desk(services).sign(report, caller.name, services.clock(), no_data=no_data, through="API")
    )


def _desk(services: Services) -> ReportDesk:
    if services.reports is None:
        raise NotFound("this installation keeps no reports")
    return services.reports


def _revisions(services: Services, kind: PeriodKind, point: str, period: str) -> list[FinishedReport]:
    found = _desk(services).revisions(kind, point, period)
    if not found:
        raise NotFound(f"no {kind} report of {point} for {period} was made")
    return found


def _revision(services: Services, kind: PeriodKind, point: str, period: str, revision: int) -> FinishedReport:
    for one in _revisions(services, kind, point, period):
        if one.revision == revision:
            return one
    raise NotFound(f"{period} has no revision {revision}")
