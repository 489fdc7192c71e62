"""Names that people gave, compared as people would: `pH`, `PH` and `Channel1.PLC1.pH` all mean `ph`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Generic, TypeVar

T = TypeVar("T")

_LAST_PART = re.compile(r"[^./:;|\\]*$")
_LONGEST = 128  # characters of a name
_REMEMBERED = 4_096  # spellings


def folded(name: str) -> str:
    """A name without what people vary: `Temp-C`, `temp_c` and `TEMP C` are `tempc`."""
    return "".join(character for character in name.casefold() if character.isalnum())


class Alike(Generic[T]):
    """Looks things up by a name in any spelling; by the last part of a tag where the whole is not known."""

    def __init__(self, known: Mapping[str, T], otherwise: T) -> None:
        self._known = {folded(name): thing for name, thing in known.items()} | dict(known)
        self._otherwise = otherwise
        self._seen: dict[str, T] = {}

    def get(self, name: str) -> T:
        """What the name means, or `otherwise`. Remembers spellings, but not for ever."""
        found = self._seen.get(name)
        if found is None:
            found = self._find(name)
            if len(name) <= _LONGEST:
                if len(self._seen) >= _REMEMBERED:
                    self._seen.clear()
                self._seen[name] = found
        return found

    def _find(self, name: str) -> T:
        if len(name) > _LONGEST:
            return self._otherwise
        last = _LAST_PART.search(name)
        for spelling in (name, folded(name), folded(last[0]) if last else ""):
            if spelling in self._known:
                return self._known[spelling]
        return self._otherwise
