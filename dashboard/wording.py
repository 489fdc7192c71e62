"""The interface's words: one TOML file per language, flattened to dotted keys, loaded once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.text import Language, Text

LOCALES = Path(__file__).parent / "locale"


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested tables as `group.key` names."""
    flat: dict[str, str] = {}
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{name}.")
        else:
            flat[name] = str(value)
    return flat


def load(language: Language) -> dict[str, str]:
    """All phrases of one language: `id.toml` and those of a subject, such as `id-reports.toml`."""
    phrases: dict[str, str] = {}
    for file in (LOCALES / f"{language}.toml", *sorted(LOCALES.glob(f"{language}-*.toml"))):
        phrases |= flatten(tomllib.loads(file.read_text("utf-8")))
    return phrases


class Count(int):
    """A number that chooses its word: `{n} {n:day|days} left`."""

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if bar:
            return one if self == 1 else many
        return super().__format__(spec)


@dataclass(frozen=True)
class Words:
    """The phrases of one language."""

    language: Language
    phrases: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The phrase with its placeholders filled. Raises KeyError for a phrase nobody wrote."""
        counted = {name: Count(value) if type(value) is int else value for name, value in values.items()}
        return self.phrases[key].format(**counted)

    def of(self, group: str, key: object) -> str:
        """The phrase for a value of an enumeration; the value itself where there is none."""
        return self.phrases.get(f"{group}.{key}", str(key))

    def text(self, text: Text) -> str:
        """A phrase of the installation or a profile in this language."""
        return text.in_language(self.language)
