"""Links of the screen for study visits: whoever holds one reads one site's live page, and nothing else."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from domain.reading import Millis


class KioskLink(Struct, frozen=True):
    """One screen. `name` says where it hangs; `who` made it. From `revoked_at` on it shows nothing any more."""

    id: str
    name: str
    site: str
    language: str
    who: str
    created_at: Millis
    revoked_at: Millis | None = None


class KioskLinks(Protocol):
    """Made and revoked by admins; every change is audited, durable on return."""

    def make(self, name: str, site: str, language: str, who: str, now: Millis) -> KioskLink:
        """A further link. Raises Invalid for an empty name or a language there is none of."""
        ...

    def address(self, link: KioskLink) -> str:
        """The whole address of the screen, signed. Whoever has it may look."""
        ...

    def read(self, token: str) -> KioskLink:
        """The link behind a token. Raises NotFound for one that is forged or revoked."""
        ...

    def revoke(self, link: str, who: str, now: Millis) -> KioskLink:
        """No screen shows anything by it any more. Raises NotFound; one that was revoked stays as it is."""
        ...

    def all(self) -> list[KioskLink]:
        """Newest first, revoked ones too."""
        ...
