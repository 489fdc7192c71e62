"""Texts that people type and officials read: nothing in them that is not seen."""

from __future__ import annotations

import unicodedata
from typing import Final

LINE: Final = 200  # characters of a name, a number, a place
LINES: Final = 500  # characters of an address
_BREAKS: Final = frozenset("\u2028\u2029")
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_line(text: str) -> str:
    """One line without its outer blanks. Raises ValueError for a line break, an unseen character, or too much."""
    return _plain(text, LINE, "")


def plain_lines(text: str) -> str:
    """Several lines, each without its outer blanks. Raises ValueError for an unseen character, or too much."""
    text = text.replace("\r\n", "\n")
    return _plain("\n".join(line.strip() for line in text.splitlines()) if "\n" in text else text, LINES, "\n")


def unseen(character: str) -> bool:
    """Control characters, halves of characters, what is none, and marks that turn the direction of reading."""
    breaks = character in _BREAKS or character in _TURNING
    nothing = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return breaks or nothing or unicodedata.category(character) in ("Cc", "Cs")


def _plain(text: str, most: int, allowed: str) -> str:
    text = text.strip()
    if len(text) > most:
        raise ValueError(f"is longer than {most} characters")
    for at, character in enumerate(text, 1):
        if character not in allowed and unseen(character):
            raise ValueError(f"holds a character that is not seen (U+{ord(character):04X}, the {at}. character)")
    return text
