"""Where a value stands in a decoded document.

A path is written as text, `ENERGY.Power`, or as a list of keys, `["object", "temp.C", 0]`. In text a dot goes one
key down, `[0]` one array element (`[-1]` the last), and a key with dots, brackets or spaces at its ends stands in
quotes: `object.'temp.C'`. `@json` reads the text found so far as JSON of its own (ChirpStack v3 `objectJSON`).
The empty path is the whole document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec

Document = Any  # dict, list, str, int, float, bool or None


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT  # nothing stands at the path (null is something)


class Nested(Enum):
    """The type of `NESTED`."""

    NESTED = "@json"


NESTED = Nested.NESTED  # the step that reads a text as JSON

Step = str | int | Nested
Path = tuple[Step, ...]
Fetch = Callable[[Document], Any]

_STEP = re.compile(
    r"""(?P<index>\[(?P<number>-?\d{1,6})\])
      | (?P<quoted>'(?P<single>[^']*)'|"(?P<double>[^"]*)")
      | (?P<key>[^.\[\]'"]+)""",
    re.VERBOSE,
)


def parse_path(written: str | list[str | int] | tuple[str | int, ...]) -> Path:
    """The steps of a path. Raises ValueError saying at which character it went wrong."""
    if not isinstance(written, str):
        return tuple(written)
    steps: list[Step] = []
    position = 0
    while position < len(written):
        position = _skip_dot(written, position, first=not steps)
        found = _STEP.match(written, position)
        if found is None:
            raise ValueError(f"{written!r}: expected a key, a quoted key or [number] at character {position + 1}")
        steps.append(_step(found))
        position = found.end()
    return tuple(steps)


def _skip_dot(written: str, position: int, *, first: bool) -> int:
    if first or written[position] == "[":
        return position
    if written[position] != ".":
        raise ValueError(f"{written!r}: expected a dot at character {position + 1}")
    return position + 1


def _step(found: re.Match[str]) -> Step:
    if found["index"] is not None:
        return int(found["number"])
    if found["quoted"] is not None:
        return found["single"] if found["single"] is not None else found["double"]
    return NESTED if found["key"] == NESTED.value else found["key"]


def show_path(path: Path) -> str:
    """The path as people write it."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            key = NESTED.value if step is NESTED else _shown_key(step)
            shown += f".{key}" if shown else key
    return shown or "the whole payload"


def _shown_key(key: str) -> str:
    if key and not set(key) & set(".[]'\"") and key != NESTED.value:
        return key
    return f'"{key}"' if "'" in key else f"'{key}'"


def fetcher(path: Path) -> Fetch:
    """A function that takes what stands at the path out of a document, or `ABSENT`. Never raises."""
    if not path:
        return _whole
    if len(path) == 1 and isinstance(path[0], str):
        return _key_fetcher(path[0])

    def fetch(document: Document) -> Any:
        for step in path:
            document = _descend(document, step)
            if document is ABSENT:
                return ABSENT
        return document

    return fetch


def first_of(paths: tuple[Path, ...]) -> Fetch:
    """A function that takes the first of several alternatives that is there."""
    if len(paths) == 1:
        return fetcher(paths[0])
    fetchers = tuple(fetcher(path) for path in paths)

    def fetch(document: Document) -> Any:
        for alternative in fetchers:
            found = alternative(document)
            if found is not ABSENT:
                return found
        return ABSENT

    return fetch


def _whole(document: Document) -> Any:
    return document


def _key_fetcher(key: str) -> Fetch:
    def fetch(document: Document) -> Any:
        return document.get(key, ABSENT) if type(document) is dict else ABSENT

    return fetch


def _descend(document: Document, step: Step) -> Any:
    if type(document) is dict and isinstance(step, str):
        return document.get(step, ABSENT)
    if type(document) is list and isinstance(step, int):
        return document[step] if -len(document) <= step < len(document) else ABSENT
    if type(document) is str and step is NESTED:
        try:
            return msgspec.json.decode(document)
        except (ValueError, RecursionError):
            return ABSENT
    return ABSENT
