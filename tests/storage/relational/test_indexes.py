"""The queries of every tick and page are answered through their index, however long the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from domain.alert import AlertState, NotificationState
from domain.errors import NotFound
from domain.registry import Device
from domain.rule import Rule
from storage.alarm_performance import SqlPerformance
from storage.alert_book import SqlAlertBook
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox
from storage.maintenance import SqlMaintenance
from storage.pauses import SqlPauses
from storage.quality_book import SqlQualityBook
from storage.registry import SqlRegistry
from storage.rule_states import POSTGRESQL_READ, SQLITE_READ
from storage.stop_log import SqlStopLog
from support.alerting import NOON

QUERIES: dict[str, Callable[[Database], object]] = {
    "ix_rule_state_deadline": lambda db: SqlAlertBook(db).due(NOON, 500),
    "ix_alert_since": lambda db: SqlAlertBook(db).page(None, 50, None, None, None, False),
    "ix_alert_open": lambda db: SqlAlertBook(db).page(None, 50, None, None, None, True),
    "ix_alert_site": lambda db: SqlAlertBook(db).page(None, 50, None, "batik", None, False),
    "ix_alert_device": lambda db: SqlAlertBook(db).page(None, 50, None, None, "outlet", False),
    "ix_transition_alert": lambda db: SqlAlertBook(db).transitions("a1"),
    "ix_notification_queued": lambda db: SqlAlertBook(db).queued(NOON, 100),
    "ix_alert_due": lambda db: SqlAlertBook(db).alerts_due(NOON, 500),
    "ix_alert_open_device": lambda db: SqlAlertBook(db).open_alerts(["outlet", "inlet"]),
    "ix_transition_at": lambda db: SqlAlertBook(db).rang(NOON),
    "ix_notification_failed": lambda db: SqlAlertBook(db).outbox(None, 50, NotificationState.FAILED),
    "ix_dead_letter_waiting": lambda db: SqlDeadLetterBox(db).waiting(0, 100, None, None),
    "ix_dead_letter_reason": lambda db: SqlDeadLetterBox(db).page(None, 50, "bad_json", None),
    "ix_dead_letter_device": lambda db: SqlDeadLetterBox(db).page(None, 50, None, "outlet"),
    "ix_quality_interval_series": lambda db: SqlQualityBook(db).overlapping("outlet", "ph", NOON, NOON + 1),
    "ix_quality_interval_stop": lambda db: SqlQualityBook(db).since(NOON),
    "ix_quality_interval_start": lambda db: SqlQualityBook(db).page(None, 50, None, None, None, None),
    "ix_quality_interval_device": lambda db: SqlQualityBook(db).page(None, 50, "outlet", None, None, None),
    "ix_pause_start": lambda db: SqlPauses(db).page(None, 50),
    "ix_pause_stop": lambda db: SqlPauses(db).now(NOON),
    "ix_service_record_at": lambda db: SqlMaintenance(db).page(None, 50, None),
    "ix_service_record_device": lambda db: SqlMaintenance(db).page(None, 50, "outlet"),
    "ix_stop_record_device": lambda db: SqlStopLog(db).touching(["outlet"], NOON, NOON + 1),
    "ix_device_site": lambda db: SqlRegistry(db).devices("batik", None, 100),
}


@pytest.mark.parametrize("index", QUERIES)
def test_the_query_uses_its_index(db: Database, index: str) -> None:
    assert index in plan_of(db, lambda: QUERIES[index](db))


def test_states_are_found_by_their_key(db: Database) -> None:
    query, asked = (
        (POSTGRESQL_READ, (["outlet"], ["ph"])) if db.is_postgresql else (SQLITE_READ, ('[["outlet","ph"]]',))
    )
    plan = explained(db, query, asked)
    assert "pk_rule_state" in plan or "PRIMARY KEY (device=? AND metric=?)" in plan


def test_alerts_of_one_state_use_the_index_of_states(db: Database) -> None:
    book = SqlAlertBook(db)
    plan = plan_of(db, lambda: book.page(None, 50, AlertState.UNACKNOWLEDGED, None, None, False))
    assert "ix_alert_state" in plan


MORE: list[tuple[str, Callable[[Database], object]]] = [
    ("ix_alert_open", lambda db: SqlAlertBook(db).page(None, 50, None, "batik", None, True)),
    ("ix_alert_open_device", lambda db: SqlAlertBook(db).page(None, 50, None, None, "outlet", True)),
    ("ix_notification_queued", lambda db: SqlAlertBook(db).outbox(None, 50, NotificationState.QUEUED)),
]


@pytest.mark.parametrize(("index", "ask"), MORE)
def test_the_open_and_the_waiting_are_found_without_those_that_are_over(
    db: Database, index: str, ask: Callable[[Database], object]
) -> None:
    assert index in plan_of(db, lambda: ask(db))


@pytest.mark.parametrize("site", [None, "batik"])
def test_alarm_performance_reads_only_the_time_asked_for(db: Database, site: str | None) -> None:
    plans = plans_of(db, lambda: SqlPerformance(db, NoRules()).performance(NOON, NOON + 1, site))
    assert [index for index in ("ix_transition_at", "ix_notification_queued_at") if index not in str(plans)] == []


class NoRules:
    """A book without rules."""

    def rules(self) -> list[Rule]:
        """None."""
        return []

    def rules_for(self, device: Device) -> list[Rule]:
        """None."""
        return []

    def rule(self, rule: str) -> Rule:
        """None."""
        raise NotFound(rule)


def plan_of(db: Database, ask: Callable[[], object]) -> str:
    """How the database would answer the first query that `ask` makes, as it says itself."""
    return plans_of(db, ask)[0]


def plans_of(db: Database, ask: Callable[[], object]) -> list[str]:
    """The same of all its queries."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, _x: object, _m: bool) -> None:
        if "SELECT" in statement:
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    ask()
    event.remove(db.engine, "before_cursor_execute", note)
    return [explained(db, *one) for one in asked]


def explained(db: Database, query: str, parameters: Any) -> str:
    """The database's plan for a query."""
    with db.reading() as connection:
        if db.is_postgresql:  # it would scan an empty table otherwise
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
        explain = "EXPLAIN" if db.is_postgresql else "EXPLAIN QUERY PLAN"
        return str(connection.exec_driver_sql(f"{explain} {query}", parameters).all())
