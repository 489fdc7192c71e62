"""Finished reports by month: open, made, signed or outdated; download, sign, make again, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from dashboard.company_blanks import unfilled
from dashboard.frame import HEADERS, HOME_ZONE, Visit
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.errors import Conflict, Invalid, NotFound
from domain.finished_report import FinishedReport, ReportDesk
from domain.reading import Millis
from domain.report_period import PeriodKind
from domain.text import Language

PAGE: Final = 40
FORMATS: Final = ("pdf", "xlsx", "csv", "json")
TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
SAID: Final = ("made", "same", "signed", "reason", "busy", "moved_on", "no_data", "not_yours")

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Line:
    """One period of one point: a report, or that it waits to be made at `due`."""

    kind: PeriodKind
    place: str
    name: str
    period: str
    report: FinishedReport | None
    due: Millis | None = None

    @property
    def path(self) -> str:
        """Its own page."""
        return f"/reports/{self.kind}/{self.place}/{self.period}"


@router.get("/reports")
def reports_page(visit: Visiting, after: str = "", wrong: str = "") -> Response:
    """By month, latest first."""
    desk = _desk(visit)
    page = desk.page(after or None, PAGE)
    open_ = [] if after else [_open(visit, *one) for one in desk.open(visit.now)]
    made = [_line(visit, one) for one in page.items]
    return visit.page(
        "reports.html",
        months=_by_month([*open_, *made]),
        next=page.next,
        formats=FORMATS,
        kinds=list(PeriodKind),
        points=[(one.id, visit.words.text(one.name)) for one in visit.plan.installation.compliance_points],
        may_sign=visit.may(Action.SIGN),
        unfilled=unfilled(visit),
        wrong=wrong,
    )


@router.get("/reports/{kind}/{place}/{period}")
def report_page(visit: Visiting, kind: PeriodKind, place: str, period: str, said: str = "") -> Response:
    """One report: its revisions, files, fingerprint and signature."""
    revisions = _revisions(visit, kind, place, period)
    return visit.page(
        "report.html",
        zone=_zone(visit, place),
        line=_line(visit, revisions[-1]),
        revisions=revisions[::-1],
        formats=FORMATS,
        may_sign=visit.may(Action.SIGN),
        said=said if said in SAID else "",
    )


@router.get("/reports/{kind}/{place}/{period}/{revision}/{form}")
def report_file(
    visit: Visiting, kind: PeriodKind, place: str, period: str, revision: int, form: str, language: str = ""
) -> Response:
    """The file; in the kept language unless told."""
    report = next((one for one in _revisions(visit, kind, place, period) if one.revision == revision), None)
    if report is None or form not in TYPES:
        raise NotFound(f"{period} revision {revision} {form}")
    wanted = language if language in list(Language) else report.language
    name, content = _desk(visit).file(report, form, wanted)
    return Response(
        content, media_type=TYPES[form], headers={**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.post("/reports")
def make(
    visit: Posting,
    kind: Annotated[PeriodKind, Form()],
    place: Annotated[str, Form()],
    period: Annotated[str, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Make it now, or again."""
    permit(visit, Action.SIGN)
    path = f"/reports/{kind}/{place}/{period.strip()}"
    try:
        report, made = _desk(visit).make(kind, place, period, visit.who, reason, visit.now)
    except Conflict:
        return _back(visit, path, "busy", kind, place, period)
    except Invalid as refused:
        return _back(visit, path, "reason" if refused.field == "reason" else "period", kind, place, period)
    return RedirectResponse(f"/reports/{kind}/{place}/{report.period}?said={'made' if made else 'same'}", 303)


@router.post("/reports/{kind}/{place}/{period}/sign")
def sign(
    visit: Posting,
    kind: PeriodKind,
    place: str,
    period: str,
    revision: Annotated[int, Form()],
    no_data: Annotated[str, Form()] = "",
) -> Response:
    """The officer stands for the revision that was on the screen; that nothing was measured is ticked."""
    permit(visit, Action.SIGN)
    path = f"/reports/{kind}/{place}/{period}"
    shown = next((one for one in _revisions(visit, kind, place, period) if one.revision == revision), None)
    if shown is None:
        raise NotFound(f"{period} revision {revision}")
    try:
        _desk(visit).sign(shown, visit.who, visit.now, no_data=no_data == "yes")
    except Invalid:
        return RedirectResponse(f"{path}?said=not_yours", 303)
    except Conflict as refused:
        return RedirectResponse(f"{path}?said={'no_data' if refused.present == 'no_data' else 'moved_on'}", 303)
    return RedirectResponse(f"{path}?said=signed", 303)


def _back(visit: Visit, path: str, said: str, kind: PeriodKind, place: str, period: str) -> Response:
    """To the report's page where it has one, else to the list."""
    known = said != "period" and _desk(visit).revisions(kind, place, period.strip())
    return RedirectResponse(f"{path}?said={said}" if known else f"/reports?wrong={said}", 303)


def _desk(visit: Visit) -> ReportDesk:
    if visit.services.reports is None:
        raise NotFound("reports")
    return visit.services.reports


def _revisions(visit: Visit, kind: PeriodKind, place: str, period: str) -> list[FinishedReport]:
    found = _desk(visit).revisions(kind, place, period)
    if not found:
        raise NotFound(f"{kind} {place} {period}")
    return found


def _line(visit: Visit, report: FinishedReport) -> Line:
    return Line(report.kind, report.place, _name(visit, report.place), report.period, report)


def _open(visit: Visit, kind: PeriodKind, place: str, period: str, due: Millis) -> Line:
    return Line(kind, place, _name(visit, place), period, None, due)


def _name(visit: Visit, place: str) -> str:
    names = {one.id: visit.words.text(one.name) for one in visit.plan.installation.compliance_points}
    return names.get(place, place)


def _zone(visit: Visit, place: str) -> str:
    sites = {one.id: one.site for one in visit.plan.installation.compliance_points}
    site = visit.plan.sites.get(sites.get(place, ""))
    return site.timezone if site else HOME_ZONE


def _by_month(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """Under the period each belongs to, the latest first."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.period, []).append(line)
    return sorted(found.items(), key=lambda pair: pair[0], reverse=True)
