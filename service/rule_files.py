"""Files about rules: one rule to be tried, or a story to be told to one. Refused whole, with file, key and reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from domain.errors import ConfigurationError, Problem
from domain.noun import Noun
from domain.rule import Rule
from domain.timeline import Timeline
from service.installation import endless, parse
from service.installation_problems import problems_in

M = TypeVar("M", bound=BaseModel)
RULES: Final = "rules"


class OneRule(Noun):
    """A file that holds one rule, as an installation's file would."""

    rules: tuple[Rule, ...]


def read_rule(path: Path) -> Rule:
    """The one rule in a file: as `[[rules]]`, or with its keys at the top. Raises ConfigurationError."""
    raw = parse(path)
    wrapped = raw if RULES in raw else {RULES: [raw]}
    found = _read(path, wrapped, OneRule).rules
    if len(found) != 1:
        raise ConfigurationError.one(
            path, RULES, f"there are {len(found)} rules; put the one to be tried into a file"
        )
    return found[0]


def read_timelines(paths: Sequence[Path]) -> list[Timeline]:
    """One story from each file. Raises ConfigurationError with every problem of every file."""
    found: list[Timeline] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(_read(path, parse(path), Timeline))
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    return found


def _read(path: Path, raw: dict[str, Any], model: type[M]) -> M:
    problems = list(_problems(path, raw, model))
    if problems:
        raise ConfigurationError(problems)
    return model.model_validate(raw)


def _problems(path: Path, raw: dict[str, Any], model: type[BaseModel]) -> Iterator[Problem]:
    yield from (Problem(str(path), key, "must be a finite number") for key in endless(raw, ()))
    try:
        model.model_validate(raw)
    except ValidationError as error:
        yield from problems_in(error, str(path), raw, model)
