"""The audit log and the signs of life."""

from __future__ import annotations

from msgspec.structs import replace

from domain.account import AuditEntry
from domain.ports import Heartbeat
from storage.audit import SqlAuditLog
from storage.database import Database
from storage.heartbeats import SqlHeartbeats

NOON = 1_795_240_800_000
ENTRY = AuditEntry(NOON, "budi", "change", "device/outlet", '{"stage":"inlet"}', '{"stage":"outlet"}')


def test_an_entry_comes_back_as_added(db: Database) -> None:
    audit = SqlAuditLog(db)
    audit.add(ENTRY)
    assert audit.page(None, 10).items == [replace(ENTRY, id=1)]


def test_the_audit_log_is_paged_newest_first(db: Database) -> None:
    audit = SqlAuditLog(db)
    for number in range(5):
        audit.add(replace(ENTRY, target=f"device/{number}"))
    first = audit.page(None, 3)
    audit.add(replace(ENTRY, target="device/later"))
    second = audit.page(first.next, 3)
    shown = [entry.target[-1] for entry in first.items + second.items]
    assert (shown, second.next) == (["4", "3", "2", "1", "0"], None)


def test_the_last_sign_of_a_part_replaces_the_one_before(db: Database) -> None:
    hearts = SqlHeartbeats(db)
    hearts.beat("alerts", NOON, {"took": 1.5, "late": False})
    hearts.beat("collector", NOON, {})
    hearts.beat("alerts", NOON + 2_000, {"took": 2, "error": None, "state": "baik"})
    assert hearts.all() == [
        Heartbeat("alerts", NOON + 2_000, {"took": 2, "error": None, "state": "baik"}),
        Heartbeat("collector", NOON, {}),
    ]
