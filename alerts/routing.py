"""Whom an alert is told: routes, their contacts, who is on duty, and quiet hours. Pure.

Nobody is told the same twice because two routes lead to him: the first route that does, counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from domain.alert import Alert, Priority, Purpose, Target
from domain.duty import on_duty
from domain.reading import Millis
from domain.registry import Contact, Escalation, Installation, Route
from domain.rule import RuleBase
from domain.schedules import next_change, within

if TYPE_CHECKING:
    from alerts.rulebook import Compiled

RANK: Final = {priority: rank for rank, priority in enumerate(Priority)}
DEFAULT_ZONE: Final = "Asia/Jakarta"


def targets(compiled: Compiled, alert: Alert, rule: RuleBase, now: Millis) -> list[Target]:
    """Everybody who is to be told of a step of the alert, in the order of the routes."""
    routes = routes_of(compiled, alert, rule, now)
    return once(target for route in routes for target in route_targets(compiled.installation, route, alert, now))


def routes_of(compiled: Compiled, alert: Alert, rule: RuleBase, now: Millis) -> list[Route]:
    """Exactly the routes that the rule names, those of them whose schedule holds; where it names none, those that
    match. Outside its schedule a route tells nobody, whoever named it.
    """
    routes = compiled.installation.routes
    if rule.routes:
        named = [route for route in routes if route.id in rule.routes]
        return [route for route in named if _open(compiled.installation, route, alert, now)]
    device = compiled.devices.get(alert.device)
    stage = device.stage if device else ""
    return [route for route in routes if _matches(compiled.installation, route, alert, stage, now)]


def _matches(installation: Installation, route: Route, alert: Alert, stage: str, now: Millis) -> bool:
    """What belongs to no site (or stage) concerns all of them, so that nobody misses that everything is down."""
    if route.sites and alert.site and alert.site not in route.sites:
        return False
    if route.stages and stage and stage not in route.stages:
        return False
    if route.priorities and alert.priority not in route.priorities:
        return False
    return _open(installation, route, alert, now)


def _open(installation: Installation, route: Route, alert: Alert, now: Millis) -> bool:
    return route.schedule is None or holds(installation, route.schedule, alert.site, now)


def route_targets(
    installation: Installation,
    route: Route,
    alert: Alert,
    at: Millis,
    purpose: Purpose = Purpose.NEWS,
    round_: int = 0,
) -> Iterator[Target]:
    """The route's own notifier, its contacts, and whoever is on duty."""
    if route.notifier is not None:
        yield Target(route.id, "", purpose, round_)
    for contact in _people(installation, route, alert.site, at):
        yield Target(route.id, contact, purpose, round_, not_before(installation, contact, alert, at))


def escalation_targets(
    installation: Installation, route: Route, level: Escalation, alert: Alert, at: Millis, round_: int
) -> Iterator[Target]:
    """Those of one level of an escalation that fell due at `at`."""
    for contact in _people(installation, level, alert.site, at):
        wait = not_before(installation, contact, alert, at)
        yield Target(route.id, contact, Purpose.ESCALATION, round_, wait)


def once(found: Iterable[Target]) -> list[Target]:
    """Without those told already; a route's own address is nobody else's."""
    kept: dict[str, Target] = {}
    for target in found:
        kept.setdefault(target.contact or f"route/{target.route}", target)
    return list(kept.values())


def not_before(installation: Installation, contact: str, alert: Alert, at: Millis) -> Millis:
    """The end of the contact's quiet hours, 0 where the alert may ring at once."""
    person = _contact(installation, contact)
    if person is None or person.quiet is None or RANK[alert.priority] >= RANK[person.quiet_from]:
        return 0
    if not holds(installation, person.quiet, alert.site, at):
        return 0
    schedule = next(schedule for schedule in installation.schedules if schedule.id == person.quiet)
    return next_change(schedule, zone_of(installation, alert.site), at) or 0


def holds(installation: Installation, schedule: str, site: str, at: Millis) -> bool:
    """Whether a schedule holds at the site; False where there is no such schedule."""
    found = next((known for known in installation.schedules if known.id == schedule), None)
    return found is not None and within(found, zone_of(installation, site), at)


def zone_of(installation: Installation, site: str) -> ZoneInfo:
    """The site's zone; for what belongs to no site that of the first one."""
    zones = {known.id: known.timezone for known in installation.sites}
    return ZoneInfo(zones.get(site) or next(iter(zones.values()), DEFAULT_ZONE))


def switched_off(installation: Installation) -> frozenset[str]:
    """The contacts who are told nothing."""
    return frozenset(contact.id for contact in installation.contacts if not contact.enabled)


def _people(installation: Installation, whom: Route | Escalation, site: str, at: Millis) -> list[str]:
    """Contacts and whoever is on duty; nobody who is switched off."""
    people, off = list(whom.contacts), switched_off(installation)
    rota = next((rota for rota in installation.rotas if rota.id == whom.rota), None)
    if rota is not None:
        schedules = {schedule.id: schedule for schedule in installation.schedules}
        people.append(on_duty(rota, schedules, zone_of(installation, site), at, off))
    return [person for person in dict.fromkeys(people) if person not in off]


def _contact(installation: Installation, contact: str) -> Contact | None:
    return next((known for known in installation.contacts if known.id == contact), None)
