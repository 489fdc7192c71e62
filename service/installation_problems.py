"""What pydantic says of a file, said to people: the key as it stands in the file, what is wrong, what to write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.errors import Problem
from domain.references import did_you_mean
from domain.registry import Installation
from domain.rule import Rule
from domain.text import Text

_SLUG: Final = "write lower-case letters, digits and single dashes, such as ipal-outlet"
_NAME: Final = "write lower-case letters, digits and underscores, such as flow_rate"
_QUOTED: Final = re.compile(r"'([^']+)'")

_LINE: Final = re.compile(r"line (\d+)")
_COMMA: Final = re.compile(r"=\s*([-+]?\d+),(\d+)")

Place = Sequence[str | int]


def problems_in(
    error: ValidationError, file: str, raw: Any, root: type[BaseModel] = Installation
) -> Iterator[Problem]:
    """One problem for each place. `raw` is what the file holds, `root` the model it was read into."""
    told: set[str] = set()
    found = error.errors()
    for detail in found:
        if _follows(detail, found):
            continue
        place = _as_written(detail["loc"], raw, detail["type"])
        if detail["type"] in ("union_tag_invalid", "union_tag_not_found"):
            place = [*place, "kind"]
        key = key_of(place)
        if key not in told:
            yield Problem(file, key, _said(detail, place, root))
        told.add(key)


def _follows(detail: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Whether a list is only too short because what is in it was refused, which is told where it stands."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in found
    )


def toml_trouble(error: Exception, text: str) -> str:
    """What a TOML reader says, with what to write where a number has a decimal comma."""
    line = _LINE.search(str(error))
    lines = text.splitlines()
    written = lines[int(line[1]) - 1] if line and int(line[1]) <= len(lines) else ""
    comma = _COMMA.search(written)
    hint = f"; {comma[1]},{comma[2]} is written {comma[1]}.{comma[2]}" if comma else ""
    return f"not TOML: {error}{hint}"


def key_of(place: Place) -> str:
    """Such as `devices[3].site`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def _as_written(place: Place, raw: Any, kind: str) -> Place:
    """Without the words that stand in pydantic's place but not in the file: kinds of rules, members of unions."""
    written: list[str | int] = []
    for step in place:
        if _stands_in(raw, step):
            raw = raw[step]
        elif kind != "missing" or step != place[-1]:
            continue
        written.append(step)
    return written


def _stands_in(raw: Any, step: str | int) -> bool:
    """Whether the file has such a key, or such a place in a list."""
    if isinstance(step, int):
        return isinstance(raw, list) and step < len(raw)
    return isinstance(raw, dict) and step in raw


def _said(detail: ErrorDetails, place: Place, root: type[BaseModel]) -> str:
    kind, given = detail["type"], detail["input"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"unknown key{did_you_mean(str(place[-1]), _keys_beside(place, root))}"
    if kind == "string_pattern_mismatch":
        return f"{given!r} cannot be a name here; {_NAME if place[-1] == 'metric' else _SLUG}"
    if kind in ("enum", "union_tag_invalid"):
        context = detail.get("ctx") or {}
        expected = str(context.get("expected") or context.get("expected_tags"))
        word = str(given.get("kind")) if isinstance(given, dict) else str(given)
        return f"{word} is none of {expected}{did_you_mean(word, _QUOTED.findall(expected))}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return _table(place, root)
    if kind == "too_short":
        return "must not be empty"
    if kind == "union_tag_not_found":
        return f"is missing; write one of {', '.join(RULE_KINDS)}"
    return detail["msg"].removeprefix("Value error, ")


def _table(place: Place, root: type[BaseModel]) -> str:
    """What to write where a table belongs: its keys, those that must be there first."""
    models = _models_at(place, root)
    if Text in models:
        return 'write both languages: { id = "…", en = "…" }'
    fields = [(not field.is_required(), name) for model in models for name, field in model.model_fields.items()]
    keys = list(dict.fromkeys(name for _, name in sorted(fields, key=lambda one: one[0])))
    return f"write a table with {', '.join(keys[:6])}" if keys else "write a table"


def _keys_beside(place: Place, root: type[BaseModel]) -> list[str]:
    """The keys that may stand where an unknown one was found."""
    return sorted({name for model in _models_at(place[:-1], root) for name in model.model_fields})


def _models_at(place: Place, root: type[BaseModel]) -> list[type[BaseModel]]:
    """The models that may stand at a place."""
    models: list[type[BaseModel]] = [root]
    for step in place:
        if isinstance(step, str):
            fields = [model.model_fields[step] for model in models if step in model.model_fields]
            models = [model for field in fields for model in _models_in(field.annotation)]
    return models


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models an annotation is made of: `tuple[Rule, ...]` gives every kind of rule."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (tuple, list, Union, UnionType, Annotated):
        return [model for part in get_args(annotation) for model in _models_in(part)]
    return []


RULE_KINDS: Final = tuple(sorted(model.model_fields["kind"].default for model in _models_in(Rule)))
"""The words that `kind` may be."""
