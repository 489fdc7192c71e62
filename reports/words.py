"""The words of the compliance report: `reports/words.toml`, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from domain.text import Language

FILE = Path(__file__).with_name("words.toml")


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(FILE.read_text("utf-8"))


class Words:
    """Says things in one language; Indonesian for any but English."""

    def __init__(self, language: str) -> None:
        self._language = "en" if language == Language.EN else "id"

    def __call__(self, key: str, **given: object) -> str:
        """The phrase of `group.name`, with what is given put in. Raises KeyError for one that does not exist."""
        group, name = key.split(".")
        return _table()[group][name][self._language].format(**given)

    def find(self, key: str, instead: str) -> str:
        """The phrase, or `instead` where there is none (reasons that came later)."""
        group, _, name = key.partition(".")
        phrase = _table().get(group, {}).get(name)
        return instead if phrase is None else phrase[self._language]
