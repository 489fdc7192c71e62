"""The relational tables. Times are milliseconds UTC; `document` is the whole noun as JSON text.

Columns stand beside a document only where a query needs them. Keys compare by bytes on both
databases, so that pages come in the same order everywhere.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    literal_column,
    text,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key: Final = Text().with_variant(Text(collation="C"), "postgresql")
Millis: Final = BigInteger()
Number: Final = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER counts up by itself in SQLite

NORMAL: Final[ColumnElement[str]] = literal_column(
    "'normal'"
)  # spelled out: a partial index is not found through a parameter
QUEUED: Final[ColumnElement[str]] = literal_column("'queued'")
FAILED: Final[ColumnElement[str]] = literal_column("'failed'")

ZERO: Final = text("0")  # what columns that came later hold in older rows
EMPTY: Final = text("''")
NEWS: Final = text("'news'")


def _key(name: str, *, primary: bool = False, optional: bool = False) -> Column[str]:
    return Column(name, Key, primary_key=primary, nullable=optional)


def _text(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Text, nullable=optional)


def _millis(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, Millis, nullable=optional)


def _float(name: str) -> Column[float]:
    return Column(name, Double, nullable=True)


def _numbered() -> Column[int]:
    return Column("id", Number, primary_key=True, autoincrement=True)


def _noun(name: str, *columns: Column[str]) -> Table:
    """A noun of the registry; `position` keeps the order of the files."""
    position: Column[int] = Column("position", BigInteger, nullable=False)
    return Table(name, metadata, _key("id", primary=True), position, *columns, _text("document"))


def _index(table: Table, name: str, *columns: str, where: ColumnElement[bool] | None = None) -> Index:
    """An index, on the rows of `where` only when that is given."""
    chosen = [table.c[column] for column in columns]
    if where is None:
        return Index(name, *chosen)
    return Index(name, *chosen, sqlite_where=where, postgresql_where=where)


counter: Final = Table("counter", metadata, _key("name", primary=True), _millis("value"))

# ── registry ────────────────────────────────────────────────────────────────────────────────────

site: Final = _noun("site")
device: Final = _noun("device", _key("site"), _key("stage"), _key("profile"), _key("status"))
limit_set: Final = _noun("limit_set")
compliance_point: Final = _noun("compliance_point", _key("site"))
schedule: Final = _noun("schedule")
contact: Final = _noun("contact")
rota: Final = _noun("rota")
rule: Final = _noun("rule")
route: Final = _noun("route")
shift: Final = _noun("shift")
stop_reason: Final = _noun("stop_reason")
service_plan: Final = _noun("service_plan")
rule_version: Final = Table(
    "rule_version",
    metadata,
    _key("id", primary=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _millis("at"),
    _text("who"),
    _text("document", optional=True),  # NULL: the rule was removed
)

_index(device, "ix_device_site", "site", "id")
for _table in (device, compliance_point):
    _table.append_constraint(ForeignKeyConstraint([_table.c.site], [site.c.id]))

# ── alerts ──────────────────────────────────────────────────────────────────────────────────────

rule_state: Final = Table(
    "rule_state",
    metadata,
    _key("device", primary=True),  # first, so that the key itself answers "all rules of this series"
    _key("metric", primary=True),
    _key("rule", primary=True),
    _text("status"),
    _millis("since", optional=True),
    _millis("watermark", optional=True),
    _millis("deadline", optional=True),
    _text("alert", optional=True),
    _float("value"),
    _float("peak"),
    _text("memo", optional=True),
    Column("memo_seq", BigInteger, nullable=False, server_default=ZERO),
    _text("raised", optional=True),  # JSON array of times; NULL when empty, as it mostly is
    _text("parent", optional=True),
    sqlite_with_rowid=False,
)
_index(rule_state, "ix_rule_state_deadline", "deadline", where=rule_state.c.deadline.is_not(None))

alert: Final = Table(
    "alert",
    metadata,
    _key("id", primary=True),
    _key("site"),
    _key("device"),
    _key("metric"),
    _text("unit"),
    _key("rule"),
    _text("kind"),
    _text("priority"),
    _text("state"),
    Column("active", Boolean, nullable=False),
    _millis("since"),
    _float("value"),
    _float("limit"),
    _float("peak"),
    _millis("returned_at", optional=True),
    _text("acknowledged_by", optional=True),
    _millis("acknowledged_at", optional=True),
    _millis("shelved_until", optional=True),
    _millis("closed_at", optional=True),
    Column("occurrences", Integer, nullable=False),
    Column("found_late", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    _text("parent", optional=True),
    _millis("due", optional=True),
    Column("chattering", Boolean, nullable=False, server_default=false()),
    Column("latching", Boolean, nullable=False, server_default=false()),
)
_index(alert, "ix_alert_since", "since", "id")
_index(alert, "ix_alert_site", "site", "since", "id")
_index(alert, "ix_alert_device", "device", "since", "id")
_index(alert, "ix_alert_open", "since", "id", where=alert.c.state != NORMAL)
_index(alert, "ix_alert_state", "state", "since", "id")
_index(alert, "ix_alert_open_device", "device", "since", "id", where=alert.c.state != NORMAL)
_index(alert, "ix_alert_due", "due", "id", where=and_(alert.c.due.is_not(None), alert.c.state != NORMAL))

transition: Final = Table(
    "transition",
    metadata,
    _numbered(),
    Column("alert", Key, ForeignKey("alert.id"), nullable=False),
    _millis("at"),
    _text("event"),
    _text("from_state"),
    _text("to_state"),
    _text("who"),
    _float("value"),
    _text("comment", optional=True),
    sqlite_autoincrement=True,
)
_index(transition, "ix_transition_alert", "alert", "id")
_index(transition, "ix_transition_at", "at")

notification: Final = Table(
    "notification",
    metadata,
    _numbered(),
    Column("transition", Number, ForeignKey("transition.id"), nullable=False),
    _key("route"),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    _millis("next_attempt_at"),
    _millis("queued_at"),
    _millis("sent_at", optional=True),
    _text("last_error", optional=True),
    Column("contact", Key, nullable=False, server_default=EMPTY),
    Column("purpose", Text, nullable=False, server_default=NEWS),
    Column("round", Integer, nullable=False, server_default=ZERO),
    _millis("seen_at", optional=True),
    UniqueConstraint("transition", "route", "contact", "purpose", "round"),
    sqlite_autoincrement=True,
)
_index(notification, "ix_notification_queued", "next_attempt_at", "id", where=notification.c.state == QUEUED)
_index(notification, "ix_notification_failed", "id", where=notification.c.state == FAILED)
_index(notification, "ix_notification_queued_at", "queued_at")

lease: Final = Table(
    "lease", metadata, _key("name", primary=True), _text("holder"), _millis("until"), _millis("term")
)

used_link: Final = Table("used_link", metadata, _key("digest", primary=True), _millis("at"))
_index(used_link, "ix_used_link_at", "at")

pause: Final = Table(
    "pause",
    metadata,
    _numbered(),
    _key("site"),
    _key("stage", optional=True),
    _key("device", optional=True),
    _millis("start"),
    _millis("stop", optional=True),
    _text("reason"),
    _text("who"),
    _text("ended_by", optional=True),
    sqlite_autoincrement=True,
)
_index(pause, "ix_pause_start", "start", "id")
_index(pause, "ix_pause_stop", "stop")

service_record: Final = Table(
    "service_record",
    metadata,
    _numbered(),
    _key("device"),
    _millis("at"),
    _text("who"),
    _text("note"),
    _float("run_hours"),
    sqlite_autoincrement=True,
)
_index(service_record, "ix_service_record_at", "at", "id")
_index(service_record, "ix_service_record_device", "device", "at", "id")

# ── machines ────────────────────────────────────────────────────────────────────────────────────

stop_record: Final = Table(
    "stop_record",
    metadata,
    _numbered(),
    _key("device"),
    _millis("start"),
    _millis("stop"),
    _key("reason"),
    _text("who"),
    _millis("at"),
    _text("note"),
    Column("key", Key, nullable=True, unique=True),  # NULL: not given
    Column("going_on", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
_index(stop_record, "ix_stop_record_device", "device", "stop")

# ── quality ─────────────────────────────────────────────────────────────────────────────────────

quality_interval: Final = Table(
    "quality_interval",
    metadata,
    _numbered(),
    _key("device"),
    _key("metric"),
    _millis("start"),
    _millis("stop"),
    Column("flag", Integer, nullable=False),
    _text("reason"),
    _key("who"),
    UniqueConstraint("device", "metric", "who", "start"),
    sqlite_autoincrement=True,
)
_index(quality_interval, "ix_quality_interval_series", "device", "metric", "stop")
_index(quality_interval, "ix_quality_interval_stop", "stop")
_index(quality_interval, "ix_quality_interval_start", "start", "id")
_index(quality_interval, "ix_quality_interval_device", "device", "start", "id")

quality_memory: Final = Table(
    "quality_memory", metadata, _key("device", primary=True), _key("metric", primary=True), _text("document")
)

# ── records ─────────────────────────────────────────────────────────────────────────────────────

dead_letter: Final = Table(
    "dead_letter",
    metadata,
    _numbered(),
    _text("topic"),
    Column("payload", LargeBinary, nullable=False),
    _millis("received_at"),
    _key("reason"),
    _text("detail"),
    _key("device", optional=True),
    Column("retained", Boolean, nullable=False),
    Column("partial", Boolean, nullable=False),
    _millis("replayed_at", optional=True),
    sqlite_autoincrement=True,
)
_index(dead_letter, "ix_dead_letter_reason", "reason", "id")
_index(dead_letter, "ix_dead_letter_device", "device", "id")
_index(dead_letter, "ix_dead_letter_waiting", "id", where=dead_letter.c.replayed_at.is_(None))

account: Final = Table(
    "account",
    metadata,
    _key("name", primary=True),
    _text("role"),
    _text("password_hash"),
    _text("language"),
    Column("active", Boolean, nullable=False),
    _millis("created_at"),
)

session: Final = Table(
    "session",
    metadata,
    _key("digest", primary=True),
    _key("user"),
    _text("csrf"),
    _millis("created_at"),
    _millis("expires_at"),
)
_index(session, "ix_session_expires_at", "expires_at")

token: Final = Table(
    "token",
    metadata,
    _key("name", primary=True),
    _text("role"),
    Column("digest", Key, nullable=False, unique=True),
    _millis("created_at"),
    _millis("last_used_at", optional=True),
    _millis("revoked_at", optional=True),
)

audit: Final = Table(
    "audit",
    metadata,
    _numbered(),
    _millis("at"),
    _text("who"),
    _text("action"),
    _text("target"),
    _text("before", optional=True),
    _text("after", optional=True),
    sqlite_autoincrement=True,
)

heartbeat: Final = Table("heartbeat", metadata, _key("part", primary=True), _millis("at"), _text("detail"))

# ── SPARING ─────────────────────────────────────────────────────────────────────────────────────

sparing_package: Final = Table(
    "sparing_package",
    metadata,
    _numbered(),
    _key("point"),
    _key("kind"),
    _millis("start"),
    _millis("stop"),
    _text("payload"),  # the claims, never the signed token
    Column("records", Integer, nullable=False),
    _millis("queued_at"),
    _millis("next_attempt_at"),
    _text("missing"),
    _text("duplicates"),
    _key("state"),
    Column("attempts", Integer, nullable=False),
    _millis("ended_at", optional=True),
    UniqueConstraint("point", "kind", "start"),
    sqlite_autoincrement=True,
)
_index(sparing_package, "ix_sparing_package_queued", "point", "start", "id", where=sparing_package.c.state == QUEUED)
_index(sparing_package, "ix_sparing_package_start", "point", "start")

sparing_receipt: Final = Table(
    "sparing_receipt",
    metadata,
    _numbered(),
    Column("package", Number, nullable=False),
    _key("point"),
    _text("uid"),
    _key("kind"),
    _millis("start"),
    _millis("at"),
    Column("attempt", Integer, nullable=False),
    _key("verdict"),
    Column("records", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("http", Integer, nullable=True),
    Column("status", Boolean, nullable=True),
    _text("desc", optional=True),
    _text("duplicates"),
    _text("fingerprint", optional=True),
    sqlite_autoincrement=True,
)
_index(sparing_receipt, "ix_sparing_receipt_point", "point", "id")
_index(sparing_receipt, "ix_sparing_receipt_package", "package")
_index(
    sparing_receipt,
    "ix_sparing_receipt_tests",
    "point",
    "uid",
    where=sparing_receipt.c.kind == literal_column("'test'"),
)

# ── evidence ────────────────────────────────────────────────────────────────────────────────────

evidence: Final = Table(
    "evidence",
    metadata,
    _key("kind", primary=True),
    _key("id", primary=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _key("place"),  # the site, device or compliance point it belongs to
    _key("part"),  # the metric or shift; empty where it concerns the whole place
    _millis("start"),  # of a day: midnight UTC of its date
    _millis("stop", optional=True),
    Column("newest", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
    _text("who"),
    _millis("at"),
    _text("note"),
    _text("document"),
)
_index(
    evidence, "ix_evidence_place", "kind", "place", "start", "id", where=evidence.c.newest == literal_column("true")
)
_index(evidence, "ix_evidence_start", "kind", "start", "id", where=evidence.c.newest == literal_column("true"))

finished_report: Final = Table(
    "finished_report",
    metadata,
    _key("kind", primary=True),
    _key("place", primary=True),
    _key("period", primary=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    _key("first"),  # the period's first day
    Column("newest", Boolean, nullable=False),
    _text("document"),
)
_index(
    finished_report,
    "ix_finished_report_first",
    "first",
    "kind",
    "place",
    where=finished_report.c.newest == literal_column("true"),
)

kiosk_link: Final = Table(
    "kiosk_link",
    metadata,
    _key("id", primary=True),
    _text("name"),
    _key("site"),
    _text("language"),
    _text("who"),
    _millis("created_at"),
    _millis("revoked_at", optional=True),
)

attachment: Final = Table(
    "attachment",
    metadata,
    _key("digest", primary=True),
    _text("name"),
    _text("type"),
    _millis("size"),
    _text("who"),
    _millis("at"),
)
