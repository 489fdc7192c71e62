"""Alerts: where each rule stands, the alert, its transitions and the messages that came of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, Table, Text, UniqueConstraint, and_, false

from storage.models.columns import (
    EMPTY,
    FAILED,
    NEWS,
    NORMAL,
    QUEUED,
    ZERO,
    Key,
    Number,
    double,
    index,
    key,
    metadata,
    millis,
    numbered,
    words,
)

rule_state: Final = Table(
    "rule_state",
    metadata,
    key("device", primary=True),  # first, so that the key itself answers "all rules of this series"
    key("metric", primary=True),
    key("rule", primary=True),
    words("status"),
    millis("since", optional=True),
    millis("watermark", optional=True),
    millis("deadline", optional=True),
    words("alert", optional=True),
    double("value"),
    double("peak"),
    words("memo", optional=True),
    Column("memo_seq", BigInteger, nullable=False, server_default=ZERO),
    words("raised", optional=True),  # JSON array of times; NULL when empty, as it mostly is
    words("parent", optional=True),
    sqlite_with_rowid=False,
)
index(rule_state, "ix_rule_state_deadline", "deadline", where=rule_state.c.deadline.is_not(None))

alert: Final = Table(
    "alert",
    metadata,
    key("id", primary=True),
    key("site"),
    key("device"),
    key("metric"),
    words("unit"),
    key("rule"),
    words("kind"),
    words("priority"),
    words("state"),
    Column("active", Boolean, nullable=False),
    millis("since"),
    double("value"),
    double("limit"),
    double("peak"),
    millis("returned_at", optional=True),
    words("acknowledged_by", optional=True),
    millis("acknowledged_at", optional=True),
    millis("shelved_until", optional=True),
    millis("closed_at", optional=True),
    Column("occurrences", Integer, nullable=False),
    Column("found_late", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    words("parent", optional=True),
    millis("due", optional=True),
    Column("chattering", Boolean, nullable=False, server_default=false()),
    Column("latching", Boolean, nullable=False, server_default=false()),
)
index(alert, "ix_alert_since", "since", "id")
index(alert, "ix_alert_site", "site", "since", "id")
index(alert, "ix_alert_device", "device", "since", "id")
index(alert, "ix_alert_open", "since", "id", where=alert.c.state != NORMAL)
index(alert, "ix_alert_state", "state", "since", "id")
index(alert, "ix_alert_open_device", "device", "since", "id", where=alert.c.state != NORMAL)
index(alert, "ix_alert_due", "due", "id", where=and_(alert.c.due.is_not(None), alert.c.state != NORMAL))

transition: Final = Table(
    "transition",
    metadata,
    numbered(),
    Column("alert", Key, ForeignKey("alert.id"), nullable=False),
    millis("at"),
    words("event"),
    words("from_state"),
    words("to_state"),
    words("who"),
    double("value"),
    words("comment", optional=True),
    sqlite_autoincrement=True,
)
index(transition, "ix_transition_alert", "alert", "id")
index(transition, "ix_transition_at", "at")

notification: Final = Table(
    "notification",
    metadata,
    numbered(),
    Column("transition", Number, ForeignKey("transition.id"), nullable=False),
    key("route"),
    words("state"),
    Column("attempts", Integer, nullable=False),
    millis("next_attempt_at"),
    millis("queued_at"),
    millis("sent_at", optional=True),
    words("last_error", optional=True),
    Column("contact", Key, nullable=False, server_default=EMPTY),
    Column("purpose", Text, nullable=False, server_default=NEWS),
    Column("round", Integer, nullable=False, server_default=ZERO),
    millis("seen_at", optional=True),
    UniqueConstraint("transition", "route", "contact", "purpose", "round"),
    sqlite_autoincrement=True,
)
index(notification, "ix_notification_queued", "next_attempt_at", "id", where=notification.c.state == QUEUED)
index(notification, "ix_notification_failed", "id", where=notification.c.state == FAILED)
index(notification, "ix_notification_queued_at", "queued_at")

pause: Final = Table(
    "pause",
    metadata,
    numbered(),
    key("site"),
    key("stage", optional=True),
    key("device", optional=True),
    millis("start"),
    millis("stop", optional=True),
    words("reason"),
    words("who"),
    words("ended_by", optional=True),
    sqlite_autoincrement=True,
)
index(pause, "ix_pause_start", "start", "id")
index(pause, "ix_pause_stop", "stop")
