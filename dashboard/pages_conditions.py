"""Abnormal and emergency conditions in the words of the portal, and judgement of readings by hand."""

from __future__ import annotations

from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import RedirectResponse, Response

from dashboard import trend
from dashboard.calibrated import by_weight
from dashboard.frame import HOME_ZONE, Visit
from dashboard.record_files import attached, taken
from dashboard.record_forms import SHOWN, Fields, Line, lines, save, stretch_said
from dashboard.record_wrongs import Wrong, wrong_of
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.attachment import require_kept
from domain.condition import NAMES, Category, Condition, Facility, HandJudgement, check_condition
from domain.errors import Conflict, Invalid
from domain.evidence import Revision
from domain.metrics import MetricKind
from domain.reading import FAIL, SUSPECT

ABOUT_SENSORS: Final = tuple(one for one in Category if one.startswith("sensor_"))
ABOUT_PLANT: Final = tuple(one for one in Category if one not in ABOUT_SENSORS)
ABOUT_READINGS: Final = (
    *ABOUT_SENSORS,
    Category.PRODUCTION_STOP,
    Category.NO_FLOW,
    Category.POWER_CUT,
    Category.EQUIPMENT_CALIBRATION,
)

_AT: Final = {"site": "place", "file": "attached", "files": "attached"}
KEEP: Final = "keep_both"  # ticked: the event is another one than the one that shares a moment with it

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/conditions")
def conditions_page(visit: Visiting, edit: str = "", judge: str = "") -> Response:
    """What was not as usual; `edit` opens a condition, `judge` a judgement, to be corrected."""
    return _page(visit, _opened(visit, edit, judge))


def _page(
    visit: Visit, form: dict[str, str], wrong: Wrong | None = None, part: str = "", kept: tuple[str, ...] = ()
) -> Response:
    words, noted = visit.words, _conditions(visit)
    if form.get("edit") and not wrong:
        kept = visit.services.evidence.conditions.get(form["edit"]).record.files
    sensors = [
        (f"{device.id}/{info.metric}", f"{words.text(device.name)} · {words.text(info.name)}")
        for device in by_weight(visit)
        for info in visit.plan.metrics_of(device)
        if info.kind in (MetricKind.GAUGE, MetricKind.COUNTER)
    ]
    return visit.page(
        "conditions.html",
        status=422 if wrong else 200,
        form={"start": "", "stop": "", "facility": Facility.IPAL.value, "flag": str(FAIL)} | form,
        wrong=wrong,
        part=part,
        places=[(site.id, words.text(site.name)) for site in visit.plan.sites.values()],
        categories=[(one.value, words.text(NAMES[one])) for one in ABOUT_PLANT],
        facilities=[(one.value, words.of("facility", one.value)) for one in Facility],
        sensors=sensors,
        reasons=[(one.value, words.text(NAMES[one])) for one in ABOUT_READINGS],
        flags=[(str(FAIL), words("judgement.fail")), (str(SUSPECT), words("judgement.suspect"))],
        conditions=noted,
        files={line.one.id: attached(visit, line.one.record.files) for line in noted},
        kept=attached(visit, kept),
        judgements=_judgements(visit),
        can_note=visit.may(Action.ACKNOWLEDGE),
        can_judge=visit.may(Action.CALIBRATE),
    )


def _opened(visit: Visit, edit: str, judge: str) -> dict[str, str]:
    if edit:
        found = visit.services.evidence.conditions.get(edit)
        one, formats = found.record, visit.formats(_zone(visit, found.record.site))
        form = {"edit": edit, "revision": str(found.number), "place": one.site, "category": one.category.value}
        form |= {"start": formats.field(one.start), "stop": "" if one.stop is None else formats.field(one.stop)}
        form |= {name: getattr(one, name) for name in ("location", "description", "resolution", "complaint")}
        return form | {"facility": one.facility.value}
    if judge:
        kept = visit.services.evidence.judgements.get(judge)
        said = kept.record
        formats = visit.formats(_zone(visit, visit.plan.device(said.device).site))
        return {
            "judge": judge, "judge_revision": str(kept.number), "sensor": f"{said.device}/{said.metric}",
            "from": formats.field(said.start), "to": formats.field(said.stop), "reason": said.category.value,
            "flag": str(said.flag), "remark": said.description,
        }  # fmt: skip
    return {}


def _zone(visit: Visit, site: str) -> str:
    found = visit.plan.sites.get(site)
    return HOME_ZONE if found is None else found.timezone


def _conditions(visit: Visit) -> list[Line]:
    book, words = visit.services.evidence.conditions, visit.words

    def said(one: Condition) -> str:
        formats = visit.formats(_zone(visit, one.site))
        site = visit.plan.sites.get(one.site)
        parts = [
            words.of("condition_kind", one.kind.value),
            words.text(NAMES[one.category]),
            words.text(site.name) if site else one.site,
            stretch_said(formats, one.start, one.stop, visit.now, words("records.lasting")),
            words.of("facility", one.facility.value),
            one.location,
            one.description,
        ]
        if one.resolution:
            parts.append(f"{words('abnormal.resolution')}: {one.resolution}")
        if one.complaint:
            parts.append(f"{words('abnormal.complaint')}: {one.complaint}")
        return " · ".join(part for part in parts if part)

    return lines(book, book.page(None, None, SHOWN).items, said)


def _judgements(visit: Visit) -> list[Line]:
    book, words = visit.services.evidence.judgements, visit.words

    def said(one: HandJudgement) -> str:
        device = visit.plan.devices.get(one.device)
        info = visit.plan.metric(one.device, one.metric)
        formats = visit.formats(_zone(visit, device.site) if device else HOME_ZONE)
        parts = [
            words.text(device.name) if device else one.device,
            words.text(info.name) if info else one.metric,
            stretch_said(formats, one.start, one.stop, visit.now, ""),
            words.text(NAMES[one.category]),
            words("judgement.fail" if one.flag == FAIL else "judgement.suspect"),
            one.description,
        ]
        return " · ".join(part for part in parts if part)

    return lines(book, book.page(None, None, SHOWN).items, said)


@router.post("/conditions")
def note(
    visit: Posting,
    form: Fields,
    kept: Annotated[list[str] | None, Form()] = None,
    given: Annotated[list[UploadFile] | None, File(alias="attached")] = None,
) -> Response:
    """A condition, or a correction of one. A file that was taken is kept whatever else is wrong."""
    permit(visit, Action.ACKNOWLEDGE)
    files = tuple(kept or ())
    try:
        files = tuple(dict.fromkeys((*files, *taken(visit, given or ()))))
        require_kept(visit.services.evidence.files, files, "file")
        condition = _condition(visit, form, files)
        check_condition(condition, visit.now)
        others = visit.services.evidence.conditions.same_event(condition, form.get("edit", ""))
        if others and not form.get(KEEP):
            return _page(visit, form, _twice(visit, others[0]), "condition", files)
        save(visit.services.evidence.conditions, condition, form, visit)
    except (Invalid, Conflict) as refused:
        wrong = wrong_of(visit, refused)
        at = Wrong(_AT.get(wrong.field, wrong.field), wrong.said)
        return _page(visit, form, at, "condition", files)
    return RedirectResponse("/conditions", 303)


def _twice(visit: Visit, other: Revision[Condition]) -> Wrong:
    """Most often the same event: the one that is there is named, and whoever means both ticks it."""
    words, one = visit.words, other.record
    formats = visit.formats(_zone(visit, one.site))
    when = stretch_said(formats, one.start, one.stop, visit.now, words("records.lasting"))
    said = words("wrong.event_twice", what=words.text(NAMES[one.category]), when=when, who=visit.person(other.who))
    return Wrong(KEEP, said, other.id, f"/conditions?edit={other.id}")


def _condition(visit: Visit, form: dict[str, str], files: tuple[str, ...]) -> Condition:
    site, stop = form.get("place", ""), form.get("stop", "")
    zone = ZoneInfo(_zone(visit, site))
    texts = {name: form.get(name, "").strip() for name in ("location", "description", "resolution", "complaint")}
    try:
        category, facility = Category(form.get("category", "")), Facility(form.get("facility", Facility.IPAL))
    except ValueError:
        raise Invalid("there is no such category", "category") from None
    start = trend.local_time(form.get("start", ""), "start", zone)
    end = trend.local_time(stop, "stop", zone) if stop else None
    return Condition(site, category, start, end, facility, **texts, files=files)


@router.post("/judgements")
def judge(visit: Posting, form: Fields) -> Response:
    """What is said of a stretch of one sensor, or a correction of that."""
    permit(visit, Action.CALIBRATE)
    given = form | {"edit": form.get("judge", ""), "revision": form.get("judge_revision", "")}
    try:
        save(visit.services.evidence.judgements, _judgement(visit, form), given, visit)
    except (Invalid, Conflict) as refused:
        wrong = wrong_of(visit, refused)
        names = {"start": "from", "stop": "to", "device": "sensor", "metric": "sensor", "category": "reason"}
        field = names.get(wrong.field, "why" if wrong.field == "note" else wrong.field)
        return _page(visit, form, Wrong(field, wrong.said), "judgement")
    return RedirectResponse("/conditions#judgements", 303)


def _judgement(visit: Visit, form: dict[str, str]) -> HandJudgement:
    device, _, metric = form.get("sensor", "").partition("/")
    if visit.plan.metric(device, metric) is None:
        raise Invalid("there is no such sensor", "device")
    zone = ZoneInfo(_zone(visit, visit.plan.device(device).site))
    try:
        category, flag = Category(form.get("reason", "")), int(form.get("flag", ""))
    except ValueError:
        raise Invalid("there is no such reason", "category") from None
    start = trend.local_time(form.get("from", ""), "from", zone)
    stop = trend.local_time(form.get("to", ""), "to", zone)
    return HandJudgement(device, metric, start, stop, category, flag, form.get("remark", "").strip())
