"""Who is asking: sessions for people, tokens for programs. Only digests are kept."""

from __future__ import annotations

import hmac

import structlog

from api.passwords import TOKEN_PREFIX, Passwords, digest, new_secret
from api.throttle import Throttle
from domain.account import AuditEntry, Identity, Role, Session, Token, User
from domain.errors import Conflict, Invalid, NotFound
from domain.ports import Accounts, AuditLog
from domain.reading import Millis
from domain.text import Language

TRIES_PER_NAME = 10
TRIES_PER_ADDRESS = 50
WINDOW: Millis = 15 * 60_000
_HOUR: Millis = 3_600_000

log = structlog.get_logger()


def hash_password(password: str) -> str:
    """The argon2id hash to store for a password (for the command line; the API has its own)."""
    return Passwords().hash(password)


def new_token(name: str, role: Role, now: Millis) -> tuple[str, Token]:
    """A secret to show once, and the token to store."""
    secret = TOKEN_PREFIX + new_secret()
    return secret, Token(name=name, role=role, digest=digest(secret), created_at=now)


class SessionAuthenticator:
    """The Authenticator port over stored accounts. Tries are counted in this process's memory."""

    def __init__(self, accounts: Accounts, audit: AuditLog, session_hours: float = 12.0) -> None:
        self._accounts = accounts
        self._audit = audit
        self._life = round(session_hours * _HOUR)
        self._passwords = Passwords()
        self._names = Throttle(TRIES_PER_NAME, WINDOW)
        self._addresses = Throttle(TRIES_PER_ADDRESS, WINDOW)

    def log_in(self, name: str, password: str, address: str, now: Millis) -> tuple[str, Session]:
        """See the port. The work is the same whether or not the name exists."""
        self._hold_back(name, address, now)
        user = self._find(name)
        right = self._passwords.matches(user.password_hash if user else None, password)
        if user is None or not right or not user.active:
            log.warning("login.refused", name=name[:64], address=address)
            raise Invalid("the name or the password is wrong", "password")
        self._names.forgive(name)
        self._addresses.take_back(address)
        return self._open(user, now)

    def log_out(self, cookie: str) -> None:
        """See the port."""
        self._accounts.end_session(digest(cookie))

    def session(self, cookie: str, now: Millis) -> tuple[Identity, Session] | None:
        """See the port. A changed password or a person switched off ends every session at once."""
        session = self._accounts.session(digest(cookie), now)
        user = self._find(session.user) if session else None
        if session is None or user is None or not user.active or not _sealed_by(session.csrf, user):
            return None
        return Identity(name=user.name, role=user.role, language=user.language), session

    def program(self, token: str, now: Millis) -> Identity | None:
        """See the port."""
        if not token.startswith(TOKEN_PREFIX):
            return None
        found = self._accounts.token(digest(token))
        return None if found is None else Identity(name=found.name, role=found.role, program=True)

    def set_language(self, name: str, language: Language) -> None:
        """See the port. Raises NotFound."""
        user = self._accounts.user(name)
        self._accounts.save_user(
            User(user.name, user.role, user.password_hash, language, user.active, user.created_at)
        )

    def _hold_back(self, name: str, address: str, now: Millis) -> None:
        wait = self._addresses.begin(address, now) or self._names.begin(name, now)
        if wait:
            log.warning("login.held_back", name=name[:64], address=address, seconds=wait)
            raise Conflict(f"too many tries: wait {wait} s", str(wait))

    def _find(self, name: str) -> User | None:
        try:
            return self._accounts.user(name)
        except NotFound:
            return None

    def _open(self, user: User, now: Millis) -> tuple[str, Session]:
        secret = new_secret()
        session = Session(digest(secret), user.name, _csrf_of(new_secret(), user), now, now + self._life)
        self._accounts.add_session(session)
        self._audit.add(AuditEntry(at=now, who=user.name, action="log_in", target=f"user/{user.name}"))
        return secret, session


def _csrf_of(nonce: str, user: User) -> str:
    """A random text sealed with the password's hash: when the password changes, the seal breaks."""
    return f"{nonce}.{digest(nonce + user.password_hash)[:32]}"


def _sealed_by(csrf: str, user: User) -> bool:
    nonce, _, _ = csrf.partition(".")
    return hmac.compare_digest(_csrf_of(nonce, user), csrf)
