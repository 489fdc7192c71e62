"""Secrets written into the installation's addresses, where everybody who may export it can read them. A hint only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from domain.errors import Problem
from domain.registry import Installation

PLACEHOLDER: Final = re.compile(r"\{secret:[A-Za-z0-9_.-]+\}")
ADVICE: Final = "put it into a secret file and write {secret:NAME} in its place"
_TELLING: Final = re.compile(r"token|key|password|passwd|pass|secret|auth|sig", re.IGNORECASE)
_LONG: Final = re.compile(r"(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z0-9_-]{20,}|[0-9a-f]{24,}")
_BOT: Final = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}")  # Telegram: number of the bot, colon, its token


def secret_hints(installation: Installation) -> Iterator[Problem]:
    """Addresses of contacts and routes that seem to carry a secret. The address is never repeated."""
    for index, contact in enumerate(installation.contacts):
        if contact.address is not None and (found := seems_secret(contact.address)):
            yield Problem("", f"contacts[{index}].address", f"{found}; {ADVICE}")
    for index, route in enumerate(installation.routes):
        if route.url is not None and (found := seems_secret(str(route.url))):
            yield Problem("", f"routes[{index}].url", f"{found}; {ADVICE}")


def seems_secret(address: str) -> str | None:
    """What of an address looks like a secret, in words; None where nothing does."""
    plain = PLACEHOLDER.sub("", address).replace("%7Bsecret:", "")
    if _BOT.search(plain):
        return "it seems to carry the token of a bot"
    try:
        parts = urlsplit(plain)
    except ValueError:
        return None
    if parts.password:
        return "it seems to carry a password"
    for name, value in parse_qsl(parts.query):
        if _TELLING.search(name) and value:
            return f"{name} seems to be a secret"
    pieces = [*(parts.netloc or "").split("@"), *parts.path.split("/")]
    return "it seems to carry a token" if any(_LONG.fullmatch(piece) for piece in pieces) else None
