"""Reports that were made and signed; links of the visitors' screen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "finished_report",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("place", KEY, nullable=False),
        sa.Column("period", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", KEY, nullable=False),
        sa.Column("newest", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "place", "period", "revision", name="pk_finished_report"),
    )
    newest = sa.text("newest = true")
    op.create_index(
        "ix_finished_report_first",
        "finished_report",
        ["first", "kind", "place"],
        sqlite_where=newest,
        postgresql_where=newest,
    )
    op.create_index(
        "ix_finished_report_made_at",
        "finished_report",
        ["made_at"],
        sqlite_where=newest,
        postgresql_where=newest,
    )
    op.create_table(
        "kiosk_link",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("site", KEY, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_kiosk_link"),
    )
