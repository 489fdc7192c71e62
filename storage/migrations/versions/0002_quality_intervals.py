"""Quality intervals, and what the checks remember."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "quality_interval",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("device", KEY, nullable=False),
        sa.Column("metric", KEY, nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=False),
        sa.Column("flag", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_interval"),
        sa.UniqueConstraint("device", "metric", "who", "start", name="uq_quality_interval_device_metric_who_start"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_quality_interval_series", "quality_interval", ["device", "metric", "stop"])
    op.create_index("ix_quality_interval_stop", "quality_interval", ["stop"])
    op.create_index("ix_quality_interval_start", "quality_interval", ["start", "id"])
    op.create_index("ix_quality_interval_device", "quality_interval", ["device", "start", "id"])
    op.create_table(
        "quality_memory",
        sa.Column("device", KEY, nullable=False),
        sa.Column("metric", KEY, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device", "metric", name="pk_quality_memory"),
    )
