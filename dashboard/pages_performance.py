"""How the alarm system itself is doing (ISA-18.2 monitoring), and which rules should be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from dashboard import rule_list
from dashboard.alert_lines import AlertLine, line
from dashboard.bars import stacked
from dashboard.formats import DAY, HOUR
from dashboard.frame import Visit
from dashboard.rule_fields import KINDS
from dashboard.visits import PageRoute, Visiting
from domain.account import Action
from domain.errors import PantauError
from domain.performance import Actor, Advice, AlarmPerformance
from domain.rule import Rule

SPANS: Final = {"24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
HOURS_SHOWN: Final = 48 * HOUR
ADVISED: Final = 20

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Suggestion:
    """One piece of advice with the link that tries it on history; empty where there is nothing to try."""

    advice: Advice
    title: str
    place: str
    changes: list[tuple[str, str]]
    link: str


@router.get("/alarm-performance")
def performance_page(visit: Visiting, span: str = "7d", site: str = "") -> Response:
    """The last day, week or month, of one site or all."""
    span = span if span in SPANS else "7d"
    found = visit.services.performance.performance(visit.now - SPANS[span], visit.now, site or None)
    rules = {rule.id: rule for rule in rule_list.every_rule(visit)}
    return visit.page(
        "performance.html",
        found=found,
        span=span,
        spans=list(SPANS),
        site=site,
        hours=stacked(_recent(found), max(found.start, found.stop - HOURS_SHOWN), found.stop, HOUR),
        days=stacked(found.per_day, found.start, found.stop, DAY),
        actors=[(actor, *_who(visit, actor, rules)) for actor in found.actors],
        chattering=_alerts(visit, found.chattering),
        stale=_alerts(visit, found.stale),
        suggestions=[_suggestion(visit, advice, rules) for advice in found.advice[:ADVISED]],
        flooded=round(found.flood_share * (found.stop - found.start)),
        site_names={name: visit.words.text(one.name) for name, one in visit.plan.sites.items()},
        a_day=found.rang / max(1, (found.stop - found.start) / DAY),
    )


def _recent(found: AlarmPerformance) -> list[tuple[int, str, int]]:
    return [one for one in found.per_hour if one[0] >= found.stop - HOURS_SHOWN]


def _place(visit: Visit, device: str) -> str:
    known = visit.plan.devices.get(device)
    return visit.words.text(known.name) if known else "Pantau" if device == "pantau" else device


def _title(visit: Visit, rule: str, rules: dict[str, Rule]) -> str:
    return visit.words.text(rules[rule].name) if rule in rules else rule


def _who(visit: Visit, actor: Actor, rules: dict[str, Rule]) -> tuple[str, str, bool]:
    """Title, place, and whether the rule still stands."""
    return _title(visit, actor.rule, rules), _place(visit, actor.device), actor.rule in rules


def _alerts(visit: Visit, ids: list[str]) -> list[AlertLine]:
    try:
        return [line(visit, alert) for alert in visit.services.book.alerts_by_id(ids)] if ids else []
    except PantauError:
        return []


def _suggestion(visit: Visit, advice: Advice, rules: dict[str, Rule]) -> Suggestion:
    rule = rules.get(advice.rule)
    durations = {one.name for one in KINDS[rule.kind] if one.input == "duration"} if rule else set()
    changes = [
        (name, visit.formats().span(round(value * 1000)) if name in durations else visit.formats().brief(value))
        for name, value in advice.change.items()
    ]
    tried = {name: f"{value:.10g}" for name, value in advice.change.items()}
    may_try = rule is not None and bool(tried) and visit.may(Action.CONFIGURE)
    link = f"/rule-form?{urlencode({'rule': advice.rule} | tried)}" if may_try else ""
    return Suggestion(advice, _title(visit, advice.rule, rules), _place(visit, advice.device), changes, link)
