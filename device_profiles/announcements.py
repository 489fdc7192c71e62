"""Names that devices announce once and replace by numbers afterwards: Sparkplug aliases, the tables of gateways.

What was announced is kept in memory, so much and no more. After a restart the retained announcement comes again, or
the device is asked for it; until then a number without a name is refused as `unannounced`, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

Scope = tuple[str, ...]
"""Within which numbers mean something: profile, topic, and what stood for the placeholders of both topics."""

Resolve = Callable[[str], str | None]

_SCOPES: Final = 4_096
_NAMES: Final = 10_000  # in one scope
_LONGEST: Final = 256  # characters of a name or number


class Announcements:
    """What every device announced. The scope heard of longest ago goes first when there are too many."""

    def __init__(self) -> None:
        self._known: dict[Scope, dict[str, str]] = {}

    def learn(self, scope: Scope, pairs: Iterable[tuple[str, str]]) -> None:
        """Numbers and their names; what was announced before stays unless it is announced anew."""
        names = self._known.pop(scope, {})
        for number, name in pairs:
            room = len(names) < _NAMES or number in names
            if room and len(number) <= _LONGEST and len(name) <= _LONGEST:
                names[number] = name
        while len(self._known) >= _SCOPES:
            del self._known[next(iter(self._known))]
        self._known[scope] = names

    def forget(self, scope: Scope) -> None:
        """A device that died announces itself anew."""
        self._known.pop(scope, None)

    def resolver(self, scopes: tuple[Scope, ...]) -> Resolve:
        """A function from number to name, asking the scopes in turn."""

        def resolve(number: str) -> str | None:
            for scope in scopes:
                name = self._known.get(scope, {}).get(number)
                if name is not None:
                    return name
            return None

        return resolve


def nothing_announced(number: str) -> str | None:
    """The resolver of topics whose ids are names already."""
    return None
