"""Signed links of the visitors' screen (`domain.kiosk.KioskLinks`)."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final

from itsdangerous import BadData, URLSafeSerializer

from domain.errors import Invalid, NotFound
from domain.kiosk import KioskLink
from domain.reading import Millis
from domain.text import Language
from storage.kiosk_links import SqlKioskLinks

SALT: Final = "pantau.kiosk"
NAME: Final = 100  # characters


class SignedKiosks:
    """A token is the link's id, signed with HMAC-SHA-256 by the installation's own key. It has no end of its own: a
    screen hangs for years; it ends when it is revoked, or when the key is taken away.
    """

    def __init__(self, links: SqlKioskLinks, key: bytes, base_url: str) -> None:
        self._links = links
        self._signer = URLSafeSerializer(key, SALT, signer_kwargs={"digest_method": hashlib.sha256})
        self._base_url = base_url.rstrip("/")

    def make(self, name: str, site: str, language: str, who: str, now: Millis) -> KioskLink:
        """See the port."""
        if not name.strip() or len(name) > NAME:
            raise Invalid(f"give the screen a name of at most {NAME} characters", "name")
        if language not in list(Language):
            raise Invalid(f"there is no language {language}", "language")
        return self._links.add(KioskLink(secrets.token_hex(8), name.strip(), site, language, who, now))

    def address(self, link: KioskLink) -> str:
        """See the port."""
        return f"{self._base_url}/kiosk/{self._signer.dumps(link.id)}"

    def read(self, token: str) -> KioskLink:
        """See the port."""
        try:
            found: Any = self._signer.loads(token)
        except BadData:
            raise NotFound("this link is not one of ours") from None
        link = self._links.one(str(found))
        if link.revoked_at is not None:
            raise NotFound("this link was revoked")
        return link

    def revoke(self, link: str, who: str, now: Millis) -> KioskLink:
        """See the port."""
        return self._links.revoke(link, who, now)

    def all(self) -> list[KioskLink]:
        """See the port."""
        return self._links.all()
