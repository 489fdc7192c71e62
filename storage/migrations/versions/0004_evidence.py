"""SPARING's queue and send log; records that people write beside the readings, and their attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _sparing()
    _evidence()


def _sparing() -> None:
    op.create_table(
        "sparing_package",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("point", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("duplicates", sa.Text(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sparing_package"),
        sa.UniqueConstraint("point", "kind", "start", name="uq_sparing_package_point_kind_start"),
        sqlite_autoincrement=True,
    )
    queued = sa.text("state = 'queued'")
    op.create_index(
        "ix_sparing_package_queued",
        "sparing_package",
        ["point", "start", "id"],
        sqlite_where=queued,
        postgresql_where=queued,
    )
    op.create_index("ix_sparing_package_start", "sparing_package", ["point", "start"])
    for state, moment in (("empty", "queued_at"), ("given_up", "ended_at")):
        only = sa.text(f"state = '{state}'")
        columns = ["point", moment]
        op.create_index(
            f"ix_sparing_package_{state}", "sparing_package", columns, sqlite_where=only, postgresql_where=only
        )
    op.create_table(
        "sparing_receipt",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("package", NUMBER, nullable=False),
        sa.Column("point", KEY, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("verdict", KEY, nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("http", sa.Integer(), nullable=True),
        sa.Column("status", sa.Boolean(), nullable=True),
        sa.Column("desc", sa.Text(), nullable=True),
        sa.Column("duplicates", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sparing_receipt"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sparing_receipt_point", "sparing_receipt", ["point", "id"])
    op.create_index("ix_sparing_receipt_package", "sparing_receipt", ["package"])
    tests = sa.text("kind = 'test'")
    op.create_index(
        "ix_sparing_receipt_tests",
        "sparing_receipt",
        ["point", "uid"],
        sqlite_where=tests,
        postgresql_where=tests,
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", KEY, nullable=False),
        sa.Column("part", KEY, nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=True),
        sa.Column("newest", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "number", name="pk_evidence"),
    )
    newest = sa.text("newest = true")
    indexes = {
        "place": ["kind", "place", "start", "id"],
        "part": ["kind", "part", "start", "id"],
        "start": ["kind", "start", "id"],
    }
    for name, columns in indexes.items():
        op.create_index(f"ix_evidence_{name}", "evidence", columns, sqlite_where=newest, postgresql_where=newest)
    op.create_table(
        "attachment",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_attachment"),
    )
