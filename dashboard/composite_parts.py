"""Which rules of a composite hold right now, at its place: what an alert of a composite is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dashboard.frame import Visit
from domain.alert import Alert, RuleStatus
from domain.errors import PantauError
from domain.registry import Device
from domain.rule import CompositeRule, Place, Rule

HOLDS: Final = frozenset({RuleStatus.ACTIVE, RuleStatus.RETURNING})


def holding(visit: Visit, alert: Alert, rule: Rule | None) -> tuple[str, ...]:
    """The names of those that hold; none for other kinds, for an alert that is over, or while it cannot be read."""
    if not isinstance(rule, CompositeRule) or not alert.active:
        return ()
    known = {one.id: one for one in visit.plan.rules if one.id in rule.of}
    devices = [device.id for device in _around(visit, alert.device, rule.place)]
    series = [(device, metric) for device in devices for metric in sorted(_metrics(known.values()))]
    try:
        states = visit.services.book.states(series) if series else []
    except PantauError:
        return ()
    held = {state.rule for state in states if state.status in HOLDS}
    return tuple(visit.words.text(known[name].name) for name in rule.of if name in held and name in known)


def _metrics(rules: Iterable[Rule]) -> set[str]:
    return {rule.scope.metric for rule in rules}


def _around(visit: Visit, name: str, place: Place) -> list[Device]:
    """The devices of the same place."""
    here = visit.plan.devices.get(name)
    if here is None:
        return []
    if place is Place.DEVICE:
        return [here]
    near = visit.plan.devices_of(here.site)
    return near if place is Place.SITE else [one for one in near if one.stage == here.stage]
