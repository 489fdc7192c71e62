"""Who may sign: a person known to the installation, whose role includes it. The same for page, API and command."""

from __future__ import annotations

from typing import Protocol

from domain.account import Action, User, may
from domain.errors import Invalid, NotFound


class People(Protocol):
    """Those who can log in."""

    def user(self, name: str) -> User:
        """Raises NotFound."""
        ...


def require_signer(people: People, name: str) -> User:
    """The person. Raises Invalid (`by`) for a stranger, somebody switched off, or a role that does not sign."""
    try:
        found = people.user(name)
    except NotFound:
        raise Invalid(f"{name} is not known to this installation; a signature is a person's", "by") from None
    if not found.active:
        raise Invalid(f"{name} is switched off", "by")
    if not may(found.role, Action.SIGN):
        raise Invalid(f"{name} is a {found.role}; reports are signed by an officer", "by")
    return found
