"""Rules: what they refer to that does not exist, and metrics that nothing in their scope measures. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from domain.errors import Problem
from domain.measures import FLOWS, HOURS, RUN_STATE, VOLUMES
from domain.reference_names import Names, did_you_mean, missing, unknown, unknown_each
from domain.registry import Device, Installation
from domain.rule import (
    ANY_METRIC,
    CompositeRule,
    Match,
    NoDataRule,
    Place,
    Rule,
    RunHoursRule,
    Scope,
    SystemRule,
    VolumeRule,
)
from domain.system_condition import SystemCondition

DERIVED = "."
"""Stands in the id of every derived rule (`limit.titik.ph`, `no-data.press-1`)."""

SYSTEM = "system."
_OF_SYSTEM = frozenset(SYSTEM + condition for condition in SystemCondition)
"""The ids of the default rules about Pantau itself."""

SILENT_METRIC = "online"
"""A word about the connection, which comes only when it changes."""

MetricsOf = Callable[[Device], Collection[str] | None]
"""The metrics of a device's profile, best with their units (a mapping); None where the profile is not known."""


def rule_problems(installation: Installation, names: Names, derived: Collection[str] | None) -> Iterator[Problem]:
    """Places, schedules, routes and rules that rules refer to and that do not exist.

    `derived` are the ids of the derived rules; while they are not known, ids that look like one are let through.
    """
    for index, rule in enumerate(installation.rules):
        key = f"rules[{index}]"
        yield from _scope(f"{key}.scope", rule.scope, names)
        yield from unknown(f"{key}.schedule", "schedule", [rule.schedule], names.rule_schedules)
        yield from unknown_each(f"{key}.routes", "route", rule.routes, names.routes)
        yield from _own(key, rule)
        if isinstance(rule, CompositeRule):
            yield from _composite(f"{key}.of", rule, names, derived)
            yield from _apart(f"{key}.place", rule, names)


def metric_problems(
    installation: Installation, metrics_of: MetricsOf, every: Collection[str] = ()
) -> Iterator[Problem]:
    """Rules about a metric that no device in their scope has, so that they would never judge anything.

    `every` metric that any profile knows: for rules in whose scope there is no device yet.
    """
    for index, rule in enumerate(installation.rules):
        if rule.scope.metric != ANY_METRIC and not isinstance(rule, SystemRule | CompositeRule):
            yield from _metric(f"rules[{index}].scope.metric", rule, installation, metrics_of, every)
            yield from _unit(f"rules[{index}].scope.metric", rule, installation, metrics_of)


def covers(scope: Scope, device: Device) -> bool:
    """Whether the scope takes the device in, its metric apart."""
    return (
        scope.device in (None, device.id)
        and scope.site in (None, device.site)
        and scope.stage in (None, device.stage)
    )


def _scope(key: str, scope: Scope, names: Names) -> Iterator[Problem]:
    if scope.site is not None:
        yield from names.place(key, scope.site, scope.stage)
    else:
        yield from unknown(f"{key}.stage", "stage", [scope.stage], names.every_stage)
    if scope.device is not None:
        yield from names.device(f"{key}.device", scope.device, scope.site)
        yield from _beside(key, scope, names)


def _beside(key: str, scope: Scope, names: Names) -> Iterator[Problem]:
    """A device named together with a stage it does not stand at: the rule would watch nothing."""
    found = names.devices.get(scope.device or "")
    if found is not None and scope.stage not in (None, found.stage) and scope.stage in names.every_stage:
        yield Problem("", f"{key}.stage", f"device {found.id} is at stage {found.stage}, not at {scope.stage}")


def _own(key: str, rule: Rule) -> Iterator[Problem]:
    """What a rule of its kind, or of its id, cannot be."""
    if isinstance(rule, NoDataRule) and rule.scope.metric == SILENT_METRIC:
        why = f"{SILENT_METRIC} comes only when it changes: its silence means nothing; watch the device (*)"
        yield Problem("", f"{key}.scope.metric", why)
    if rule.id in _OF_SYSTEM:
        condition = rule.id.removeprefix(SYSTEM)
        if not isinstance(rule, SystemRule):
            yield Problem(
                "", f"{key}.kind", f"{rule.id} is the rule of that condition; give another id, or kind system"
            )
        elif rule.condition != condition:
            yield Problem("", f"{key}.condition", f"{rule.id} is the rule of {condition}, not of {rule.condition}")


def _apart(key: str, rule: CompositeRule, names: Names) -> Iterator[Problem]:
    """All of rules that can never hold at one place."""
    if rule.match is not Match.ALL:
        return
    known = [names.rules[word] for word in rule.of if word in names.rules]
    places = {place: one.id for one in known if (place := _where(rule.place, one.scope, names)) is not None}
    if len(places) > 1:
        first, second = list(places.items())[:2]
        why = f"{first[1]} is about {'/'.join(first[0])}, {second[1]} about {'/'.join(second[0])}"
        yield Problem("", key, f"they never hold at one {rule.place}: {why}")


def _where(place: Place, scope: Scope, names: Names) -> tuple[str, ...] | None:
    """The one place that a scope leaves; None where there may be several."""
    device = names.devices.get(scope.device or "")
    site, stage = (scope.site, scope.stage) if device is None else (device.site, device.stage)
    if place is Place.DEVICE:
        return None if device is None else (device.id,)
    if place is Place.STAGE:
        return None if site is None or stage is None else (site, stage)
    return None if site is None else (site,)


def _composite(key: str, rule: CompositeRule, names: Names, derived: Collection[str] | None) -> Iterator[Problem]:
    known = {*names.rules, *(derived or ())}
    for number, word in enumerate(rule.of):
        place, found = f"{key}[{number}]", names.rules.get(word)
        if isinstance(found, CompositeRule):
            why = "itself" if word == rule.id else "another composite"
            yield Problem("", place, f"{word} is {why}; name rules of other kinds")
        elif isinstance(found, SystemRule) or word in _OF_SYSTEM:
            yield Problem(
                "", place, f"{word} is about Pantau itself and holds at no place; name rules about readings"
            )
        elif word not in known and (derived is not None or DERIVED not in word):
            yield Problem("", place, missing("rule", word, known))
        elif word in rule.of[:number]:
            yield Problem("", place, f"{word} is named twice")


def _metric(
    key: str, rule: Rule, installation: Installation, metrics_of: MetricsOf, every: Collection[str]
) -> Iterator[Problem]:
    watched = [device for device in installation.devices if covers(rule.scope, device)]
    metrics = [metrics_of(device) for device in watched]
    word = rule.scope.metric
    if not watched and every and word not in every:
        yield Problem("", key, f"no profile has a metric {word}{did_you_mean(word, every)}")
    if not watched or any(found is None or word in found for found in metrics):
        return  # nothing to watch yet, or an unknown profile, which is told where it stands
    known = sorted({metric for found in metrics for metric in found or ()})
    where = f"{watched[0].id} has" if rule.scope.device else f"the {len(watched)} devices in its scope have"
    hint = did_you_mean(word, known) or f"; there are {', '.join(known[:12])}"
    yield Problem("", key, f"{where} no metric {word}{hint}")


def _unit(key: str, rule: Rule, installation: Installation, metrics_of: MetricsOf) -> Iterator[Problem]:
    """A metric that nowhere in its scope has a unit that the rule can sum up. Where no unit is known, nothing."""
    fit = VOLUMES.keys() | FLOWS.keys() if isinstance(rule, VolumeRule) else HOURS.keys() | {RUN_STATE}
    if not isinstance(rule, VolumeRule | RunHoursRule):
        return
    watched = [metrics_of(device) for device in installation.devices if covers(rule.scope, device)]
    word = rule.scope.metric
    units = {found[word] for found in watched if isinstance(found, Mapping) and word in found}
    if units and not units & fit:
        what = "a volume nor a flow" if isinstance(rule, VolumeRule) else "hours nor a run state"
        yield Problem("", key, f"{word} ({', '.join(sorted(units))}) is neither {what}")
