"""Finished reports by month: open, made, signed or outdated; download, sign, make again, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from dashboard.company_blanks import unfilled
from dashboard.frame import HEADERS, HOME_ZONE, Visit
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.errors import Conflict, Invalid, NotFound
from domain.finished_report import MEDIA_TYPES, Change, DataChanged, FinishedReport, ReportDesk
from domain.reading import Millis
from domain.report_period import PeriodKind
from domain.text import Language

PAGE: Final = 40
FORMATS: Final = ("pdf", "xlsx", "csv", "json")
SAID: Final = ("made", "same", "signed")
THROUGH: Final = "page"  # the way of a signature, in the audit

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Refused(StrEnum):
    """Why a report was not made or not signed."""

    REASON = "reason"
    PERIOD = "period"
    BUSY = "busy"
    REPLACED = "replaced"
    MOVED_ON = "moved_on"
    DATA_CHANGED = "data_changed"
    NO_DATA = "no_data"
    NOT_YOURS = "not_yours"


@dataclass(frozen=True)
class Typed:
    """What somebody asked to be made; it stands in the form again where it was refused."""

    kind: PeriodKind
    place: str
    period: str
    reason: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why something was not done, what was typed, and what changed since the report was made."""

    said: Refused
    status: int = 409
    typed: Typed | None = None
    changes: tuple[Change, ...] = ()
    left_out: int = 0


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
def reports_page(visit: Visiting, after: str = "") -> Response:
    """By month, latest first."""
    return _list(visit, after)


def _list(visit: Visit, after: str = "", refused: Refusal | None = None) -> Response:
    desk = _desk(visit)
    page = desk.page(after or None, PAGE)
    open_ = [] if after else [_open(visit, *one) for one in desk.open(visit.now)]
    made = [_line(visit, one) for one in page.items]
    return visit.page(
        "reports.html",
        status=refused.status if refused else 200,
        months=_by_month([*open_, *made]),
        next=page.next,
        formats=FORMATS,
        kinds=list(PeriodKind),
        points=[(one.id, visit.words.text(one.name)) for one in visit.plan.installation.compliance_points],
        may_sign=visit.may(Action.SIGN),
        unfilled=unfilled(visit),
        wrong=refused.said if refused else "",
        typed=refused.typed if refused else None,
    )


@router.get("/reports/{kind}/{place}/{period}")
def report_page(visit: Visiting, kind: PeriodKind, place: str, period: str, said: str = "") -> Response:
    """One report: its revisions, files, fingerprint and signature."""
    return _report(visit, _revisions(visit, kind, place, period), said if said in SAID else "")


def _report(visit: Visit, revisions: list[FinishedReport], said: str, refused: Refusal | None = None) -> Response:
    place = revisions[-1].place
    return visit.page(
        "report.html",
        status=refused.status if refused else 200,
        zone=_zone(visit, place),
        line=_line(visit, revisions[-1]),
        revisions=revisions[::-1],
        formats=FORMATS,
        may_sign=visit.may(Action.SIGN),
        said=refused.said if refused else said,
        refused=refused,
    )


@router.get("/reports/{kind}/{place}/{period}/{revision}/{form}")
def report_file(
    visit: Visiting, kind: PeriodKind, place: str, period: str, revision: int, form: str, language: str = ""
) -> Response:
    """The file; in the kept language unless told."""
    report = next((one for one in _revisions(visit, kind, place, period) if one.revision == revision), None)
    if report is None or form not in MEDIA_TYPES:
        raise NotFound(f"{period} revision {revision} {form}")
    wanted = language if language in list(Language) else report.language
    name, content = _desk(visit).file(report, form, wanted)
    return Response(
        content,
        media_type=MEDIA_TYPES[form],
        headers={**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'},
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
    typed = Typed(kind, place, period.strip(), reason)
    try:
        report, made = _desk(visit).make(kind, place, typed.period, visit.who, reason, visit.now)
    except Conflict as refused:
        return _not_made(
            visit, Refusal(Refused.BUSY if refused.present == Refused.BUSY else Refused.REPLACED, 409, typed)
        )
    except Invalid as refused:
        return _not_made(visit, Refusal(Refused.REASON if refused.field == "reason" else Refused.PERIOD, 422, typed))
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
    shown = next((one for one in _revisions(visit, kind, place, period) if one.revision == revision), None)
    if shown is None:
        raise NotFound(f"{period} revision {revision}")
    try:
        _desk(visit).sign(shown, visit.who, visit.now, no_data=no_data == "yes", through=THROUGH)
    except (Invalid, Conflict) as refused:
        return _report(visit, _revisions(visit, kind, place, period), "", _unsigned(refused))
    return RedirectResponse(f"/reports/{kind}/{place}/{period}?said=signed", 303)


def _unsigned(refused: Invalid | Conflict) -> Refusal:
    match refused:
        case DataChanged():
            return Refusal(Refused.DATA_CHANGED, changes=refused.changes, left_out=refused.left_out)
        case Conflict():
            return Refusal(
                Refused(refused.present) if refused.present in (Refused.NO_DATA, Refused.BUSY) else Refused.MOVED_ON
            )
        case _:
            return Refusal(Refused.NOT_YOURS, 422)


def _not_made(visit: Visit, refused: Refusal) -> Response:
    """On the report's page where it has one, else on the list; with what was typed."""
    typed = refused.typed
    known = (
        _desk(visit).revisions(typed.kind, typed.place, typed.period)
        if typed and refused.said is not Refused.PERIOD
        else []
    )
    return _report(visit, known, "", refused) if known else _list(visit, refused=refused)


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
