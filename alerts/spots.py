"""Where the rules of a composite must hold together: a device, a stage of a site, or a site.

A spot goes by the name of its first device (by id), which also says to which site and stage its alert belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from domain.registry import Device
from domain.rule import CompositeRule, Place, Rule, Scope, SystemRule


class Spot(Struct, frozen=True):
    """One place of one composite. `members`: of each rule it names, the devices that rule judges there."""

    rule: CompositeRule
    device: str
    site: str
    members: dict[str, frozenset[str]]


def spots_of(
    rules: Mapping[str, Rule], devices: Iterable[Device], watched: Callable[[Rule, Device], bool]
) -> dict[tuple[str, str], Spot]:
    """All spots of all enabled composites, by (rule, device)."""
    composites = [rule for rule in rules.values() if isinstance(rule, CompositeRule) and rule.enabled]
    known = sorted(devices, key=lambda device: device.id) if composites else []
    found: dict[tuple[str, str], Spot] = {}
    for rule in composites:
        for spot in _of_rule(rule, rules, known, watched):
            found[rule.id, spot.device] = spot
    return found


def _of_rule(
    rule: CompositeRule, rules: Mapping[str, Rule], devices: list[Device], watched: Callable[[Rule, Device], bool]
) -> Iterable[Spot]:
    named = [rules[name] for name in rule.of if name in rules]
    judging = [one for one in named if not isinstance(one, CompositeRule | SystemRule)]
    places: dict[tuple[str, ...], list[Device]] = {}
    for device in devices:
        if _takes(rule.scope, device):
            places.setdefault(_place(rule.place, device), []).append(device)
    for there in places.values():
        members = {one.id: frozenset(d.id for d in there if watched(one, d)) for one in judging}
        heard = sorted({name for names in members.values() for name in names})
        if heard:
            yield Spot(rule, heard[0], there[0].site, members)


def _takes(scope: Scope, device: Device) -> bool:
    return (
        scope.device in (None, device.id)
        and scope.site in (None, device.site)
        and scope.stage in (None, device.stage)
    )


def _place(place: Place, device: Device) -> tuple[str, ...]:
    if place is Place.SITE:
        return (device.site,)
    return (device.site, device.stage) if place is Place.STAGE else (device.id,)
