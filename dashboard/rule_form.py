"""A rule as a form, and a form as a rule: nothing typed is ever lost, and what is wrong is said at its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from dashboard.rule_fields import KINDS, Wrong, number, read, write
from domain.rule import ANY_METRIC, Rule, Scope

RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)
WORDS: Final = ("name_id", "name_en", "action_id", "action_en")
FLAGS: Final = ("enabled", "latching")

# what the models refuse, as phrases; anything else is shown as they say it
PHRASES: Final = {
    "needs above, below or both": "rule_wrong.needs_bound",
    "needs rise, fall or both": "rule_wrong.needs_rate",
    "nothing would ever count as returned": "rule_wrong.never_returns",
    "an average over a window": "rule_wrong.window_delay",
    "scope.metric must name one metric": "rule_wrong.metric",
    "String should match pattern": "rule_wrong.id",
    "Field required": "rule_wrong.missing",
    "greater than or equal": "rule_wrong.range",
    "greater than": "rule_wrong.positive",
    "less than": "rule_wrong.range",
    "at least 2 items": "rule_wrong.two_rules",
    "valid integer": "rule_wrong.whole",
}


@dataclass(frozen=True)
class Entry:
    """What stands in the form. `errors` are phrases, or the models' own words, by field ("": the whole form)."""

    kind: str
    values: dict[str, list[str]]
    version: int | None = None  # that it was read at; None for a rule that is new
    errors: dict[str, str] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The text of a field; empty where there is none."""
        return next(iter(self.values.get(name, [])), "")

    def all(self, name: str) -> list[str]:
        """Everything chosen of a field."""
        return self.values.get(name, [])

    def wrong(self, name: str) -> str:
        """What is wrong with a field; empty when nothing is."""
        return self.errors.get(name, "")


def entry_of(rule: Rule, version: int | None, mark: str = ".") -> Entry:
    """A rule in the form; `mark` is the decimal mark of whoever reads it."""
    values: dict[str, list[str]] = {
        "id": [rule.id],
        "name_id": [rule.name.id],
        "name_en": [rule.name.en],
        "action_id": [rule.action.id],
        "action_en": [rule.action.en],
        "metric": [rule.scope.metric],
        "where": [where_of(rule.scope)],
        "priority": [rule.priority],
        "source": [rule.source or ""],
        "schedule": [rule.schedule or ""],
        "routes": list(rule.routes),
    }
    values |= {name: ["on"] if getattr(rule, name) else [] for name in FLAGS}
    if rule.realarm is not None:
        values |= {"realarm": [f"{rule.realarm / 3600:.10g}".replace(".", mark)]}
    for one in KINDS[rule.kind]:
        values |= write(one, getattr(rule, one.name), mark)
    return Entry(rule.kind, values, version)


def blank(kind: str) -> Entry:
    """An empty form of a kind."""
    return Entry(kind, {"enabled": ["on"], "priority": ["medium"], "metric": [ANY_METRIC]})


def where_of(scope: Scope) -> str:
    """The place of a scope as the form names it: `device:x`, `stage:site/x`, `site:x`, or nothing."""
    if scope.device is not None:
        return f"device:{scope.device}"
    if scope.stage is not None:
        return f"stage:{scope.site or ''}/{scope.stage}"
    return f"site:{scope.site}" if scope.site is not None else ""


def scope_of(where: str, metric: str, before: Scope | None) -> dict[str, str]:
    """The scope of a form. The place left as it was keeps all that the rule said of it."""
    if before is not None and where == where_of(before):
        return before.model_dump(exclude_none=True) | {"metric": metric or ANY_METRIC}
    kind, _, name = where.partition(":")
    site, _, stage = name.partition("/")
    found = {"device": {"device": name}, "stage": {"site": site, "stage": stage}, "site": {"site": name}}
    return {key: text for key, text in found.get(kind, {}).items() if text} | {"metric": metric or ANY_METRIC}


def rule_of(entry: Entry, before: Rule | None = None) -> tuple[Rule | None, Entry]:
    """The rule, or None and the form with its errors."""
    errors: dict[str, str] = {}
    given: dict[str, Any] = {
        "kind": entry.kind,
        "id": entry.one("id").strip(),
        "name": _text(entry, "name"),
        "action": _text(entry, "action"),
        "scope": scope_of(entry.one("where"), entry.one("metric"), before.scope if before else None),
        "priority": entry.one("priority"),
        "source": entry.one("source").strip() or None,
        "schedule": entry.one("schedule") or None,
        "routes": entry.all("routes"),
    }
    given |= {name: bool(entry.all(name)) for name in FLAGS}
    errors |= {name: "rule_wrong.missing" for name in ("name_id", "action_id") if not entry.one(name).strip()}
    _read_into(given, errors, entry)
    rule = None if errors else _built(given, errors)
    return rule, Entry(entry.kind, entry.values, entry.version, errors)


def _text(entry: Entry, name: str) -> dict[str, str]:
    """Both languages; Indonesian where English was left empty."""
    first = entry.one(f"{name}_id").strip()
    return {"id": first, "en": entry.one(f"{name}_en").strip() or first}


def _read_into(given: dict[str, Any], errors: dict[str, str], entry: Entry) -> None:
    for one in KINDS[entry.kind]:
        try:
            value = read(one, entry.values)
        except Wrong as wrong:
            errors[one.name] = str(wrong)
            continue
        if value is not None:
            given[one.name] = value
    try:
        if hours := entry.one("realarm").strip():
            given["realarm"] = number(hours) * 3600
    except Wrong as wrong:
        errors["realarm"] = str(wrong)


def _built(given: Mapping[str, Any], errors: dict[str, str]) -> Rule | None:
    try:
        return RULE.validate_python(given)
    except ValidationError as refused:
        for one in refused.errors():
            path = [str(part) for part in one["loc"] if part != given["kind"]]
            errors.setdefault(_field(path, one["msg"]), _phrase(one["msg"]))
        return None


def _field(path: list[str], message: str) -> str:
    """The form's field for a place in the model."""
    if not path:
        return "metric" if "scope.metric" in message else ""
    return {"scope": "where", "name": "name_id", "action": "action_id"}.get(path[0], path[0])


def _phrase(message: str) -> str:
    return next((phrase for part, phrase in PHRASES.items() if part in message), message)
