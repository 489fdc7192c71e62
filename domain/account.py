"""People and programs that use Pantau, what they may do, and the record of what they did."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from domain.reading import Millis
from domain.text import Language


class Role(StrEnum):
    """Who somebody is to Pantau. What each may do stands in `PERMISSIONS`."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    TECHNICIAN = "technician"
    OFFICER = "officer"
    ADMIN = "admin"


class User(Struct, frozen=True):
    """A person. `password_hash` is an argon2 hash; it never leaves storage and api."""

    name: str
    role: Role
    password_hash: str
    language: Language = Language.ID
    active: bool = True
    created_at: Millis = 0


class Token(Struct, frozen=True):
    """A program's key: only the SHA-256 of the secret is kept."""

    name: str
    role: Role
    digest: str
    created_at: Millis = 0
    last_used_at: Millis | None = None
    revoked_at: Millis | None = None


class Session(Struct, frozen=True):
    """A person's session: only the SHA-256 of the cookie is kept. `csrf` guards form posts."""

    digest: str
    user: str
    csrf: str
    created_at: Millis
    expires_at: Millis


class Identity(Struct, frozen=True):
    """Who is asking: a person or a program, with its role."""

    name: str
    role: Role
    language: Language = Language.ID
    program: bool = False


class AuditEntry(Struct, frozen=True):
    """Who changed what, when. `before` and `after` are JSON text; secrets never stand in them."""

    at: Millis
    who: str
    action: str
    target: str
    before: str | None = None
    after: str | None = None
    id: int = 0


class Action(StrEnum):
    """What can be done in Pantau, for `may`."""

    READ = "read"
    COMMENT = "comment"
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    CALIBRATE = "calibrate"
    SIGN = "sign"  # sign a day or a report
    CONFIGURE = "configure"  # devices, rules, users, dead letters


_OPERATOR = frozenset({Action.READ, Action.COMMENT, Action.ACKNOWLEDGE})
_TECHNICIAN = _OPERATOR | {Action.SHELVE, Action.CALIBRATE}

PERMISSIONS: dict[Role, frozenset[Action]] = {
    Role.VIEWER: frozenset({Action.READ}),
    Role.OPERATOR: _OPERATOR,
    Role.TECHNICIAN: _TECHNICIAN,
    Role.OFFICER: frozenset({Action.READ, Action.COMMENT, Action.SIGN}),
    Role.ADMIN: frozenset(Action),
}


def may(role: Role, action: Action) -> bool:
    """Whether a role includes an action."""
    return action in PERMISSIONS[role]
