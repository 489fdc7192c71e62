"""The first tables: registry, alerts, records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MILLIS = sa.BigInteger()


def upgrade() -> None:
    """Make the tables."""
    _registry()
    _alerts()
    _outbox()
    _records()
    _accounts()


def _registry() -> None:
    """What the installation consists of."""
    op.create_table(
        "site",
        sa.Column("id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_table(
        "device",
        sa.Column("id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("site", KEY, nullable=False),
        sa.Column("stage", KEY, nullable=False),
        sa.Column("profile", KEY, nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_device_site_site"),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
    )
    op.create_index("ix_device_site", "device", ["site", "id"], unique=False)
    op.create_table(
        "limit_set",
        sa.Column("id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_limit_set"),
    )
    op.create_table(
        "compliance_point",
        sa.Column("id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("site", KEY, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.id"], name="fk_compliance_point_site_site"),
        sa.PrimaryKeyConstraint("id", name="pk_compliance_point"),
    )
    op.create_table(
        "rule",
        sa.Column("id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule"),
    )
    op.create_table(
        "route",
        sa.Column("id", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_route"),
    )


def _alerts() -> None:
    """Rule states and alerts."""
    op.create_table(
        "rule_state",
        sa.Column("device", KEY, nullable=False),
        sa.Column("metric", KEY, nullable=False),
        sa.Column("rule", KEY, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since", MILLIS, nullable=True),
        sa.Column("watermark", MILLIS, nullable=True),
        sa.Column("deadline", MILLIS, nullable=True),
        sa.Column("alert", sa.Text(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("peak", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("device", "metric", "rule", name="pk_rule_state"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_rule_state_deadline",
        "rule_state",
        ["deadline"],
        unique=False,
        sqlite_where=sa.text("deadline IS NOT NULL"),
        postgresql_where=sa.text("deadline IS NOT NULL"),
    )
    op.create_table(
        "alert",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site", KEY, nullable=False),
        sa.Column("device", KEY, nullable=False),
        sa.Column("metric", KEY, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("rule", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("since", MILLIS, nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("limit", sa.Double(), nullable=True),
        sa.Column("peak", sa.Double(), nullable=True),
        sa.Column("returned_at", MILLIS, nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", MILLIS, nullable=True),
        sa.Column("shelved_until", MILLIS, nullable=True),
        sa.Column("closed_at", MILLIS, nullable=True),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("found_late", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    op.create_index("ix_alert_device", "alert", ["device", "since", "id"], unique=False)
    op.create_index(
        "ix_alert_open",
        "alert",
        ["since", "id"],
        unique=False,
        sqlite_where=sa.text("state != 'normal'"),
        postgresql_where=sa.text("state != 'normal'"),
    )
    op.create_index("ix_alert_since", "alert", ["since", "id"], unique=False)
    op.create_index("ix_alert_site", "alert", ["site", "since", "id"], unique=False)
    op.create_index("ix_alert_state", "alert", ["state", "since", "id"], unique=False)


def _outbox() -> None:
    """What moved an alert, and who is told of it."""
    op.create_table(
        "transition",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("alert", KEY, nullable=False),
        sa.Column("at", MILLIS, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["alert"], ["alert.id"], name="fk_transition_alert_alert"),
        sa.PrimaryKeyConstraint("id", name="pk_transition"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_transition_alert", "transition", ["alert", "id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("transition", NUMBER, nullable=False),
        sa.Column("route", KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", MILLIS, nullable=False),
        sa.Column("queued_at", MILLIS, nullable=False),
        sa.Column("sent_at", MILLIS, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["transition"], ["transition.id"], name="fk_notification_transition_transition"),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.UniqueConstraint("transition", "route", name="uq_notification_transition_route"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_notification_queued",
        "notification",
        ["next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )


def _records() -> None:
    """Counters, dead letters, audit, signs of life."""
    op.create_table(
        "counter",
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", MILLIS, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MILLIS, nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("device", KEY, nullable=True),
        sa.Column("retained", sa.Boolean(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("replayed_at", MILLIS, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dead_letter"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dead_letter_device", "dead_letter", ["device", "id"], unique=False)
    op.create_index("ix_dead_letter_reason", "dead_letter", ["reason", "id"], unique=False)
    op.create_index(
        "ix_dead_letter_waiting",
        "dead_letter",
        ["id"],
        unique=False,
        sqlite_where=sa.text("replayed_at IS NULL"),
        postgresql_where=sa.text("replayed_at IS NULL"),
    )
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", MILLIS, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "heartbeat",
        sa.Column("part", KEY, nullable=False),
        sa.Column("at", MILLIS, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("part", name="pk_heartbeat"),
    )


def _accounts() -> None:
    """People and programs."""
    op.create_table(
        "account",
        sa.Column("name", KEY, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MILLIS, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_account"),
    )
    op.create_table(
        "session",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("user", KEY, nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", MILLIS, nullable=False),
        sa.Column("expires_at", MILLIS, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"], unique=False)
    op.create_table(
        "token",
        sa.Column("name", KEY, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("created_at", MILLIS, nullable=False),
        sa.Column("last_used_at", MILLIS, nullable=True),
        sa.Column("revoked_at", MILLIS, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_token"),
        sa.UniqueConstraint("digest", name="uq_token_digest"),
    )
