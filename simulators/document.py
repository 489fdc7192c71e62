"""Writes values into a document at the places where a profile reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from device_profiles.path import ELEMENTS, INDEX, KEY, NESTED, ROOT, VALUES, Path, Step

KEY_NAME: Final = "1"  # of an object's value whose key means nothing


class Taken(Exception):
    """Something else stands at the place already."""


class Nested(dict[str, Any]):
    """An object that is sent as a text of JSON (`@json`)."""


class Slot:
    """A place in a document, from which paths lead on. Nothing is there until something is put."""

    def __init__(self, tree: Tree, base: Path) -> None:
        self._tree = tree
        self.base = base

    def put(self, path: Path, value: Any) -> None:
        """Put a value at a path that leads on from here."""
        if path and path[0] is ROOT:
            self._tree.put(path[1:], value)
        else:
            self._tree.put((*self.base, *path), value)


class Tree:
    """A document in the making. Arrays and objects come into being as paths ask for them."""

    def __init__(self) -> None:
        self._holder: dict[str, Any] = {}

    @property
    def document(self) -> Any:
        """What has been written, ready to be encoded."""
        return _sealed(self._holder.get("", {}))

    def put(self, path: Path, value: Any) -> None:
        """Put a value at a path. Raises Taken where another one stands."""
        steps: list[Step] = ["", *_plain(path)]
        place: Any = self._holder
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if step is NESTED:
                continue
            if following is None or (following is NESTED and steps[-1] is NESTED):
                _set(place, step, value)
                return
            place = _inner(place, step, following)


def _plain(path: Path) -> list[Step]:
    """The path with the first element, or some key, for its wide steps."""
    wide: dict[Step, Step] = {ELEMENTS: 0, VALUES: KEY_NAME}
    return [wide.get(step, step) for step in path if step not in (KEY, INDEX)]


def _inner(place: Any, step: Step, following: Step) -> Any:
    """The array or object at a step, made where it is missing."""
    made: Any = Nested() if following is NESTED else [] if isinstance(following, int) else {}
    if isinstance(place, list) and isinstance(step, int):
        position = _position(place, step)
        if position == len(place) or place[position] is None:
            place[position:] = [made] if position == len(place) else [made, *place[position + 1 :]]
        return place[position]
    if isinstance(place, dict) and isinstance(step, str):
        found = place.setdefault(step, made)
        if type(found) is not type(made) and not isinstance(found, dict):
            raise Taken(step)
        return found
    raise Taken(step)


def _set(place: Any, step: Step, value: Any) -> None:
    if isinstance(place, list) and isinstance(step, int):
        position = _position(place, step)
        if position < len(place) and place[position] not in (None, value):
            raise Taken(step)
        place[position:] = [value] if position == len(place) else [value, *place[position + 1 :]]
    elif isinstance(place, dict) and isinstance(step, str):
        if place.get(step, value) != value:
            raise Taken(step)
        place[step] = value
    else:
        raise Taken(step)


def _position(place: list[Any], step: int) -> int:
    """Where the step leads; the array is filled with null up to there. From its end, the one element it has."""
    position = max(step, 0)
    place.extend([None] * (position - len(place)))
    return position


def _sealed(found: Any) -> Any:
    if isinstance(found, Nested):
        return msgspec.json.encode({key: _sealed(value) for key, value in found.items()}).decode()
    if isinstance(found, dict):
        return {key: _sealed(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_sealed(value) for value in found]
    return found


def element(tree: Tree, path: Path, identity: str, ids: Sequence[Path], number: int) -> Slot:
    """The slot of element `number` in the array or object at a path; its id is its key, or put into it."""
    base, last = _open(path)
    if ids and ids[0] == (KEY,):
        if last is ELEMENTS:  # an object of arrays, by key
            return Slot(tree, (*(base[:-1] if base and base[-1] is VALUES else base), identity, 0))
        return Slot(tree, (*base, identity))
    slot = Slot(tree, (*base, str(number) if last is VALUES else number))
    if ids and ids[0] != (INDEX,):
        slot.put(ids[0], identity)
    return slot


def _open(path: Path) -> tuple[Path, Step | None]:
    """The path to the array or object of the elements, and the wide step that it ends with."""
    if path and path[-1] in (ELEMENTS, VALUES):
        return path[:-1], path[-1]
    return path, None
