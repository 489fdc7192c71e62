"""The relational tables. Times are milliseconds UTC; `document` is the whole noun as JSON text.

Columns stand beside a document only where a query needs them. Keys compare by bytes on both
databases, so that pages come in the same order everywhere.
"""

from __future__ import annotations

from storage.models.accounts import account, kiosk_link, session, token, used_link
from storage.models.alerts import alert, notification, pause, rule_state, transition
from storage.models.columns import EMPTY_STATE, FAILED, GIVEN_UP, NORMAL, QUEUED, metadata
from storage.models.machines import service_record, stop_record
from storage.models.quality import quality_interval, quality_memory
from storage.models.records import attachment, evidence, finished_report
from storage.models.registry import (
    compliance_point,
    contact,
    device,
    limit_set,
    rota,
    route,
    rule,
    rule_version,
    schedule,
    service_plan,
    shift,
    site,
    stop_reason,
)
from storage.models.running import audit, counter, dead_letter, heartbeat, lease
from storage.models.sparing import sparing_package, sparing_receipt

__all__ = [
    "EMPTY_STATE",
    "FAILED",
    "GIVEN_UP",
    "NORMAL",
    "QUEUED",
    "account",
    "alert",
    "attachment",
    "audit",
    "compliance_point",
    "contact",
    "counter",
    "dead_letter",
    "device",
    "evidence",
    "finished_report",
    "heartbeat",
    "kiosk_link",
    "lease",
    "limit_set",
    "metadata",
    "notification",
    "pause",
    "quality_interval",
    "quality_memory",
    "rota",
    "route",
    "rule",
    "rule_state",
    "rule_version",
    "schedule",
    "service_plan",
    "service_record",
    "session",
    "shift",
    "site",
    "sparing_package",
    "sparing_receipt",
    "stop_reason",
    "stop_record",
    "token",
    "transition",
    "used_link",
]
