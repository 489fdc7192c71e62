"""Passwords and secrets: argon2id for what people remember, SHA-256 for what we draw at random."""

from __future__ import annotations

import hashlib
import secrets
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_PASSWORD = 10
TOKEN_PREFIX = "pantau_"  # noqa: S105  a mark to recognise keys by, no key
# OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane.
PASSES, MEMORY_KIB, LANES = 2, 19_456, 1


class Passwords:
    """Hashes and checks passwords one at a time, so that a flood of logins costs 19 MiB and not gigabytes."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._one_at_a_time = Lock()
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """An argon2id hash with its own salt."""
        with self._one_at_a_time:
            return self._hasher.hash(password)

    def matches(self, hashed: str | None, password: str) -> bool:
        """Whether it is the password. Works as long for nobody (`None`) as for somebody."""
        try:
            with self._one_at_a_time:
                self._hasher.verify(hashed or self._for_nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None

    def _for_nobody(self) -> str:
        if self._nobody is None:
            self._nobody = self._hasher.hash(secrets.token_urlsafe(16))
        return self._nobody


def digest(secret: str) -> str:
    """SHA-256 in hex: enough for a secret of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)
