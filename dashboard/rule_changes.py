"""What changed between two versions of a rule, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.frame import Visit
from domain.rule import Rule
from domain.rule_record import RuleVersion

SECONDS = frozenset({"on_delay", "off_delay", "after", "over", "slot", "realarm"})


@dataclass(frozen=True)
class Change:
    """One field before and after; a dash where there is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Edit:
    """One version: who made it when, and what it changed."""

    version: RuleVersion
    changes: list[Change]
    first: bool


def flat(rule: Rule | None) -> dict[str, Any]:
    """A rule's fields by dotted name."""
    if rule is None:
        return {}
    found: dict[str, Any] = {}
    for name, value in rule.model_dump(mode="json").items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            found[name] = value
    return found


def shown(visit: Visit, name: str, value: Any) -> str:
    """One value in words."""
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return visit.words("state.on" if value else "state.off")
        case int() | float() if name in SECONDS or (name == "window" and not isinstance(value, str)):
            return visit.formats().span(round(value * 1000))
        case int() | float():
            return visit.formats().brief(value)
        case list():
            return "; ".join(shown(visit, name, one) for one in value)
        case _:
            return visit.words.of("priority", value) if name == "priority" else str(value)


def changes(visit: Visit, before: Rule | None, after: Rule | None) -> list[Change]:
    """The fields that differ, in the order of the model."""
    old, new = flat(before), flat(after)
    names = [*new, *(name for name in old if name not in new)]
    differing = [name for name in names if old.get(name) != new.get(name)]
    return [Change(name, shown(visit, name, old.get(name)), shown(visit, name, new.get(name))) for name in differing]


def history(visit: Visit, versions: list[RuleVersion]) -> list[Edit]:
    """Newest first, each against the one before it."""
    older = [*versions[1:], None][: len(versions)]
    return [
        Edit(
            one, changes(visit, before.rule, one.rule) if before and one.rule and before.rule else [], before is None
        )
        for one, before in zip(versions, older, strict=True)
    ]
