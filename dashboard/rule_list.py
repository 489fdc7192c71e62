"""The rules as a list: by site, in words, derived or own, when each last rang, and which cannot be judged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dashboard.causes import system_alerts
from dashboard.frame import Visit
from dashboard.rule_words import watched
from domain.alert import Alert
from domain.errors import PantauError
from domain.reading import Millis
from domain.registry import Site
from domain.rule import Rule
from domain.system_condition import SystemCondition

NEWEST: Final = 500  # alerts that are looked through for when a rule last rang
PANTAU: Final = "pantau"
ERRORS: Final = re.compile(r"(?:^|; )([a-z0-9][a-z0-9._-]*): (.*?)(?=; [a-z0-9][a-z0-9._-]*: |$)", re.DOTALL)
"""`rule: error; rule: error`, as the alert about bad rules says it."""


@dataclass(frozen=True)
class RuleLine:
    """One rule. `own`: it stands in the installation; else it is derived. `bad`: why it cannot be judged."""

    rule: Rule
    title: str
    watched: str
    own: bool
    rang: Millis | None
    bad: str = ""


@dataclass(frozen=True)
class Shelf:
    """The rules of one site; `site` is None for those of every site and those about Pantau itself."""

    site: Site | None
    system: bool
    lines: list[RuleLine]


def own_rules(visit: Visit) -> dict[str, Rule]:
    """Those that stand in the installation."""
    return {rule.id: rule for rule in visit.plan.installation.rules}


def every_rule(visit: Visit) -> list[Rule]:
    """Those in force, and own ones that rest."""
    found = {rule.id: rule for rule in visit.plan.rules} | own_rules(visit)
    return [found[name] for name in sorted(found)]


def find(visit: Visit, rule: str) -> Rule:
    """One, also one that rests. Raises NotFound."""
    own = own_rules(visit).get(rule)
    return own if own is not None else visit.services.rules.rule(rule)


def newest_alerts(visit: Visit) -> list[Alert]:
    """The newest alerts, by which a rule's last ring is told."""
    try:
        return visit.services.book.page(None, NEWEST, None, None, None, False).items
    except PantauError:
        return []


def rang_last(alerts: Iterable[Alert]) -> dict[str, Millis]:
    """By rule."""
    found: dict[str, Millis] = {}
    for alert in alerts:
        found[alert.rule] = max(found.get(alert.rule, 0), alert.since)
    return found


def bad_rules(visit: Visit) -> dict[str, str]:
    """The rules that cannot be judged, each with its last error."""
    alerts = [one for one in system_alerts(visit) if one.metric == SystemCondition.RULE_BAD and one.active]
    found: dict[str, str] = {}
    for alert in alerts:
        told = [step.comment for step in visit.services.book.transitions(alert.id) if step.comment]
        found |= dict(ERRORS.findall(told[-1])) if told else {}
    return found


def shelves(visit: Visit) -> list[Shelf]:
    """Every rule, by site in the plan's order, then those of every site, then those about Pantau."""
    own, rang, bad = own_rules(visit), rang_last(newest_alerts(visit)), bad_rules(visit)
    by_site: dict[str, list[RuleLine]] = {}
    for rule in every_rule(visit):
        place = PANTAU if rule.kind == "system" else site_of(visit, rule)
        told = RuleLine(
            rule, visit.words.text(rule.name), watched(visit, rule), rule.id in own, rang.get(rule.id),
            bad.get(rule.id, ""),
        )  # fmt: skip
        by_site.setdefault(place, []).append(told)
    order = [*visit.plan.sites, "", PANTAU]
    known = [name for name in order if name in by_site] + [name for name in by_site if name not in order]
    return [Shelf(visit.plan.sites.get(name), name == PANTAU, _bad_first(by_site[name])) for name in known]


def _bad_first(lines: list[RuleLine]) -> list[RuleLine]:
    return sorted(lines, key=lambda one: (not one.bad, not one.rule.enabled, one.title.lower()))


def site_of(visit: Visit, rule: Rule) -> str:
    """The site a rule is about; empty where it is about all."""
    if rule.scope.device is not None:
        device = visit.plan.devices.get(rule.scope.device)
        return device.site if device else rule.scope.site or ""
    return rule.scope.site or ""
