"""Changing and adding rules, and what a rule would have done before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from dashboard import rule_list
from dashboard.formats import DAY
from dashboard.frame import Visit
from dashboard.measurement import ONLINE
from dashboard.pages_rules import current
from dashboard.rule_changes import changes
from dashboard.rule_fields import KINDS, OF_A_MEAN, SECONDS, asked, write
from dashboard.rule_form import Entry, blank, entry_of, rule_of
from dashboard.rule_words import info_of
from dashboard.trial_runs import Trial
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.alert import Priority
from domain.errors import Conflict, Invalid, NotFound
from domain.metrics import name_of
from domain.references_rules import metric_problems
from domain.registry import Device, Installation, Schedule
from domain.rule import ANY_METRIC, Rule, Scope
from domain.shift_schedules import named, rule_schedules
from domain.text import Language

HISTORY: Final = 30 * DAY  # what a trial looks back over
EPISODES: Final = 50
FIELDS: Final = {
    "scope.metric": "metric",
    "scope": "where",
    "scope.site": "where",
    "scope.stage": "where",
    "scope.device": "where",
}

router = APIRouter(route_class=PageRoute, include_in_schema=False)


async def posted(request: Request) -> FormData:
    """Everything the form said."""
    return await request.form()


Posted = Annotated[FormData, Depends(posted)]


@router.get("/rule-form")
def rule_form(visit: Visiting, request: Request, rule: str = "", kind: str = "limit") -> Response:
    """The form of a rule as it stands, or an empty one. Fields in the query are proposals that were not saved."""
    permit(visit, Action.CONFIGURE)
    if not rule:
        return _form(visit, blank(_kind(kind)))
    found = rule_list.find(visit, rule)
    standing = current(visit.services.registry.rule_versions(rule))
    entry = entry_of(found, standing.version if standing else None, _mark(visit))
    proposed = _proposed(found, request.query_params, _mark(visit))
    return _form(visit, Entry(entry.kind, entry.values | proposed, entry.version), trying=bool(proposed))


def _mark(visit: Visit) -> str:
    """The decimal mark."""
    return "." if visit.language is Language.EN else ","


def _proposed(rule: Rule, query: Mapping[str, str], mark: str) -> dict[str, list[str]]:
    """The changes that an advice carries, as numbers of the rule's own units."""
    found: dict[str, list[str]] = {}
    for one in KINDS[rule.kind]:
        try:
            if one.name in query:
                found |= write(one, float(query[one.name]), mark)
        except ValueError:
            continue
    return found


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise Invalid(f"there is no kind {kind!r}", "kind")
    return kind


@router.get("/rule-form/fields")
def fields(visit: Visiting, request: Request, kind: str = "limit") -> Response:
    """The fields of a kind, with what was typed so far."""
    permit(visit, Action.CONFIGURE)
    query = request.query_params
    values = {name: query.getlist(name) for name in query}
    return _form(visit, Entry(_kind(kind), values), template="rule_fields.html")


def _entry(form: FormData) -> Entry:
    values = {name: [text for text in form.getlist(name) if isinstance(text, str)] for name in form}
    version = next(iter(values.get("version", [])), "")
    kind = next(iter(values.get("kind", [])), "")
    return Entry(_kind(kind), values, int(version) if version.isdigit() else None)


def _before(visit: Visit, rule: str) -> Rule | None:
    try:
        return rule_list.find(visit, rule)
    except NotFound:
        return None


@router.post("/rule-form")
def save(visit: Posting, form: Posted) -> Response:
    """Add or change; refused where somebody else changed it meanwhile, with both shown."""
    permit(visit, Action.CONFIGURE)
    entry = _entry(form)
    rule, checked = rule_of(entry, _before(visit, entry.one("id").strip()))
    if rule is None:
        return _form(visit, checked, status=422)
    try:
        _measured(visit, rule)
        made = visit.services.registry.put_rule(rule, visit.who, visit.now, entry.version)
    except Conflict:
        return _quicker(visit, entry, rule)
    except Invalid as refused:
        field = FIELDS.get(refused.field, refused.field)
        return _form(visit, Entry(entry.kind, entry.values, entry.version, {field: str(refused)}), status=422)
    return RedirectResponse(f"/rules/{rule.id}?saved={made.version}", 303)


def _measured(visit: Visit, rule: Rule) -> None:
    """Raises Invalid for a metric that nothing in the rule's scope measures."""

    def metrics_of(device: Device) -> set[str]:
        return {ONLINE, *(info.metric for info in visit.plan.metrics_of(device))}

    alone = Installation(devices=visit.plan.installation.devices, rules=(rule,))
    for problem in metric_problems(alone, metrics_of):
        raise Invalid(problem.message, "scope.metric")


def _quicker(visit: Visit, entry: Entry, mine: Rule) -> Response:
    """Somebody else saved first: theirs beside mine. Saving again is then a decision, not an accident."""
    standing = current(visit.services.registry.rule_versions(mine.id))
    again = Entry(entry.kind, entry.values, standing.version if standing else None)
    theirs = standing.rule if standing else None
    return _form(visit, again, status=409, theirs=standing, differing=changes(visit, theirs, mine))


def _form(
    visit: Visit,
    entry: Entry,
    *,
    status: int = 200,
    template: str = "rule_form.html",
    theirs: Any = None,
    differing: Any = (),
    trying: bool = False,
) -> Response:
    known = rule_list.every_rule(visit)
    fields = asked(entry.kind, entry.one("window"))
    shown = {one.name for one in fields}
    return visit.page(
        template,
        status=status,
        entry=entry,
        fields=fields,
        resting=[one.name for one in KINDS[entry.kind] if one.name in OF_A_MEAN - shown],
        kinds=list(KINDS),
        metrics=_metrics(visit),
        metric_unit=_unit(visit, entry),
        units=list(SECONDS),
        priorities=list(Priority),
        schedules=_schedules(visit, entry.one("schedule")),
        routes=visit.plan.installation.routes,
        others=[one for one in known if one.kind != "composite" and one.id != entry.one("id")],
        devices=list(visit.plan.devices.values()),
        known={one.id for one in known},
        theirs=theirs,
        differing=differing,
        trying=trying,
    )


def _schedules(visit: Visit, present: str) -> list[Schedule]:
    """Those of the installation, and the shifts that the rule follows."""
    own = list(visit.plan.installation.schedules)
    return [*named(rule_schedules(visit.plan.installation), [present]), *(one for one in own if one.id != present)]


def _metrics(visit: Visit) -> list[tuple[str, str]]:
    """The metrics of the devices there are: (metric, as a person reads it)."""
    found: dict[str, str] = {}
    for device in visit.plan.devices.values():
        for info in visit.plan.metrics_of(device):
            unit = visit.symbol(info.unit)
            name = visit.words.text(name_of(info.metric) if info.metric in ("ph",) else info.name)
            found.setdefault(info.metric, f"{name} ({unit})" if unit else name)
    return sorted(found.items(), key=lambda pair: pair[1].lower())


def _unit(visit: Visit, entry: Entry) -> str:
    """The unit of the metric in the form, as printed."""
    metric = entry.one("metric")
    info = info_of(visit, Scope(metric=metric)) if metric not in ("", ANY_METRIC) else None
    return visit.symbol(info.unit) if info else ""


@router.post("/rule-form/trial")
def try_out(visit: Posting, form: Posted) -> Response:
    """What the rule of the form would have done in the last thirty days; asked for in the background."""
    permit(visit, Action.CONFIGURE)
    entry = _entry(form)
    rule, checked = rule_of(entry, _before(visit, entry.one("id").strip()))
    if rule is None:
        return _trial(visit, None, wrong=[*checked.errors.items()])
    return _trial(visit, visit.dashboard.trials.ask(visit.who, rule, visit.now - HISTORY, visit.now), busy=True)


@router.get("/rule-form/trial/{trial}")
def look(visit: Visiting, trial: str) -> Response:
    """How far a trial is, or its answer."""
    permit(visit, Action.CONFIGURE)
    found = visit.dashboard.trials.find(trial, visit.who)
    if found is None:
        raise NotFound(trial)
    return _trial(visit, found)


def _trial(visit: Visit, trial: Trial | None, *, busy: bool = False, wrong: list[Any] | None = None) -> Response:
    """The part of the page that shows a trial. Times are those of the rule's own place."""
    shown: list[Any] = []
    zone = "Asia/Jakarta"
    decimals = 1
    if trial is not None and trial.result is not None:
        info = info_of(visit, trial.rule.scope)
        decimals = info.decimals if info else 1
        site = visit.plan.sites.get(rule_list.site_of(visit, trial.rule))
        zone = site.timezone if site else zone
        shown = sorted(trial.result.episodes, key=lambda one: -one.start)[:EPISODES]
    return visit.page(
        "trial.html",
        zone=zone,
        trial=trial,
        episodes=shown,
        decimals=decimals,
        unit=_unit_of(visit, trial.rule) if trial else "",
        busy=busy and trial is None,
        wrong=wrong or [],
        devices=visit.plan.devices,
    )


def _unit_of(visit: Visit, rule: Rule) -> str:
    info = info_of(visit, rule.scope) if rule.scope.metric != ANY_METRIC else None
    return visit.symbol(info.unit) if info else ""
