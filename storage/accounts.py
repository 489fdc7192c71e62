"""Users, sessions and tokens (`domain.ports.Accounts`). Only hashes of secrets are ever stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import delete, insert, select, update

from domain.account import Role, Session, Token, User
from domain.errors import Conflict, NotFound
from domain.reading import Millis
from domain.text import Language
from storage.database import Database
from storage.models import account
from storage.models import session as session_table
from storage.models import token as token_table
from storage.upserts import upsert

_USER: Final = tuple(account.c[name] for name in User.__struct_fields__)
_SESSION: Final = tuple(session_table.c[name] for name in Session.__struct_fields__)
_TOKEN: Final = tuple(token_table.c[name] for name in Token.__struct_fields__)


class SqlAccounts:
    """Accounts in one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def user(self, name: str) -> User:
        """Raises NotFound."""
        with self._db.reading() as connection:
            row = connection.execute(select(*_USER).where(account.c.name == name)).one_or_none()
        if row is None:
            raise NotFound(f"there is no user {name}")
        return _user(row)

    def users(self) -> list[User]:
        """All, by name."""
        with self._db.reading() as connection:
            return [_user(row) for row in connection.execute(select(*_USER).order_by(account.c.name))]

    def save_user(self, user: User) -> None:
        """Add or replace."""
        with self._db.writing() as connection:
            connection.execute(upsert(connection, account), msgspec.structs.asdict(user))

    def add_session(self, session: Session) -> None:
        """Remember a session, and forget those that had expired when it began."""
        with self._db.writing() as connection:
            connection.execute(delete(session_table).where(session_table.c.expires_at <= session.created_at))
            connection.execute(insert(session_table), msgspec.structs.asdict(session))

    def session(self, digest: str, now: Millis) -> Session | None:
        """None when unknown or expired."""
        query = select(*_SESSION).where(session_table.c.digest == digest, session_table.c.expires_at > now)
        with self._db.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Session(*row)

    def end_session(self, digest: str) -> None:
        """Forget it; unknown is fine."""
        with self._db.writing() as connection:
            connection.execute(delete(session_table).where(session_table.c.digest == digest))

    def add_token(self, token: Token) -> None:
        """Raises Conflict when the name is taken, also by a revoked token."""
        with self._db.writing() as connection:
            taken = connection.execute(select(*_TOKEN).where(token_table.c.name == token.name)).one_or_none()
            if taken is not None:
                revoked = _token(taken).revoked_at is not None
                raise Conflict(f"there is a token {token.name} already", "revoked" if revoked else "in use")
            connection.execute(insert(token_table), msgspec.structs.asdict(token))

    def token(self, digest: str) -> Token | None:
        """None when unknown or revoked."""
        query = select(*_TOKEN).where(token_table.c.digest == digest, token_table.c.revoked_at.is_(None))
        with self._db.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _token(row)

    def tokens(self) -> list[Token]:
        """All, by name."""
        with self._db.reading() as connection:
            return [_token(row) for row in connection.execute(select(*_TOKEN).order_by(token_table.c.name))]

    def revoke_token(self, name: str, now: Millis) -> None:
        """Raises NotFound. Revoked again it keeps the time of the first."""
        with self._db.writing() as connection:
            if connection.execute(select(token_table.c.name).where(token_table.c.name == name)).one_or_none() is None:
                raise NotFound(f"there is no token {name}")
            first = update(token_table).where(token_table.c.name == name, token_table.c.revoked_at.is_(None))
            connection.execute(first.values(revoked_at=now))


def _user(row: Sequence[Any]) -> User:
    name, role, password_hash, language, active, created_at = row
    return User(name, Role(role), password_hash, Language(language), active, created_at)


def _token(row: Sequence[Any]) -> Token:
    name, role, *rest = row
    return Token(name, Role(role), *rest)
