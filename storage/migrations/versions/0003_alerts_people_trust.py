"""Causes, memory and held-down alerts; whom to tell; versions of rules; the lease; pauses and service."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MILLIS = sa.BigInteger()
FAILED = sa.text("state = 'failed'")
OPEN = sa.text("state != 'normal'")
DUE = sa.text("due IS NOT NULL AND state != 'normal'")


def upgrade() -> None:
    """Make the tables and columns; keep everything that is there."""
    _alerts()
    _outbox()
    _nouns()
    _rule_versions()
    _evaluators()
    _operations()


def _alerts() -> None:
    """Columns are only appended, so that a long history costs nothing."""
    op.add_column("rule_state", sa.Column("memo", sa.Text(), nullable=True))
    op.add_column("rule_state", sa.Column("memo_seq", MILLIS, nullable=False, server_default=sa.text("0")))
    op.add_column("rule_state", sa.Column("raised", sa.Text(), nullable=True))
    op.add_column("rule_state", sa.Column("parent", sa.Text(), nullable=True))
    op.add_column("alert", sa.Column("parent", sa.Text(), nullable=True))
    op.add_column("alert", sa.Column("due", MILLIS, nullable=True))
    op.add_column("alert", sa.Column("chattering", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("alert", sa.Column("latching", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE alert SET due = shelved_until WHERE state = 'shelved'")
    op.create_index(
        "ix_alert_open_device", "alert", ["device", "since", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_alert_due", "alert", ["due", "id"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index("ix_transition_at", "transition", ["at"])


def _outbox() -> None:
    """One notification for each target instead of each route; rebuilt in SQLite, which cannot drop a constraint."""
    with op.batch_alter_table("notification", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("contact", KEY, nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("purpose", sa.Text(), nullable=False, server_default=sa.text("'news'")))
        table.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default=sa.text("0")))
        table.add_column(sa.Column("seen_at", MILLIS, nullable=True))
        table.drop_constraint("uq_notification_transition_route", type_="unique")
        table.create_unique_constraint(
            "uq_notification_transition_route_contact_purpose_round",
            ["transition", "route", "contact", "purpose", "round"],
        )
    op.create_index("ix_notification_failed", "notification", ["id"], sqlite_where=FAILED, postgresql_where=FAILED)
    op.create_index("ix_notification_queued_at", "notification", ["queued_at"])


def _nouns() -> None:
    for name in ("schedule", "contact", "rota"):
        op.create_table(
            name,
            sa.Column("id", KEY, nullable=False),
            sa.Column("position", sa.BigInteger(), nullable=False),
            sa.Column("document", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        )


def _rule_versions() -> None:
    table = op.create_table(
        "rule_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MILLIS, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", "version", name="pk_rule_version"),
    )
    known = _audited_versions()
    if known:
        op.bulk_insert(table, known)


def _audited_versions() -> list[dict[str, Any]]:
    """The versions of today's rules, as the audit log tells them."""
    connection = op.get_bind()
    rules = connection.execute(sa.text("SELECT id, document FROM rule"))
    present: dict[str, str] = {row.id: row.document for row in rules}
    told = connection.execute(
        sa.text("SELECT target, at, who, after FROM audit WHERE target LIKE 'rule/%' ORDER BY id")
    )
    rows = [(target.removeprefix("rule/"), at, who, after) for target, at, who, after in told if after is not None]
    last = {rule: after for rule, _, _, after in rows}
    rows += [(rule, 0, "pantau", document) for rule, document in present.items() if rule not in last]
    count: Counter[str] = Counter()
    versions = []
    for rule, at, who, document in rows:
        if rule in present:
            count[rule] += 1
            versions.append({"id": rule, "version": count[rule], "at": at, "who": who, "document": document})
    return versions


def _evaluators() -> None:
    """Who judges, and which links were used."""
    op.create_table(
        "lease",
        sa.Column("name", KEY, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", MILLIS, nullable=False),
        sa.Column("term", MILLIS, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "used_link",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("at", MILLIS, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_used_link"),
    )
    op.create_index("ix_used_link_at", "used_link", ["at"])


def _operations() -> None:
    """Places out of operation, and service done."""
    op.create_table(
        "pause",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("site", KEY, nullable=False),
        sa.Column("stage", KEY, nullable=True),
        sa.Column("device", KEY, nullable=True),
        sa.Column("start", MILLIS, nullable=False),
        sa.Column("stop", MILLIS, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pause"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pause_start", "pause", ["start", "id"])
    op.create_index("ix_pause_stop", "pause", ["stop"])
    op.create_table(
        "service_record",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("device", KEY, nullable=False),
        sa.Column("at", MILLIS, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("run_hours", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_service_record"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_service_record_at", "service_record", ["at", "id"])
    op.create_index("ix_service_record_device", "service_record", ["device", "at", "id"])
