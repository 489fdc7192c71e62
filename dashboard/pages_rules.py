"""The rules: what is watched, in words; one rule with its versions."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from dashboard import rule_list, rule_words
from dashboard.alert_lines import line
from dashboard.frame import Visit
from dashboard.rule_changes import history
from dashboard.rule_fields import KINDS
from dashboard.rule_words import watched
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.rule import Rule
from domain.rule_record import RuleVersion
from domain.shift_schedules import shift_schedule_id

ALERTS: Final = 10

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/rules")
def rules_page(visit: Visiting, site: str = "", kind: str = "", saved: str = "", dropped: str = "") -> Response:
    """Every rule by site; narrowed to one site or one kind where asked."""
    shelves = [shelf for shelf in rule_list.shelves(visit) if not site or (shelf.site and shelf.site.id == site)]
    return visit.page(
        "rules.html",
        shelves=[(shelf, [one for one in shelf.lines if kind in ("", one.rule.kind)]) for shelf in shelves],
        bad=sum(bool(one.bad) for shelf in shelves for one in shelf.lines),
        kinds=list(KINDS),
        site=site,
        kind=kind,
        saved=saved,
        dropped=dropped,
        can_edit=visit.may(Action.CONFIGURE),
    )


@router.get("/rules/{rule}")
def rule_page(visit: Visiting, rule: str, saved: int = 0) -> Response:
    """One rule: what it watches, when it rang, its versions."""
    return _rule(visit, rule_list.find(visit, rule), saved=saved)


def _rule(visit: Visit, rule: Rule, saved: int = 0, status: int = 200, notice: str = "") -> Response:
    newest = rule_list.newest_alerts(visit)
    return visit.page(
        "rule.html",
        hours=rule_words.hours(visit, rule),
        by_shifts=rule.schedule == shift_schedule_id(rule.scope.device or ""),
        status=status,
        rule=rule,
        watched=watched(visit, rule),
        own=rule.id in rule_list.own_rules(visit),
        bad=rule_list.bad_rules(visit).get(rule.id, ""),
        alerts=[line(visit, alert) for alert in newest if alert.rule == rule.id][:ALERTS],
        edits=history(visit, visit.services.registry.rule_versions(rule.id)),
        saved=saved,
        notice=notice,
        can_edit=visit.may(Action.CONFIGURE),
    )


def current(versions: list[RuleVersion]) -> RuleVersion | None:
    """The version that stands; None for a rule that is derived, unknown or removed."""
    newest = next(iter(versions), None)
    return newest if newest is not None and newest.rule is not None else None


@router.post("/rules/{rule}/drop")
def drop(visit: Posting, rule: str, version: Annotated[int, Form()] = 0) -> Response:
    """Remove an own rule; a derived one it replaced holds again."""
    permit(visit, Action.CONFIGURE)
    visit.services.registry.drop_rule(rule, visit.who, visit.now, version or None)
    return RedirectResponse(f"/rules?dropped={rule}", 303)
