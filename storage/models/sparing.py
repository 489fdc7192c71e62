"""SPARING: packages to send, and the receipts of what was sent."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Integer, Table, UniqueConstraint, literal_column

from storage.models.columns import (
    EMPTY_STATE,
    GIVEN_UP,
    QUEUED,
    Number,
    index,
    key,
    metadata,
    millis,
    numbered,
    words,
)

sparing_package: Final = Table(
    "sparing_package",
    metadata,
    numbered(),
    key("point"),
    key("kind"),
    millis("start"),
    millis("stop"),
    words("payload"),  # the claims, never the signed token
    Column("records", Integer, nullable=False),
    millis("queued_at"),
    millis("next_attempt_at"),
    words("missing"),
    words("duplicates"),
    key("state"),
    Column("attempts", Integer, nullable=False),
    millis("ended_at", optional=True),
    UniqueConstraint("point", "kind", "start"),
    sqlite_autoincrement=True,
)
index(sparing_package, "ix_sparing_package_queued", "point", "start", "id", where=sparing_package.c.state == QUEUED)
index(sparing_package, "ix_sparing_package_start", "point", "start")
# what was noted at a time that has not come is looked for every 20 s, over years of packages
index(sparing_package, "ix_sparing_package_empty", "point", "queued_at", where=sparing_package.c.state == EMPTY_STATE)
index(sparing_package, "ix_sparing_package_given_up", "point", "ended_at", where=sparing_package.c.state == GIVEN_UP)

sparing_receipt: Final = Table(
    "sparing_receipt",
    metadata,
    numbered(),
    Column("package", Number, nullable=False),
    key("point"),
    words("uid"),
    key("kind"),
    millis("start"),
    millis("at"),
    Column("attempt", Integer, nullable=False),
    key("verdict"),
    Column("records", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("http", Integer, nullable=True),
    Column("status", Boolean, nullable=True),
    words("desc", optional=True),
    words("duplicates"),
    words("fingerprint", optional=True),
    sqlite_autoincrement=True,
)
index(sparing_receipt, "ix_sparing_receipt_point", "point", "id")
index(sparing_receipt, "ix_sparing_receipt_package", "package")
index(
    sparing_receipt,
    "ix_sparing_receipt_tests",
    "point",
    "uid",
    where=sparing_receipt.c.kind == literal_column("'test'"),
)
