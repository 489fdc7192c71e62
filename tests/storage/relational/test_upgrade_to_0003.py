"""A database that an older Pantau filled is upgraded with everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from domain.alert import AlertState, Notification, NotificationState, Purpose, RuleState, RuleStatus, Target
from domain.rule_record import RuleVersion
from storage.alert_book import SqlAlertBook
from storage.database import Database
from storage.registry import SqlRegistry
from storage.schema_version import upgrade
from support.alerting import NOON, alert, step
from support.installations import RULE

OLDER = RULE.model_copy(update={"above": 150.0})
FILL = [
    (
        "INSERT INTO rule_state (device, metric, rule, status, since, watermark, deadline, alert, value, peak)"
        " VALUES ('outlet', 'ph', 'ph-outlet', 'active', :noon, :noon, NULL, 'a1', 9.4, 9.6)"
    ),
    (
        "INSERT INTO alert (id, site, device, metric, unit, rule, kind, priority, state, active, since, value,"
        ' "limit", peak, shelved_until, occurrences, found_late, version)'
        " VALUES ('a1', 'batik', 'outlet', 'ph', 'pH',"
        " 'ph-outlet', 'limit', 'high', 'shelved', true, :noon, 9.4, 9.0, 9.6, :noon + 60000, 1, false, 2)"
    ),
    (
        "INSERT INTO transition (id, alert, at, event, from_state, to_state, who, value)"
        " VALUES (7, 'a1', :noon, 'raised', 'normal', 'unacknowledged', 'pantau', 9.4)"
    ),
    (
        "INSERT INTO notification (id, transition, route, state, attempts, next_attempt_at, queued_at, sent_at)"
        " VALUES (41, 7, 'log', 'sent', 1, :noon, :noon, :noon + 5)"
    ),
    (
        "INSERT INTO notification (id, transition, route, state, attempts, next_attempt_at, queued_at, last_error)"
        " VALUES (42, 7, 'team', 'queued', 3, :noon + 9, :noon, 'refused')"
    ),
    "INSERT INTO rule (id, position, document) VALUES ('cod-high', 1, :rule)",
    "INSERT INTO rule (id, position, document) VALUES ('by-hand', 2, :rule)",
    (
        'INSERT INTO audit (at, who, action, target, before, "after")'
        " VALUES (:noon, 'sari', 'add', 'rule/cod-high', NULL, :older)"
    ),
    (
        'INSERT INTO audit (at, who, action, target, before, "after")'
        " VALUES (:noon + 1, 'budi', 'change', 'rule/cod-high', :older, :rule)"
    ),
]


@pytest.fixture
def upgraded(empty_url: str) -> Iterator[Database]:
    """A database of revision 0002 with some of everything, upgraded."""
    with closing(Database(empty_url)) as database:
        _fill(database)
        database.migrate()
        yield database


def _fill(database: Database) -> None:
    if not database.is_postgresql:
        Path(str(database.url.database)).parent.mkdir()
    upgrade(database.engine.execution_options(pantau_writes=True), database.name, "0002")
    given = {"noon": NOON, "rule": RULE.model_dump_json(), "older": OLDER.model_dump_json()}
    with database.writing() as connection:
        for statement in FILL:
            wanted = {name: value for name, value in given.items() if f":{name}" in statement}
            connection.execute(text(statement), wanted)
        if database.is_postgresql:  # the rows above were put in beside it
            connection.execute(text("SELECT setval(pg_get_serial_sequence('notification', 'id'), 42)"))


def test_a_rule_state_is_kept_and_remembers_nothing_yet(upgraded: Database) -> None:
    state = RuleState("ph-outlet", "outlet", "ph", RuleStatus.ACTIVE, NOON, NOON, None, "a1", 9.4, 9.6)
    assert SqlAlertBook(upgraded).states([("outlet", "ph")]) == [state]


def test_an_alert_is_kept_and_a_shelved_one_is_due_when_its_shelf_ends(upgraded: Database) -> None:
    until = NOON + 60_000
    kept = alert(state=AlertState.SHELVED, shelved_until=until, due=until, version=2)
    assert SqlAlertBook(upgraded).alerts_due(until, 10) == [kept]


def test_transitions_are_kept(upgraded: Database) -> None:
    raised = replace(step(alert()), id=7)
    assert SqlAlertBook(upgraded).transitions("a1") == [raised]


def test_notifications_are_kept_as_news_to_their_route(upgraded: Database) -> None:
    sent = Notification(7, "log", NotificationState.SENT, 1, NOON, NOON, NOON + 5, id=41)
    waiting = Notification(7, "team", NotificationState.QUEUED, 3, NOON + 9, NOON, None, "refused", 42)
    assert SqlAlertBook(upgraded).notifications("a1") == [sent, waiting]


def test_what_was_queued_before_is_not_queued_again(upgraded: Database) -> None:
    assert SqlAlertBook(upgraded).queue(7, [Target("log"), Target("log", purpose=Purpose.REPEAT)], NOON) == 1


def test_new_notifications_are_numbered_after_the_old_ones(upgraded: Database) -> None:
    book = SqlAlertBook(upgraded)
    book.queue(7, [Target("late")], NOON)
    assert book.notifications("a1")[-1].id == 43


def test_the_versions_of_rules_are_those_the_audit_log_tells_of(upgraded: Database) -> None:
    first = RuleVersion("cod-high", 1, NOON, "sari", OLDER)
    second = RuleVersion("cod-high", 2, NOON + 1, "budi", RULE)
    assert SqlRegistry(upgraded).rule_versions("cod-high") == [second, first]


def test_a_rule_the_audit_log_does_not_know_is_at_version_1(upgraded: Database) -> None:
    assert [found.version for found in SqlRegistry(upgraded).rule_versions("by-hand")] == [1]
