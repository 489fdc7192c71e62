"""Laboratory results: typed or pasted, with the LHU attached, beside the limit in force on the day of sampling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import RedirectResponse, Response

from dashboard.frame import Visit
from dashboard.laboratory_form import (
    NUMBERS,
    name_in,
    opened,
    parameters,
    point_of,
    results_in,
    sample_in,
    zone_of,
)
from dashboard.plan import in_force
from dashboard.record_files import Attached, attached, taken
from dashboard.record_forms import SHOWN, Fields, Line, lines, save
from dashboard.record_wrongs import Wrong, wrong_of
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.attachment import require_kept
from domain.errors import Conflict, Invalid
from domain.lab import LabSample, LabValue, Sampling, judge, sampled_on
from domain.lab_load import load_per_ton, quantity_per_ton
from domain.registry import Limit
from domain.report_measured import Judgement
from domain.report_records import Operator

UNITS: Final = dict(zip(NUMBERS, ("m³/s", "h", "ton", "ton"), strict=True))
_AT: Final = {"file": "lhu"}

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Result:
    """One parameter beside its limit. `load` is kg/ton, computed; None where it cannot be."""

    name: str
    value: LabValue
    limit: Limit | None
    judgement: Judgement
    load: float | None


@dataclass(frozen=True)
class Sample:
    """One sample as the page lists it. `quantity` is m3/ton, computed; `company` the industry's name."""

    line: Line
    company: str
    place: str
    results: tuple[Result, ...]
    quantity: float | None
    files: tuple[Attached, ...]


@router.get("/laboratory")
def laboratory_page(visit: Visiting, edit: str = "") -> Response:
    """The samples, newest first, and the form."""
    return _page(visit, opened(visit, edit) if edit else {})


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
        parameters=parameters(visit),
        numbers=UNITS,
        kinds=[("", "–"), *((one.value, visit.words.of("sampling", one.value)) for one in Sampling)],
        samples=[_sample(visit, line) for line in found],
        can=visit.may(Action.COMMENT),
    )


def limit_on(visit: Visit, point: str, metric: str, on: date) -> Limit | None:
    """What held at a point on a day, also for laboratories only; None where no set of that day has it."""
    found = point_of(visit, point)
    if found is None:
        return None
    sets = {one.id: one for one in visit.plan.installation.limit_sets}
    for name in (found.limit_set, *found.earlier_limit_sets):
        if name in sets and in_force(sets[name], on):
            return next((limit for limit in sets[name].limits if limit.metric == metric), None)
    return None


def _sample(visit: Visit, line: Line) -> Sample:
    one: LabSample = line.one.record
    on, point = sampled_on(one, zone_of(visit, one.point)), point_of(visit, one.point)
    return Sample(
        line,
        _company(visit, point.site) if point else "",
        visit.words.text(point.name) if point else one.point,
        tuple(_result(visit, one, value, on) for value in one.values),
        quantity_per_ton(one),
        attached(visit, (one.file,) if one.file else ()),
    )


def _result(visit: Visit, sample: LabSample, value: LabValue, on: date) -> Result:
    limit = limit_on(visit, sample.point, value.metric, on)
    verdict = judge(value.operator, value.number, value.unit, limit)
    return Result(name_in(visit, value.metric, limit), value, limit, verdict, load_per_ton(sample, value))


def _company(visit: Visit, site: str) -> str:
    """As it is spelt for the authority; the site's own name where nobody filled that in."""
    return visit.services.evidence.companies.company(site).name or visit.words.text(visit.plan.site(site).name)


def _said(visit: Visit, one: LabSample) -> str:
    formats, words = visit.formats(str(zone_of(visit, one.point))), visit.words
    parts = [one.code, one.report_number, formats.moment(one.sampled_at, visit.now)]
    parts.append(words.of("sampling", one.sampling) if one.sampling else "")
    for value in one.values:
        limit = limit_on(visit, one.point, value.metric, sampled_on(one, zone_of(visit, one.point)))
        name = name_in(visit, value.metric, limit)
        sign = "" if value.operator is Operator.EQUAL else value.operator.value
        parts.append(f"{name} {sign}{formats.brief(value.number)} {visit.symbol(value.unit)}".strip())
    parts += [one.laboratory, one.accreditation]
    parts += [f"{words('laboratory.sampler')} {one.sampler}" if one.sampler else ""]
    return " · ".join(part for part in parts if part)


@router.post("/laboratory")
def keep(visit: Posting, form: Fields, lhu: Annotated[UploadFile | None, File()] = None) -> Response:
    """A sample with its results, or a correction of one. A file that was taken is kept whatever else is wrong."""
    permit(visit, Action.COMMENT)
    try:
        if kept := taken(visit, [lhu] if lhu else []):
            form["file"] = kept[0]
        _keep(visit, form)
    except (Invalid, Conflict) as refused:
        return _page(visit, form, _wrong(visit, refused))
    return RedirectResponse("/laboratory", 303)


def _keep(visit: Visit, form: dict[str, str]) -> None:
    results = results_in(visit, form)
    sample = sample_in(visit, form, results.values)
    require_kept(visit.services.evidence.files, [sample.file] if sample.file else [], "file")
    try:
        save(visit.services.evidence.samples, sample, form, visit)
    except Invalid as refused:
        raise results.placed(refused) from None


def _wrong(visit: Visit, refused: Invalid | Conflict) -> Wrong:
    """A sample that was entered already is linked, to be corrected there."""
    wrong = wrong_of(visit, refused)
    href = f"/laboratory?edit={wrong.record}" if wrong.record else ""
    return Wrong(_AT.get(wrong.field, wrong.field), wrong.said, wrong.record, href)
