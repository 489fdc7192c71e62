"""The exceedances of a report that was made, and what people found out about each: cause and response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dashboard.frame import HOME_ZONE, Visit
from dashboard.record_forms import Fields, Line, lines, save
from dashboard.record_wrongs import Wrong, wrong_of
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.episode_notes import note_of
from domain.errors import Conflict, Invalid, NotFound
from domain.figures import symbol
from domain.report import ComplianceReport
from domain.report_measured import Episode
from domain.report_period import PeriodKind
from domain.report_records import EpisodeNote

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class _Kept(msgspec.Struct):
    report: ComplianceReport


@dataclass(frozen=True)
class Shown:
    """One exceedance with its note; `form` is what its fields hold."""

    id: str
    one: Episode
    name: str
    unit: str
    note: Line | None
    form: Mapping[str, str]
    wrong: Wrong | None = None


@router.get("/reports/{kind}/{place}/{period}/exceedances")
def exceedances_page(visit: Visiting, kind: PeriodKind, place: str, period: str, said: str = "") -> Response:
    """Those of the newest revision, by time."""
    return _page(visit, kind, place, period, said=said == "noted")


@router.post("/reports/{kind}/{place}/{period}/exceedances")
def note(visit: Posting, kind: PeriodKind, place: str, period: str, form: Fields) -> Response:
    """What was found out about one of them, or a correction of that."""
    permit(visit, Action.COMMENT)
    try:
        save(visit.services.evidence.episode_notes, _note(visit, place, form), form, visit)
    except (Invalid, Conflict) as refused:
        return _page(visit, kind, place, period, form, wrong_of(visit, refused))
    return RedirectResponse(f"/reports/{kind}/{place}/{period}/exceedances?said=noted#{_id_of(form)}", 303)


def _note(visit: Visit, place: str, form: Mapping[str, str]) -> EpisodeNote:
    try:
        start, stop = int(form.get("start", "")), int(form.get("stop", ""))
    except ValueError:
        raise Invalid("there is no such exceedance", "cause") from None
    cause, response = form.get("cause", "").strip(), form.get("response", "").strip()
    return EpisodeNote(place, form.get("metric", ""), start, stop, cause, response, visit.who)


def _id_of(form: Mapping[str, str]) -> str:
    return f"e-{form.get('metric', '')}-{form.get('start', '')}"


def _page(
    visit: Visit, kind: PeriodKind, place: str, period: str, form: Mapping[str, str] | None = None,
    wrong: Wrong | None = None, *, said: bool = False,
) -> Response:  # fmt: skip
    report = _kept(visit, kind, place, period)
    return visit.page(
        "exceedances.html",
        status=422 if wrong else 200,
        path=f"/reports/{kind}/{place}/{period}",
        kind=kind,
        period=period,
        name=report.place.name.in_language(visit.language),
        zone=report.place.timezone or HOME_ZONE,
        shown=_shown(visit, report, form or {}, wrong),
        left_out=sum(one.episodes for one in report.parameters) - len(report.episodes),
        may_note=visit.may(Action.COMMENT),
        said=said,
    )


def _kept(visit: Visit, kind: PeriodKind, place: str, period: str) -> ComplianceReport:
    desk = visit.services.reports
    found = desk.revisions(kind, place, period) if desk is not None else []
    if desk is None or not found:
        raise NotFound(f"{kind} {place} {period}")
    _, content = desk.file(found[-1], "json", found[-1].language)
    return msgspec.json.decode(content, type=_Kept).report


def _shown(visit: Visit, report: ComplianceReport, form: Mapping[str, str], wrong: Wrong | None) -> list[Shown]:
    book = visit.services.evidence.episode_notes
    notes = book.touching(report.place.id, None, report.period.start, report.period.stop)
    names = {(one.device, one.metric): one.name.in_language(visit.language) for one in report.parameters}
    found = []
    for one in report.episodes:
        kept = note_of(one, notes)
        fields = {"metric": one.metric, "start": str(one.start), "stop": str(one.stop)}
        if kept is not None:
            fields |= {"edit": kept.id, "revision": str(kept.number), "stop": str(kept.record.stop)}
            fields |= {"start": str(kept.record.start), "cause": kept.record.cause, "response": kept.record.response}
        mine = bool(form) and _id_of(form) == _id_of(fields)
        line = lines(book, [kept], lambda note: _said(visit, note))[0] if kept else None
        found.append(
            Shown(_id_of(fields), one, names[one.device, one.metric], symbol(one.unit, visit.language), line,
                  {**fields, **form} if mine else fields, wrong if mine else None)
        )  # fmt: skip
    return found


def _said(visit: Visit, note: EpisodeNote) -> str:
    parts = (("exceedances.cause", note.cause), ("exceedances.response", note.response))
    return "\n".join(f"{visit.words(key)}: {text}" for key, text in parts if text)
