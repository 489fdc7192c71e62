"""Names that people gave, compared as people would: `pH`, `PH` and `Channel1.PLC1.pH` all mean `ph`.

Two names that mean the same metric are both refused: `Tank1.PH` and `Tank2.PH` are two sensors, and nothing here
knows which one is meant. The profile has to name it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from domain.message import Rejection, RejectReason

T = TypeVar("T")

_LAST_PART = re.compile(r"[^./:;|\\]*$")
_LONGEST = 128  # characters of a name
_REMEMBERED = 4_096  # spellings


def folded(name: str) -> str:
    """A name without what people vary: `Temp-C`, `temp_c` and `TEMP C` are `tempc`."""
    return "".join(character for character in name.casefold() if character.isalnum())


def fits(name: str, identities: Iterable[str]) -> bool:
    """Whether a name is one of several, in any spelling."""
    return folded(name) in {folded(identity) for identity in identities}


class Alike(Generic[T]):
    """Looks things up by a name in any spelling; by the last part of a tag where the whole is not known.

    Made for one device: it remembers which name meant what. `meaning`: what a thing is, as a word.
    """

    def __init__(self, known: Mapping[str, T], meaning: Callable[[T], str]) -> None:
        self._known = {folded(name): thing for name, thing in reversed(list(known.items()))}
        self._meaning = meaning
        self._found: dict[str, T | None] = {}
        self._names: dict[str, list[str]] = {}
        self._clashing: set[str] = set()

    def get(self, name: str, otherwise: T) -> T:
        """What the name means; `otherwise` where that is nothing, or where another name means the same."""
        found = self._found.get(name) or self._find(name)
        if found is None:
            return otherwise
        meaning = self._meaning(found)
        if len(self._names[meaning]) > 1:
            self._clashing.add(meaning)
            return otherwise
        return found

    def clashes(self) -> list[Rejection]:
        """What was refused since this was asked last, because two names meant the same."""
        clashing, self._clashing = self._clashing, set()
        return [clash(meaning, self._names[meaning]) for meaning in sorted(clashing)]

    def _find(self, name: str) -> T | None:
        if len(name) > _LONGEST:
            return None
        found = self._known.get(folded(name)) or self._known.get(folded(_last_part(name)))
        if len(self._found) < _REMEMBERED:
            self._found[name] = found
        if found is not None:
            names = self._names.setdefault(self._meaning(found), [])
            if not fits(name, names) and len(names) < 3:
                names.append(name)
        return found


def _last_part(name: str) -> str:
    found = _LAST_PART.search(name)
    return found[0] if found else ""


def clash(meaning: str, names: list[str]) -> Rejection:
    """The refusal of values whose names mean the same metric."""
    told = " and ".join(repr(name) for name in names)
    detail = f"{meaning}: {told} both fit; say in the profile which one is meant: ids = [{names[0]!r}]"
    return Rejection(RejectReason.PATH_MISMATCH, detail, meaning)
