"""What in an installation refers to something that does not exist. Pure; used by apply and by check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter

from domain.errors import Problem
from domain.reference_names import Names, did_you_mean, missing
from domain.references_devices import device_problems, point_problems
from domain.references_machines import plan_problems, reason_problems, shift_problems
from domain.references_rules import rule_problems
from domain.references_telling import contact_problems, rota_problems, route_problems
from domain.registry import Installation

__all__ = ["KINDS", "did_you_mean", "missing", "reference_problems"]

KINDS = (
    "sites",
    "devices",
    "limit_sets",
    "compliance_points",
    "schedules",
    "contacts",
    "rotas",
    "routes",
    "rules",
    "shifts",
    "stop_reasons",
    "service_plans",
)
"""The lists of an `Installation`, in the order in which they may refer to each other."""


def reference_problems(installation: Installation, derived: Collection[str] | None = None) -> list[Problem]:
    """Every reference without its target, every id given twice; `file` is empty, `key` like `devices[3].site`.

    `derived`: the ids of the derived rules, where they are known.
    """
    names = Names(installation)
    return [
        *_twice(installation),
        *device_problems(installation, names),
        *point_problems(installation, names),
        *contact_problems(installation, names),
        *rota_problems(installation, names),
        *route_problems(installation, names),
        *rule_problems(installation, names, derived),
        *shift_problems(installation, names),
        *reason_problems(installation),
        *plan_problems(installation, names),
    ]


def _twice(installation: Installation) -> Iterator[Problem]:
    lists: list[tuple[str, Iterable[str]]] = [
        (kind, map(attrgetter("id"), getattr(installation, kind))) for kind in KINDS
    ]
    for index, site in enumerate(installation.sites):
        lists.append((f"sites[{index}].stages", [stage.id for stage in site.stages]))
    for key, ids in lists:
        for word, count in Counter(ids).items():
            if count > 1:
                yield Problem("", key, f"{word} is given {count} times")
