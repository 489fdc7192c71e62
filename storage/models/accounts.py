"""Who may do what: accounts, sessions, tokens and signed links."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Table

from storage.models.columns import Key, index, key, metadata, millis, words

account: Final = Table(
    "account",
    metadata,
    key("name", primary=True),
    words("role"),
    words("password_hash"),
    words("language"),
    Column("active", Boolean, nullable=False),
    millis("created_at"),
)

session: Final = Table(
    "session",
    metadata,
    key("digest", primary=True),
    key("user"),
    words("csrf"),
    millis("created_at"),
    millis("expires_at"),
)
index(session, "ix_session_expires_at", "expires_at")

token: Final = Table(
    "token",
    metadata,
    key("name", primary=True),
    words("role"),
    Column("digest", Key, nullable=False, unique=True),
    millis("created_at"),
    millis("last_used_at", optional=True),
    millis("revoked_at", optional=True),
)

used_link: Final = Table("used_link", metadata, key("digest", primary=True), millis("at"))
index(used_link, "ix_used_link_at", "at")

kiosk_link: Final = Table(
    "kiosk_link",
    metadata,
    key("id", primary=True),
    words("name"),
    key("site"),
    words("language"),
    words("who"),
    millis("created_at"),
    millis("revoked_at", optional=True),
)
