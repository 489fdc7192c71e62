"""Contacts, rotas and routes: what they refer to that does not exist. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from domain.errors import Problem
from domain.reference_names import Names, did_you_mean, unknown, unknown_each
from domain.registry import Installation, Route


def contact_problems(installation: Installation, names: Names) -> Iterator[Problem]:
    """Quiet hours that do not exist."""
    for index, contact in enumerate(installation.contacts):
        yield from unknown(f"contacts[{index}].quiet", "schedule", [contact.quiet], names.schedules)


def rota_problems(installation: Installation, names: Names) -> Iterator[Problem]:
    """Contacts and schedules of turns that do not exist."""
    for index, rota in enumerate(installation.rotas):
        for number, turn in enumerate(rota.turns):
            key = f"rotas[{index}].turns[{number}]"
            yield from unknown(f"{key}.contact", "contact", [turn.contact], names.contacts)
            yield from unknown(f"{key}.schedule", "schedule", [turn.schedule], names.schedules)


def route_problems(installation: Installation, names: Names) -> Iterator[Problem]:
    """Whom and what a route names that does not exist, its escalations included."""
    for index, route in enumerate(installation.routes):
        key = f"routes[{index}]"
        yield from unknown_each(f"{key}.sites", "site", route.sites, names.stages)
        yield from _stages(f"{key}.stages", route, names)
        yield from unknown_each(f"{key}.contacts", "contact", route.contacts, names.contacts)
        yield from unknown(f"{key}.rota", "rota", [route.rota], names.rotas)
        yield from unknown(f"{key}.schedule", "schedule", [route.schedule], names.schedules)
        for number, step in enumerate(route.escalate):
            place = f"{key}.escalate[{number}]"
            yield from unknown_each(f"{place}.contacts", "contact", step.contacts, names.contacts)
            yield from unknown(f"{place}.rota", "rota", [step.rota], names.rotas)
        yield from _order(f"{key}.escalate", route)


def _stages(key: str, route: Route, names: Names) -> Iterator[Problem]:
    """A stage must be one of the route's sites, or of any site where the route names none."""
    known = (
        set().union(*(names.stages.get(site, set()) for site in route.sites)) if route.sites else names.every_stage
    )
    if not names.stages.keys() >= set(route.sites):
        return  # the site is told
    for number, stage in enumerate(route.stages):
        if stage not in known:
            where = f"none of {', '.join(route.sites)} has" if route.sites else "no site has"
            yield Problem("", f"{key}[{number}]", f"{where} a stage {stage}{did_you_mean(stage, known)}")


def _order(key: str, route: Route) -> Iterator[Problem]:
    """Each escalation comes later than the one before it."""
    for number, (earlier, later) in enumerate(zip(route.escalate, route.escalate[1:], strict=False), start=1):
        if later.after <= earlier.after:
            message = f"{later.after:g} s is not later than {earlier.after:g} s before it; write them in order"
            yield Problem("", f"{key}[{number}].after", message)
