"""Secrets in addresses: `{secret:NAME}` stands for the content of the file NAME in the secrets folder.

So that no token stands in the registry, in an export or in a log. What was read is never kept: a new token holds from
the next message on.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from domain.errors import DeliveryError

# an address that is a URL is kept with its braces encoded
PLACEHOLDER: Final = re.compile(r"(?:\{|%7B)secret:([A-Za-z0-9_][A-Za-z0-9_.-]*)(?:\}|%7D)", re.IGNORECASE)


class Secrets:
    """The files of one folder; None where the installation has none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def fill(self, address: str) -> str:
        """The address with its secrets. Raises a permanent DeliveryError that names the missing one.

        An address that is nothing but a secret is taken as it stands in the file; within an address the secret is
        percent-encoded, so that no character of a password ends it early.
        """
        whole = PLACEHOLDER.fullmatch(address)
        if whole:
            return self._read(whole[1])
        return PLACEHOLDER.sub(lambda found: quote(self._read(found[1]), safe=""), address)

    def missing(self, address: str) -> list[str]:
        """The names of secrets that cannot be read, for checks."""
        return [name for name in PLACEHOLDER.findall(address) if self._try(name) is None]

    def _read(self, name: str) -> str:
        content = self._try(name)
        if content is None:
            where = "no secrets folder is set" if self._folder is None else "its file is missing, empty or unreadable"
            raise DeliveryError(f"there is no secret {name}: {where}", permanent=True)
        return content

    def _try(self, name: str) -> str | None:
        if self._folder is None:
            return None
        try:
            return (self._folder / name).read_text("utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None


def shown(address: str) -> str:
    """All that may be said of an address: its scheme and, for the web, its host and port.

    The place of the host holds a token in many of the schemes of Apprise, so it is left out there.
    """
    scheme, found, _ = address.partition("://")
    if not found or not scheme.isalnum():
        return "an address without a scheme"
    host = _host(address) if scheme.lower() in HOST_IS_PUBLIC else None
    return f"{scheme}://…" if host is None else f"{scheme}://{host}/…"


def _host(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    return f"{host}:{port}" if host and port else host


HOST_IS_PUBLIC: Final = frozenset({"http", "https", "json", "jsons", "form", "forms", "mailto", "mailtos"})
