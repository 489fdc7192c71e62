"""Says in words what is wrong with a file: which key, what was expected, and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.errors import Problem

_QUOTED = re.compile(r"'([^']+)'")


def problems_of(error: ValidationError, model: type[BaseModel], file: str) -> list[Problem]:
    """One problem for each thing pydantic found, in its order, with the key as it stands in the file."""
    return [
        Problem(file, ".".join(str(part) for part in found["loc"]), _message(found, model))
        for found in error.errors(include_url=False)
    ]


def _message(found: ErrorDetails, model: type[BaseModel]) -> str:
    location = found["loc"]
    if found["type"] == "extra_forbidden":
        return f"unknown key{_near(str(location[-1]), _keys_beside(model, location))}"
    if found["type"] == "missing":
        return "is missing"
    message = found["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return message + _near(str(found["input"]), _candidates(found, message))


def _candidates(found: ErrorDetails, message: str) -> list[str]:
    """The words that would have been right, where the error knows them."""
    expected = str(found.get("ctx", {}).get("expected", ""))
    if message.startswith("unknown format"):
        return message.partition("there are ")[2].split(", ")
    return _QUOTED.findall(expected)


def _near(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def _keys_beside(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys that the model at a location knows."""
    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        if field is not None:
            model = next(_models_in(field.annotation), model)
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
