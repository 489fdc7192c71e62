"""Addresses of contacts and routes: whether anything could be delivered there. Sends nothing, repeats none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from alerts.notifiers import NOTIFIERS
from alerts.notifiers.apprise import AppriseNotifier
from alerts.secrets import PLACEHOLDER, Secrets
from domain.errors import DeliveryError, Problem
from domain.reference_names import did_you_mean, missing
from domain.registry import Installation

WEB: Final = frozenset({"http", "https"})
ADDRESSLESS: Final = frozenset({"log"})
_MEANT: Final = re.compile(r"(?:\{|%7B)\s*secret\b[^}]*(?:\}|%7D|$)", re.IGNORECASE)

Place = tuple[str, str, str | None]  # key of the noun, notifier, address


def address_problems(installation: Installation, secrets: Secrets | None = None) -> list[Problem]:
    """Unknown notifiers and schemes, names that no secret can have; with all its `secrets` there, an address that its
    channel cannot read.
    """
    return [problem for place in _places(installation) for problem in _problems(*place, secrets or Secrets(None))]


def missing_secret_hints(installation: Installation, secrets: Secrets) -> Iterator[Problem]:
    """Secrets that an address names and that cannot be read here: whoever runs the alerts may have them."""
    for key, _, address in _places(installation):
        for name in secrets.missing(address or ""):
            yield Problem(
                "", key, f"there is no secret {name} in alerts.secrets_dir; until it is, nobody is told here"
            )


def _places(installation: Installation) -> Iterator[Place]:
    for index, contact in enumerate(installation.contacts):
        yield f"contacts[{index}].address", contact.notifier, contact.address
    for index, route in enumerate(installation.routes):
        if route.notifier is not None:
            yield f"routes[{index}].url", route.notifier, None if route.url is None else str(route.url)


def _problems(key: str, notifier: str, address: str | None, secrets: Secrets) -> Iterator[Problem]:
    if notifier not in NOTIFIERS:
        yield Problem("", f"{key.partition('.')[0]}.notifier", missing("notifier", notifier, NOTIFIERS))
    elif address is not None and notifier not in ADDRESSLESS:
        trouble = _unnamed(address) or _trouble(notifier, address, secrets)
        if trouble:
            yield Problem("", key, trouble)


def _unnamed(address: str) -> str | None:
    """A secret whose name is none: it would be taken for a part of the address."""
    if _MEANT.search(PLACEHOLDER.sub("", address)) is None:
        return None
    return "that is no name of a secret; write {secret:NAME} with letters, digits, dots, dashes and underscores"


def _trouble(notifier: str, address: str, secrets: Secrets) -> str | None:
    whole = PLACEHOLDER.fullmatch(address) is not None
    if secrets.missing(address):
        return None if whole else _scheme_trouble(notifier, address)
    filled = secrets.fill(address)
    trouble = _scheme_trouble(notifier, filled)
    if trouble is None and notifier == "apprise":
        try:
            _apprise().check(filled)
        except DeliveryError as refused:
            return str(refused)
    return f"the address in the secret: {trouble}" if trouble and whole else trouble


def _scheme_trouble(notifier: str, address: str) -> str | None:
    scheme, found, _ = address.partition("://")
    known = WEB if notifier == "webhook" else _schemes()
    if not found:
        return "an address begins with its channel, such as " + ("https://" if notifier == "webhook" else "tgram://")
    if scheme.lower() in known:
        return None
    said = (
        scheme if scheme.replace("-", "").isalnum() and len(scheme) < 20 else "this"
    )  # it may be a misplaced secret
    return f"there is no channel {said}://{did_you_mean(scheme.lower(), known)}"


@cache
def _apprise() -> AppriseNotifier:
    return AppriseNotifier()


@cache
def _schemes() -> frozenset[str]:
    return _apprise().schemes()
