"""Who did something, by the name people know: a contact's, a user's, or that of what acts without being a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dashboard.wording import Words
from domain.registry import Contact

OURS: Final = {"pantau": "actor.pantau", "command line": "actor.command_line", "drill": "actor.drill"}


def name_of(who: str | None, contacts: Iterable[Contact], words: Words) -> str:
    """The name of the contact of that id; else the word itself, which is a user's name."""
    if who in OURS:
        return words(OURS[who])
    return next((one.name for one in contacts if one.id == who), who or "")
