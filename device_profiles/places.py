"""The places a path with `[*]` or `*` leads to: every element of an array, every value of an object."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from device_profiles.path import ABSENT, ELEMENTS, VALUES, Document, Fetch, Path, Place, Step, fetcher
from device_profiles.refusal import MAX_ITEMS

Split = Callable[[Document], Sequence[Place]]

_WIDE = (ELEMENTS, VALUES)


def splitter(path: Path) -> Split:
    """A function that finds all places of a path, in order; at most one more than may be in a message."""
    stages = _stages(path)

    def split(document: Document) -> list[Place]:
        here = document if isinstance(document, Place) else Place(document, document)
        places = [here]
        for narrow, wide in stages:
            fetch = fetcher(narrow)
            places = [inner for place in places for inner in _inner(place, fetch(place), wide)][: MAX_ITEMS + 1]
        return places

    return split


def elements_of(path: Path, id_of: Fetch | None = None) -> Split:
    """As `splitter`; a path without `[*]` and `*` means everything in the array or object it leads to.

    An object that has an id itself is the only element: some devices leave out the array around one.
    """
    if any(step in _WIDE for step in path):
        return splitter(path)
    fetch = fetcher(path)

    def split(document: Document) -> list[Place]:
        here = document if isinstance(document, Place) else Place(document, document)
        found = fetch(here)
        if id_of is not None and type(found) is dict:
            alone = Place(found, here.root)
            if id_of(alone) is not ABSENT:
                return [alone]
        return _inner(here, found, ELEMENTS if type(found) is list else VALUES)

    return split


def _stages(path: Path) -> list[tuple[Path, Step | None]]:
    """The path cut after each wide step: ordinary steps, then the wide one (None behind the last)."""
    stages: list[tuple[Path, Step | None]] = []
    narrow: list[Step] = []
    for step in path:
        if step in _WIDE:
            stages.append((tuple(narrow), step))
            narrow = []
        else:
            narrow.append(step)
    return [*stages, (tuple(narrow), None)] if narrow else stages


def _inner(place: Place, found: Document, wide: Step | None) -> list[Place]:
    if wide is ELEMENTS and type(found) is list:
        return [Place(element, place.root, place.key, index) for index, element in enumerate(found[: MAX_ITEMS + 1])]
    if wide is VALUES and type(found) is dict:
        return [Place(value, place.root, key, place.index) for key, value in found.items()]
    if wide is None and found is not ABSENT:
        return [Place(found, place.root, place.key, place.index)]
    return []
