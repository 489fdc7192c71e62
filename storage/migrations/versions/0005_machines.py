"""Shifts, stop reasons, service plans, and why machines stood still."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    for noun in ("shift", "stop_reason", "service_plan"):
        op.create_table(
            noun,
            sa.Column("id", KEY, nullable=False),
            sa.Column("position", sa.BigInteger(), nullable=False),
            sa.Column("document", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{noun}"),
        )
    op.create_table(
        "stop_record",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("device", KEY, nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key", KEY, nullable=True),
        sa.Column("going_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stop_record"),
        sa.UniqueConstraint("key", name="uq_stop_record_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stop_record_device", "stop_record", ["device", "stop"])
