"""Users, tokens, sessions and the audit log on the wire. No hash and no digest ever stands here."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, SecretStr, StringConstraints

from api.passwords import MIN_PASSWORD
from api.schemas import NAME, Given, Wire
from api.times import WireTime, optional_time
from domain.account import AuditEntry, Identity, Role, Session, Token, User
from domain.instants import utc_text
from domain.text import Language

Name = Annotated[str, StringConstraints(pattern=NAME, min_length=2, max_length=64)]
NewPassword = Annotated[SecretStr, Field(min_length=MIN_PASSWORD, max_length=200)]


class Login(Given):
    """A person's name and password."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["teknisi"])
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class Me(Wire):
    """Who is asking. `csrf` goes into the header `X-CSRF-Token` of every change; null for a program."""

    name: str
    role: str
    language: str
    program: bool
    csrf: str | None
    expires_at: WireTime | None

    @classmethod
    def of(cls, identity: Identity, session: Session | None) -> Self:
        return cls(
            name=identity.name,
            role=identity.role,
            language=identity.language,
            program=identity.program,
            csrf=session.csrf if session else None,
            expires_at=utc_text(session.expires_at) if session else None,
        )


class LanguageChoice(Given):
    """The language of the pages for this person."""

    language: Language


class UserOut(Wire):
    """A person."""

    name: str
    role: Role
    language: Language
    active: bool
    created_at: WireTime

    @classmethod
    def of(cls, user: User) -> Self:
        created = utc_text(user.created_at)
        return cls(name=user.name, role=user.role, language=user.language, active=user.active, created_at=created)


class NewUser(Given):
    """A person to add."""

    name: Name = Field(examples=["siti"])
    role: Role
    password: NewPassword
    language: Language = Language.ID


class UserChange(Given):
    """What to change of a person; what is left out stays."""

    role: Role | None = None
    language: Language | None = None
    active: bool | None = None


class PasswordChange(Given):
    """A new password. Every session of the person ends."""

    password: NewPassword


class TokenOut(Wire):
    """A program's key, without its secret."""

    name: str
    role: Role
    created_at: WireTime
    last_used_at: WireTime | None
    revoked_at: WireTime | None

    @classmethod
    def of(cls, token: Token) -> Self:
        return cls(
            name=token.name,
            role=token.role,
            created_at=utc_text(token.created_at),
            last_used_at=optional_time(token.last_used_at),
            revoked_at=optional_time(token.revoked_at),
        )


class NewToken(Given):
    """A key to make for a program."""

    name: Name = Field(examples=["grafana"])
    role: Role


class TokenSecret(Wire):
    """The key. It is shown this once and cannot be shown again."""

    name: str
    role: Role
    token: str


class AuditOut(Wire):
    """Who changed what, when. `before` and `after` are JSON text."""

    id: int
    time: WireTime
    who: str
    action: str
    target: str
    before: str | None
    after: str | None

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        return cls(
            id=entry.id,
            time=utc_text(entry.at),
            who=entry.who,
            action=entry.action,
            target=entry.target,
            before=entry.before,
            after=entry.after,
        )
