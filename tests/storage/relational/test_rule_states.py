"""Rule states: the memory of the rules, written and read by the thousand."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from domain.alert import RuleState, RuleStatus
from storage.alert_book import SqlAlertBook
from storage.database import Database
from support.alerting import NOON, tick

OUTLET = RuleState("ph-outlet", "outlet", "ph", RuleStatus.PENDING, NOON, NOON + 1, NOON + 60_000, "a1", 9.4, 9.6,
                   '{"first": 9.1}', 41, (NOON - 9, NOON), "cause")  # fmt: skip
SILENT = RuleState("no-data", "outlet", "ph", deadline=NOON + 5_000)
PRESS = RuleState("hot", "press-1", "temperature")


@pytest.fixture
def book(db: Database) -> SqlAlertBook:
    return SqlAlertBook(db)


def test_a_state_comes_back_as_it_was_committed(book: SqlAlertBook) -> None:
    book.commit(tick(states=(OUTLET,)), NOON)
    assert book.states([("outlet", "ph")]) == [OUTLET]


def test_states_are_those_of_the_series_asked_for(book: SqlAlertBook) -> None:
    book.commit(tick(states=(OUTLET, SILENT, PRESS)), NOON)
    found = book.states([("outlet", "ph"), ("outlet", "ph"), ("inlet", "ph")])
    assert sorted(state.rule for state in found) == ["no-data", "ph-outlet"]


def test_no_series_have_no_states(book: SqlAlertBook) -> None:
    book.commit(tick(states=(OUTLET,)), NOON)
    assert book.states([]) == []


def test_a_state_is_replaced_by_a_later_commit(book: SqlAlertBook) -> None:
    book.commit(tick(states=(OUTLET,)), NOON)
    later = replace(OUTLET, status=RuleStatus.NORMAL, since=None, deadline=None, alert=None, peak=None)
    book.commit(tick(states=(later,)), NOON)
    assert book.states([("outlet", "ph")]) == [later]


def test_of_two_states_of_one_tick_the_last_stands(book: SqlAlertBook) -> None:
    later = replace(OUTLET, status=RuleStatus.ACTIVE)
    book.commit(tick(states=(OUTLET, later)), NOON)
    assert book.states([("outlet", "ph")]) == [later]


def test_odd_names_are_only_names(book: SqlAlertBook) -> None:
    odd = RuleState("r", 'out"let\\', "ph'; --")
    book.commit(tick(states=(odd,)), NOON)
    assert book.states([(odd.device, odd.metric)]) == [odd]


def test_states_whose_deadline_has_come_are_due_oldest_first(book: SqlAlertBook) -> None:
    book.commit(tick(states=(OUTLET, SILENT, PRESS)), NOON)
    assert book.due(NOON + 60_000, 10) == [SILENT, OUTLET]


def test_a_deadline_ahead_is_not_due(book: SqlAlertBook) -> None:
    book.commit(tick(states=(OUTLET, SILENT)), NOON)
    assert book.due(NOON + 5_000, 10) == [SILENT]


def test_due_is_bounded(book: SqlAlertBook) -> None:
    book.commit(tick(states=(OUTLET, SILENT)), NOON)
    assert book.due(NOON + 60_000, 1) == [SILENT]


def test_known_names_every_rule_of_every_series(book: SqlAlertBook) -> None:
    book.commit(tick(states=(OUTLET, PRESS)), NOON)
    assert book.known() == {("ph-outlet", "outlet", "ph"), ("hot", "press-1", "temperature")}


def test_thousands_of_states_are_committed_and_read_at_once(book: SqlAlertBook) -> None:
    many = tuple(RuleState("r", f"device-{i}", "ph", watermark=i) for i in range(25_000))
    book.commit(tick(states=many), NOON)
    found = book.states([(state.device, state.metric) for state in many])
    assert sorted(found, key=lambda state: state.watermark or 0) == list(many)


def test_the_cursor_begins_at_nothing(book: SqlAlertBook) -> None:
    assert book.cursor() == 0


def test_the_cursor_moves_with_the_commit(book: SqlAlertBook) -> None:
    book.commit(tick(41), NOON)
    book.commit(tick(42), NOON)
    assert book.cursor() == 42
