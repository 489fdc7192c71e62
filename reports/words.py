"""The words of reports: `reports/words.toml` for the compliance report, a file of its own for others. Read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from domain.text import Language

FILE = Path(__file__).with_name("words.toml")


@cache
def _table(file: Path) -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(file.read_text("utf-8"))


class Words:
    """Says things in one language; Indonesian for any but English."""

    def __init__(self, language: str, file: Path = FILE) -> None:
        self._file = file
        self._language = "en" if language == Language.EN else "id"

    def __call__(self, key: str, **given: object) -> str:
        """The phrase of `group.name`, with what is given put in. Raises KeyError for one that does not exist."""
        group, name = key.split(".")
        return _table(self._file)[group][name][self._language].format(**given)

    def find(self, key: str, instead: str) -> str:
        """The phrase, or `instead` where there is none (reasons that came later)."""
        group, _, name = key.partition(".")
        phrase = _table(self._file).get(group, {}).get(name)
        return instead if phrase is None else phrase[self._language]
