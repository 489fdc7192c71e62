"""The outbox: one notification for each transition and route, until it is sent or given up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from domain.alert import NotificationState, Purpose, Target
from domain.errors import NotFound
from storage.alert_book import SqlAlertBook
from storage.database import Database
from storage.outbox import queue
from support.alerting import NOON, acknowledged, alert, by, step, tick

RAISED = alert()
RAISING = tick(alerts=(RAISED,), transitions=(step(RAISED),), told={0: by("log", "regu-ipal", "log")})


@pytest.fixture
def book(db: Database) -> SqlAlertBook:
    filled = SqlAlertBook(db)
    filled.commit(RAISING, NOON)
    return filled


def test_each_route_of_a_transition_gets_one_notification_due_at_once(book: SqlAlertBook) -> None:
    assert [item.route for item, _, _ in book.queued(NOON, 10)] == ["log", "regu-ipal"]


def test_a_notification_comes_with_its_transition_and_alert(book: SqlAlertBook) -> None:
    item, transition, raised = book.queued(NOON, 1)[0]
    assert (item.transition, transition, raised) == (transition.id, book.transitions("a1")[0], RAISED)


def test_nothing_is_queued_before_its_time(book: SqlAlertBook) -> None:
    assert book.queued(NOON - 1, 10) == []


def test_a_notification_put_off_waits_for_its_next_attempt(book: SqlAlertBook) -> None:
    item = book.queued(NOON, 1)[0][0]
    later = replace(item, attempts=1, next_attempt_at=NOON + 30_000, last_error="connection refused")
    book.update_notification(later)
    again = book.queued(NOON + 30_000, 10)
    assert [queued.route for queued, _, _ in again] == ["regu-ipal", "log"]
    assert again[1][0] == later


@pytest.mark.parametrize("state", [NotificationState.SENT, NotificationState.FAILED])
def test_a_notification_that_is_done_is_queued_no_more(book: SqlAlertBook, state: NotificationState) -> None:
    item = book.queued(NOON, 1)[0][0]
    book.update_notification(replace(item, state=state, attempts=1, sent_at=NOON + 5))
    assert [queued.route for queued, _, _ in book.queued(NOON + 10**9, 10)] == ["regu-ipal"]


def test_the_notifications_of_an_alert_are_all_of_them(book: SqlAlertBook) -> None:
    sent = replace(book.queued(NOON, 1)[0][0], state=NotificationState.SENT, sent_at=NOON + 5)
    book.update_notification(sent)
    book.save(*acknowledged(RAISED), told=by("log"), now=NOON + 9)
    assert [(item.route, item.sent_at, item.queued_at) for item in book.notifications("a1")] == [
        ("log", NOON + 5, NOON),
        ("regu-ipal", None, NOON),
        ("log", None, NOON + 9),
    ]


def test_an_unknown_notification_is_not_found(book: SqlAlertBook) -> None:
    with pytest.raises(NotFound):
        book.update_notification(replace(book.queued(NOON, 1)[0][0], id=999))


def test_many_are_written_back_together_or_not_at_all(book: SqlAlertBook) -> None:
    first, second = (replace(item, attempts=3) for item, _, _ in book.queued(NOON, 2))
    with pytest.raises(NotFound):
        book.update_notifications([first, replace(second, id=999)])
    assert [item.attempts for item in book.notifications("a1")] == [0, 0]
    book.update_notifications([first, second])
    assert [item.attempts for item in book.notifications("a1")] == [3, 3]


def test_a_transition_is_never_queued_twice_for_one_target(book: SqlAlertBook, db: Database) -> None:
    number = book.transitions("a1")[0].id
    with db.writing() as connection:
        assert queue(connection, {number: by("log", "siskaperbapo")}, NOON) == 1
    assert [item.route for item in book.notifications("a1")] == ["log", "regu-ipal", "siskaperbapo"]


def test_a_target_in_its_quiet_hours_is_due_when_they_end(book: SqlAlertBook) -> None:
    book.save(*acknowledged(RAISED), told=[Target("log", "budi", not_before=NOON + 3_600_000)], now=NOON)
    assert "budi" not in [item.contact for item, _, _ in book.queued(NOON + 3_599_999, 10)]
    assert [item.contact for item, _, _ in book.queued(NOON + 3_600_000, 10)][-1] == "budi"


def test_a_notification_comes_back_with_whom_it_is_for_and_why(book: SqlAlertBook) -> None:
    told = Target("team", "sari", Purpose.ESCALATION, 2)
    book.save(*acknowledged(RAISED), told=[told], now=NOON)
    item = book.notifications("a1")[-1]
    assert (item.route, item.contact, item.purpose, item.round) == ("team", "sari", Purpose.ESCALATION, 2)


def test_a_notification_whose_link_was_opened_is_seen(book: SqlAlertBook) -> None:
    seen = replace(book.queued(NOON, 1)[0][0], state=NotificationState.SEEN, sent_at=NOON, seen_at=NOON + 5)
    book.update_notification(seen)
    assert book.notifications("a1")[0] == seen


def test_one_notification_comes_with_its_transition_and_alert(book: SqlAlertBook) -> None:
    first = book.queued(NOON, 1)[0]
    assert book.notification(first[0].id) == first


def test_what_messages_tell_of_is_found_by_their_transitions(book: SqlAlertBook) -> None:
    number = book.transitions("a1")[0].id
    assert book.told_of([number, number, 999]) == {number: RAISED}


def test_no_messages_tell_of_nothing(book: SqlAlertBook) -> None:
    assert book.told_of([]) == {}


def test_a_notification_that_is_not_there_is_not_found(book: SqlAlertBook) -> None:
    with pytest.raises(NotFound):
        book.notification(999)


def test_the_outbox_is_paged_newest_first(book: SqlAlertBook) -> None:
    first = book.outbox(None, 1, None)
    second = book.outbox(first.next, 1, None)
    assert ([item.route for item in first.items + second.items], second.next) == (["regu-ipal", "log"], None)


def test_the_outbox_is_narrowed_to_a_state(book: SqlAlertBook) -> None:
    book.update_notification(replace(book.queued(NOON, 1)[0][0], state=NotificationState.FAILED))
    assert [item.route for item in book.outbox(None, 10, NotificationState.FAILED).items] == ["log"]


def test_repeats_are_queued_once_for_each_round(book: SqlAlertBook) -> None:
    number = book.transitions("a1")[0].id
    rounds = [Target("log", purpose=Purpose.REPEAT, round=1), Target("log", purpose=Purpose.REPEAT, round=2)]
    first = book.queue(number, rounds[:1], NOON)
    again = book.queue(number, rounds, NOON)
    assert (first, again, len(book.notifications("a1"))) == (1, 1, 4)


def test_nothing_is_queued_for_a_transition_that_is_not_there(book: SqlAlertBook) -> None:
    with pytest.raises(NotFound):
        book.queue(999, by("log"), NOON)


def test_two_who_queue_the_same_repeat_queue_it_once(book: SqlAlertBook, beside) -> None:
    number, told = book.transitions("a1")[0].id, [Target("log", purpose=Purpose.REPEAT, round=1)]
    with ThreadPoolExecutor(6) as pool:
        new = list(pool.map(lambda _: SqlAlertBook(beside()).queue(number, told, NOON), range(6)))
    assert sum(new) == 1


SETTLED = [NotificationState.SENT, NotificationState.SEEN, NotificationState.FAILED]


@pytest.mark.parametrize("settled", SETTLED)
def test_what_another_settled_is_never_put_back(book: SqlAlertBook, settled: NotificationState) -> None:
    read = book.queued(NOON, 1)[0][0]
    done = replace(read, state=settled, attempts=1)
    book.update_notification(done)
    book.update_notification(replace(read, attempts=2, next_attempt_at=NOON + 15_000, last_error="away"))
    assert book.notifications("a1")[0] == done


def test_what_another_tried_more_often_stays_as_it_is(book: SqlAlertBook) -> None:
    read = book.queued(NOON, 1)[0][0]
    tried = replace(read, attempts=3, next_attempt_at=NOON + 60_000)
    book.update_notification(tried)
    book.update_notification(replace(read, attempts=1, next_attempt_at=NOON + 15_000))
    assert book.notifications("a1")[0] == tried


def test_what_was_seen_is_not_merely_sent_again(book: SqlAlertBook) -> None:
    sent = replace(book.queued(NOON, 1)[0][0], state=NotificationState.SENT, attempts=1)
    seen = replace(sent, state=NotificationState.SEEN, seen_at=NOON + 5)
    for one in (sent, seen, sent):
        book.update_notification(one)
    assert book.notifications("a1")[0] == seen
