"""Where a value stands in a decoded document.

A path is written as text, `ENERGY.Power`, or as a list of keys, `["object", "temp.C", 0]`. In text a dot goes one
key down, `[0]` one array element (`[-1]` the last), and a key with dots, brackets or spaces at its ends stands in
quotes: `object.'temp.C'`. `@json` reads the text found so far as JSON of its own (ChirpStack v3 `objectJSON`).
The empty path is the whole document.

`[*]` is every element of an array and `*` every value of an object: such a path leads to many places
(`device_profiles/places.py`). At one of them `@key` is the key it stands under, `@index` its position, and `@root`
goes back to the whole document: `@root.names.@index`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec
from msgspec import Struct

Document = Any  # dict, list, str, int, float, bool or None


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT  # nothing stands at the path (null is something)


class Mark(Enum):
    """A step that is neither a key nor a position."""

    NESTED = "@json"  # reads a text as JSON
    BASE64 = "@base64"  # reads a text as base64; its bytes as a hexadecimal text
    ELEMENTS = "[*]"
    VALUES = "*"
    ROOT = "@root"
    KEY = "@key"
    INDEX = "@index"


NESTED, ELEMENTS, VALUES = Mark.NESTED, Mark.ELEMENTS, Mark.VALUES
ROOT, KEY, INDEX = Mark.ROOT, Mark.KEY, Mark.INDEX

Step = str | int | Mark
Path = tuple[Step, ...]
Fetch = Callable[[Document], Any]


class Place(Struct, gc=False):
    """One of several places in a document: a document itself, that knows where it stands."""

    document: Document
    root: Document
    key: str | None = None
    index: int | None = None


_MARKS: dict[str, Mark] = {mark.value: mark for mark in Mark}

_STEP = re.compile(
    r"""(?P<index>\[(?P<number>-?\d{1,6})\])
      | (?P<elements>\[\*\])
      | (?P<quoted>'(?P<single>[^']*)'|"(?P<double>[^"]*)")
      | (?P<key>[^.\[\]'"]+)""",
    re.VERBOSE,
)


def parse_path(written: str | list[Step] | tuple[Step, ...]) -> Path:
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
    if found["elements"] is not None:
        return ELEMENTS
    return _MARKS.get(found["key"], found["key"])


def show_path(path: Path) -> str:
    """The path as people write it."""
    shown = ""
    for step in path:
        if isinstance(step, int) or step is ELEMENTS:
            shown += f"[{step}]" if isinstance(step, int) else ELEMENTS.value
        else:
            key = step.value if isinstance(step, Mark) else _shown_key(step)
            shown += f".{key}" if shown else key
    return shown or "the whole payload"


def _shown_key(key: str) -> str:
    if key and not set(key) & set(".[]'\"") and key not in _MARKS:
        return key
    return f'"{key}"' if "'" in key else f"'{key}'"


def fetcher(path: Path) -> Fetch:
    """A function that takes what stands at the path out of a document, or `ABSENT`. Never raises."""
    if not path:
        return _whole
    if len(path) == 1 and isinstance(path[0], str):
        return _key_fetcher(path[0])
    if path in ((KEY,), (INDEX,)):
        return _where_fetcher(path[0])

    def fetch(document: Document) -> Any:
        place = document if type(document) is Place else None
        document = document if place is None else place.document
        for step in path:
            document = _descend(document, step, place)
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
    return document.document if type(document) is Place else document


def _key_fetcher(key: str) -> Fetch:
    def fetch(document: Document) -> Any:
        if type(document) is dict:
            return document.get(key, ABSENT)
        return fetch(document.document) if type(document) is Place else ABSENT

    return fetch


def _where_fetcher(mark: Step) -> Fetch:
    """The key or the position itself, where a path consists of nothing else."""

    def fetch(document: Document) -> Any:
        found = (document.key if mark is KEY else document.index) if type(document) is Place else None
        return ABSENT if found is None else found

    return fetch


def _descend(document: Document, step: Step, place: Place | None) -> Any:
    if isinstance(step, Mark):
        return _marked(document, step, place)
    if type(document) is dict and isinstance(step, str):
        return document.get(step, ABSENT)
    if type(document) is list and isinstance(step, int):
        return document[step] if -len(document) <= step < len(document) else ABSENT
    return ABSENT


def _marked(document: Document, mark: Mark, place: Place | None) -> Any:
    if mark is NESTED:
        return _nested(document)
    if mark is Mark.BASE64:
        return _bytes(document)
    if mark is ROOT:
        return document if place is None else place.root
    if place is None or mark in (ELEMENTS, VALUES):
        return ABSENT
    here = place.key if mark is KEY else place.index
    return ABSENT if here is None else _descend(document, here, place)


def _nested(document: Document) -> Any:
    if type(document) is not str:
        return ABSENT
    try:
        return msgspec.json.decode(document)
    except (ValueError, RecursionError):
        return ABSENT


def _bytes(document: Document) -> Any:
    if type(document) is not str:
        return ABSENT
    try:
        return base64.b64decode(document, validate=True).hex()
    except ValueError:
        return ABSENT
