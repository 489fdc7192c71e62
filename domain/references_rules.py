"""Rules: what they refer to that does not exist, and metrics that nothing in their scope measures. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from domain.errors import Problem
from domain.reference_names import Names, did_you_mean, missing, unknown, unknown_each
from domain.registry import Device, Installation
from domain.rule import ANY_METRIC, CompositeRule, Rule, Scope, SystemRule

DERIVED = "."
"""Stands in the id of every derived rule (`limit.titik.ph`, `no-data.press-1`)."""

MetricsOf = Callable[[Device], Collection[str] | None]
"""The metrics of a device's profile; None where the profile is not known."""


def rule_problems(installation: Installation, names: Names, derived: Collection[str] | None) -> Iterator[Problem]:
    """Places, schedules, routes and rules that rules refer to and that do not exist.

    `derived` are the ids of the derived rules; while they are not known, ids that look like one are let through.
    """
    for index, rule in enumerate(installation.rules):
        key = f"rules[{index}]"
        yield from _scope(f"{key}.scope", rule.scope, names)
        yield from unknown(f"{key}.schedule", "schedule", [rule.schedule], names.schedules)
        yield from unknown_each(f"{key}.routes", "route", rule.routes, names.routes)
        if isinstance(rule, CompositeRule):
            yield from _composite(f"{key}.of", rule, names, derived)


def metric_problems(
    installation: Installation, metrics_of: MetricsOf, every: Collection[str] = ()
) -> Iterator[Problem]:
    """Rules about a metric that no device in their scope has, so that they would never judge anything.

    `every` metric that any profile knows: for rules in whose scope there is no device yet.
    """
    for index, rule in enumerate(installation.rules):
        if rule.scope.metric != ANY_METRIC and not isinstance(rule, SystemRule | CompositeRule):
            yield from _metric(f"rules[{index}].scope.metric", rule, installation, metrics_of, every)


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


def _composite(key: str, rule: CompositeRule, names: Names, derived: Collection[str] | None) -> Iterator[Problem]:
    known = {*names.rules, *(derived or ())}
    for number, word in enumerate(rule.of):
        place, found = f"{key}[{number}]", names.rules.get(word)
        if isinstance(found, CompositeRule):
            why = "itself" if word == rule.id else "another composite"
            yield Problem("", place, f"{word} is {why}; name rules of other kinds")
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
