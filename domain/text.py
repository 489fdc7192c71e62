"""Words for people, in Indonesian and English."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Language(StrEnum):
    """Interface languages; Indonesian is the first."""

    ID = "id"
    EN = "en"


class Text(BaseModel):
    """One phrase in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """The phrase in the language asked for, Indonesian for any other."""
        return self.en if language == Language.EN else self.id
