"""Laboratory results: typed or pasted, with the LHU attached, beside the limit in force on the day of sampling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import RedirectResponse, Response

from dashboard import trend
from dashboard.frame import HOME_ZONE, Visit
from dashboard.plan import in_force
from dashboard.record_forms import SHOWN, Fields, Line, Wrong, day, decimal, lines, save, written, wrong_of
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.attachment import MOST
from domain.errors import Conflict, Invalid, NotFound
from domain.evidence import Revision
from domain.lab import LabSample, LabValue, judge, parse_value, sampled_on
from domain.lab_sheet import parse_sheet
from domain.metrics import name_of
from domain.registry import Limit
from domain.report import Judgement
from domain.report_records import Operator

TEXTS: Final = ("code", "laboratory", "accreditation", "location", "coordinates", "sampler")
NUMBERS: Final = ("flow", "production_hours", "raw_material", "production")
UNITS: Final = {"flow": "m³/s", "production_hours": "h", "raw_material": "t", "production": "t"}

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Result:
    """One parameter beside its limit."""

    name: str
    value: LabValue
    limit: Limit | None
    judgement: Judgement


@dataclass(frozen=True)
class Sample:
    """One sample as the page lists it."""

    line: Line
    place: str
    results: tuple[Result, ...]
    file: str | None


@router.get("/laboratory")
def laboratory_page(visit: Visiting, edit: str = "") -> Response:
    """The samples, newest first, and the form."""
    return _page(visit, _opened(visit, edit) if edit else {})


def _page(visit: Visit, form: dict[str, str], wrong: Wrong | None = None) -> Response:
    points = visit.plan.installation.compliance_points
    book = visit.services.evidence.samples
    found = lines(book, book.page(None, None, SHOWN).items, lambda one: _said(visit, one))
    return visit.page(
        "laboratory.html",
        status=422 if wrong else 200,
        form=form,
        wrong=wrong,
        points=[(one.id, visit.words.text(one.name)) for one in points],
        parameters=_parameters(visit),
        numbers=UNITS,
        samples=[_sample(visit, line) for line in found],
        can=visit.may(Action.COMMENT),
    )


def _parameters(visit: Visit) -> list[tuple[str, str, str]]:
    """What any limit set speaks of: metric, name, unit."""
    sets = visit.plan.installation.limit_sets
    named = {one.metric: one for limits in sets for one in limits.limits}
    return [(metric, _name(visit, metric, limit), limit.unit) for metric, limit in named.items()]


def _name(visit: Visit, metric: str, limit: Limit | None) -> str:
    return visit.words.text(limit.name if limit is not None and limit.name is not None else name_of(metric))


def _zone(visit: Visit, point: str) -> ZoneInfo:
    found = next((one for one in visit.plan.installation.compliance_points if one.id == point), None)
    return ZoneInfo(HOME_ZONE if found is None else visit.plan.site(found.site).timezone)


def limit_on(visit: Visit, point: str, metric: str, on: date) -> Limit | None:
    """What held at a point on a day, also for laboratories only; None where no set of that day has it."""
    found = next((one for one in visit.plan.installation.compliance_points if one.id == point), None)
    if found is None:
        return None
    sets = {one.id: one for one in visit.plan.installation.limit_sets}
    for name in (found.limit_set, *found.earlier_limit_sets):
        if name in sets and in_force(sets[name], on):
            return next((limit for limit in sets[name].limits if limit.metric == metric), None)
    return None


def _sample(visit: Visit, line: Line) -> Sample:
    one: LabSample = line.one.record
    on = sampled_on(one, _zone(visit, one.point))
    points = {point.id: visit.words.text(point.name) for point in visit.plan.installation.compliance_points}
    results = []
    for value in one.values:
        limit = limit_on(visit, one.point, value.metric, on)
        verdict = judge(value.operator, value.number, value.unit, limit)
        results.append(Result(_name(visit, value.metric, limit), value, limit, verdict))
    return Sample(line, points.get(one.point, one.point), tuple(results), _file_name(visit, one.file))


def _file_name(visit: Visit, digest: str | None) -> str | None:
    try:
        return None if digest is None else visit.services.evidence.files.file(digest).name
    except NotFound:
        return digest


def _figure(value: LabValue) -> str:
    sign = "" if value.operator is Operator.EQUAL else f"{value.operator.value} "
    return sign + written(value.number)


def _said(visit: Visit, one: LabSample) -> str:
    formats = visit.formats(str(_zone(visit, one.point)))
    parts = [one.code, formats.moment(one.sampled_at, visit.now)]
    parts += [f"{value.metric} {_figure(value)} {value.unit}" for value in one.values]
    parts += [one.laboratory, one.accreditation]
    return " · ".join(part for part in parts if part)


def _opened(visit: Visit, edit: str) -> dict[str, str]:
    found: Revision[LabSample] = visit.services.evidence.samples.get(edit)
    one = found.record
    form = {"edit": edit, "revision": str(found.number), "point": one.point, "file": one.file or ""}
    form |= {name: getattr(one, name) for name in TEXTS} | {name: written(getattr(one, name)) for name in NUMBERS}
    form["sampled_at"] = visit.formats(str(_zone(visit, one.point))).field(one.sampled_at)
    for name in ("received_on", "analysed_on"):
        form[name] = "" if getattr(one, name) is None else getattr(one, name).isoformat()
    for value in one.values:
        form |= {f"value_{value.metric}": _figure(value), f"method_{value.metric}": value.method}
        form[f"unit_{value.metric}"] = value.unit
    return form


@router.post("/laboratory")
def keep(visit: Posting, form: Fields, lhu: Annotated[UploadFile | None, File()] = None) -> Response:
    """A sample with its results, or a correction of one. A file that was taken is kept whatever else is wrong."""
    permit(visit, Action.COMMENT)
    try:
        if lhu is not None and lhu.filename:
            content = lhu.file.read(MOST + 1)
            kept = visit.services.evidence.files.put(lhu.filename, content, visit.who, visit.now)
            form["file"] = kept.digest
        save(visit.services.evidence.samples, _given(visit, form), form, visit)
    except (Invalid, Conflict) as refused:
        wrong = wrong_of(visit, refused)
        return _page(visit, form, Wrong("lhu" if wrong.field == "file" else wrong.field, wrong.said))
    return RedirectResponse("/laboratory", 303)


def _given(visit: Visit, form: dict[str, str]) -> LabSample:
    point = form.get("point", "")
    zone = _zone(visit, point)
    rest: dict[str, Any] = {name: form.get(name, "").strip() for name in TEXTS}
    rest |= {name: decimal(form, name) for name in NUMBERS}
    return LabSample(
        point=point,
        sampled_at=trend.local_time(form.get("sampled_at", ""), "sampled_at", zone),
        values=_values(visit, form),
        received_on=day(form, "received_on"),
        analysed_on=day(form, "analysed_on"),
        file=form.get("file") or None,
        **rest,
    )


def _values(visit: Visit, form: dict[str, str]) -> tuple[LabValue, ...]:
    found = []
    for metric, _, unit in _parameters(visit):
        text = form.get(f"value_{metric}", "").strip()
        if not text:
            continue
        try:
            operator, number = parse_value(text)
        except Invalid as refused:
            raise Invalid(str(refused), f"value_{metric}") from None
        given = form.get(f"unit_{metric}", "").strip() or unit
        found.append(LabValue(metric, operator, number, given, form.get(f"method_{metric}", "").strip()))
    return (*found, *parse_sheet(form.get("sheet", ""), _called(visit)))


def _called(visit: Visit) -> dict[str, str]:
    """What a sheet may call a parameter: its id, or its name in either language."""
    names: dict[str, str] = {}
    for limits in visit.plan.installation.limit_sets:
        for limit in limits.limits:
            text = limit.name or name_of(limit.metric)
            names |= {one.lower(): limit.metric for one in (limit.metric, text.id, text.en)}
    return names


@router.get("/laboratory/files/{digest}")
def file_page(visit: Visiting, digest: str) -> Response:
    """An attached file, to be saved: it came from outside and is never shown in a page."""
    files = visit.services.evidence.files
    file = files.file(digest)
    name = f"attachment; filename*=UTF-8''{quote(file.name)}"
    headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
    return Response(files.get(digest), media_type=file.type.value, headers=headers)
