"""The program's own books: counters, leases, heartbeats, the audit log, dead letters."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, LargeBinary, Table

from storage.models.columns import index, key, metadata, millis, numbered, words

counter: Final = Table("counter", metadata, key("name", primary=True), millis("value"))

lease: Final = Table("lease", metadata, key("name", primary=True), words("holder"), millis("until"), millis("term"))

heartbeat: Final = Table("heartbeat", metadata, key("part", primary=True), millis("at"), words("detail"))

audit: Final = Table(
    "audit",
    metadata,
    numbered(),
    millis("at"),
    words("who"),
    words("action"),
    words("target"),
    words("before", optional=True),
    words("after", optional=True),
    sqlite_autoincrement=True,
)

dead_letter: Final = Table(
    "dead_letter",
    metadata,
    numbered(),
    words("topic"),
    Column("payload", LargeBinary, nullable=False),
    millis("received_at"),
    key("reason"),
    words("detail"),
    key("device", optional=True),
    Column("retained", Boolean, nullable=False),
    Column("partial", Boolean, nullable=False),
    millis("replayed_at", optional=True),
    sqlite_autoincrement=True,
)
index(dead_letter, "ix_dead_letter_reason", "reason", "id")
index(dead_letter, "ix_dead_letter_device", "device", "id")
index(dead_letter, "ix_dead_letter_waiting", "id", where=dead_letter.c.replayed_at.is_(None))
