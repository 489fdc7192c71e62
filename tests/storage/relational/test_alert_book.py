"""Alerts: compare and set, all or nothing, pages, transitions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from domain.alert import AlertEvent, AlertState, Priority, RuleState
from domain.errors import Conflict, Invalid, NotFound
from storage.alert_book import SqlAlertBook
from storage.database import Database
from support.alerting import NOON, acknowledged, alert, by, step, tick

RAISED = alert()


@pytest.fixture
def book(db: Database) -> SqlAlertBook:
    return SqlAlertBook(db)


def raise_alerts(book: SqlAlertBook, *names: str, **changes: object) -> None:
    """Raise alerts, each a minute after the one before."""
    alerts = [alert(name, since=NOON + 60_000 * i, **changes) for i, name in enumerate(names)]
    book.commit(tick(alerts=tuple(alerts), transitions=tuple(map(step, alerts))), NOON)


def ids(book: SqlAlertBook, **asked: object) -> list[str]:
    """The ids of the first page."""
    given = {"after": None, "limit": 50, "state": None, "site": None, "device": None, "open_only": False, **asked}
    return [found.id for found in book.page(**given).items]  # type: ignore[arg-type]


def test_an_alert_comes_back_as_it_was_committed(book: SqlAlertBook) -> None:
    full = alert(
        priority=Priority.CRITICAL,
        returned_at=NOON + 1,
        acknowledged_by="budi",
        acknowledged_at=NOON + 2,
        shelved_until=NOON + 3,
        closed_at=NOON + 4,
        occurrences=7,
        found_late=True,
        active=False,
        parent="a0",
        due=NOON + 5,
        chattering=True,
        latching=True,
    )
    book.commit(tick(alerts=(full,)), NOON)
    assert book.alert("a1") == full


def test_an_alert_without_figures_comes_back_without(book: SqlAlertBook) -> None:
    bare = alert(value=None, limit=None, peak=None)
    book.commit(tick(alerts=(bare,)), NOON)
    assert book.alert("a1") == bare


def test_an_unknown_alert_is_not_found(book: SqlAlertBook) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        book.alert("nowhere")


def test_alerts_by_id_are_those_that_exist_in_the_order_asked(book: SqlAlertBook) -> None:
    raise_alerts(book, "a1", "a2")
    assert [found.id for found in book.alerts_by_id(["a2", "nowhere", "a1"])] == ["a2", "a1"]


def test_a_changed_alert_replaces_the_one_it_was_read_from(book: SqlAlertBook) -> None:
    book.commit(tick(alerts=(RAISED,)), NOON)
    worse = replace(RAISED, peak=11.0, version=2)
    book.commit(tick(alerts=(worse,)), NOON)
    assert book.alert("a1") == worse


def test_a_new_alert_must_not_exist(book: SqlAlertBook) -> None:
    book.commit(tick(alerts=(RAISED,)), NOON)
    with pytest.raises(Conflict) as conflict:
        book.commit(tick(alerts=(RAISED,)), NOON)
    assert conflict.value.present == AlertState.UNACKNOWLEDGED


def test_an_alert_that_moved_on_is_a_conflict_that_says_where_to(book: SqlAlertBook) -> None:
    book.commit(tick(alerts=(RAISED,)), NOON)
    book.save(*acknowledged(RAISED), told=[], now=NOON)
    with pytest.raises(Conflict) as conflict:
        book.commit(tick(alerts=(replace(RAISED, version=2),)), NOON)
    assert conflict.value.present == AlertState.ACKNOWLEDGED


def test_a_change_of_an_alert_that_does_not_exist_is_a_conflict(book: SqlAlertBook) -> None:
    with pytest.raises(Conflict):
        book.commit(tick(alerts=(alert(version=3),)), NOON)


def test_two_steps_of_one_alert_in_one_tick_count_as_two_versions(book: SqlAlertBook) -> None:
    book.commit(tick(alerts=(RAISED, replace(RAISED, active=False, version=2))), NOON)
    assert book.alert("a1").version == 2


def test_of_a_refused_tick_nothing_stays(book: SqlAlertBook) -> None:
    book.commit(tick(7, alerts=(RAISED,)), NOON)
    other = alert("a2")
    refused = tick(
        8,
        states=(RuleState("r", "outlet", "ph"),),
        alerts=(other, RAISED),
        transitions=(step(other),),
        told={0: by("log")},
    )
    with pytest.raises(Conflict):
        book.commit(refused, NOON)
    kept = (book.cursor(), book.known(), ids(book), book.queued(NOON, 9), book.transitions("a2"))
    assert kept == (7, set(), ["a1"], [], [])


def test_of_two_people_who_acknowledge_at_once_one_succeeds(db: Database, beside, book: SqlAlertBook) -> None:
    book.commit(tick(alerts=(RAISED,)), NOON)

    def try_it(who: str) -> bool:
        try:
            SqlAlertBook(beside()).save(*acknowledged(RAISED, who), told=[], now=NOON)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(try_it, [f"user-{i}" for i in range(8)]))
    assert (outcomes.count(True), len(book.transitions("a1"))) == (1, 1)


def test_ticks_of_many_threads_wait_for_each_other(book: SqlAlertBook) -> None:
    def raise_one(number: int) -> None:
        new = alert(f"a{number}")
        book.commit(tick(number, alerts=(new,), transitions=(step(new),), told={0: by("log")}), NOON)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(raise_one, range(40)))
    assert (len(ids(book)), len(book.queued(NOON, 100))) == (40, 40)


def test_the_transitions_of_an_alert_are_its_life_oldest_first(book: SqlAlertBook) -> None:
    book.commit(tick(alerts=(RAISED,), transitions=(step(RAISED),)), NOON)
    book.save(*acknowledged(RAISED), told=[], now=NOON)
    assert [found.event for found in book.transitions("a1")] == [AlertEvent.RAISED, AlertEvent.ACKNOWLEDGED]


def test_a_transition_comes_back_as_it_was_written(book: SqlAlertBook) -> None:
    book.commit(tick(alerts=(RAISED,)), NOON)
    noted = step(RAISED, AlertEvent.COMMENTED, who="sari", comment="sudah dicek, pH 9,4 → tawas", value=9.4)
    written = book.save(replace(RAISED, version=2), noted, [], NOON)
    assert book.transitions("a1") == [written] == [replace(noted, id=written.id)]


def test_transitions_of_one_tick_keep_their_order(book: SqlAlertBook) -> None:
    alerts = tuple(alert(f"a{i}") for i in range(300))
    book.commit(tick(alerts=alerts, transitions=tuple(map(step, alerts))), NOON)
    numbers = [book.transitions(f"a{i}")[0].id for i in range(300)]
    assert numbers == sorted(numbers)


def test_a_page_is_newest_first(book: SqlAlertBook) -> None:
    raise_alerts(book, "a1", "a2", "a3")
    assert ids(book) == ["a3", "a2", "a1"]


def test_pages_follow_each_other_without_gap_or_repeat(book: SqlAlertBook) -> None:
    book.commit(tick(alerts=tuple(alert(f"a{i}") for i in range(7))), NOON)  # all of the same time
    seen: list[str] = []
    after = None
    while True:
        page = book.page(after, 3, None, None, None, False)
        seen += [found.id for found in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [f"a{i}" for i in reversed(range(7))]


def test_an_alert_raised_meanwhile_moves_nothing_on_the_next_page(book: SqlAlertBook) -> None:
    raise_alerts(book, "a1", "a2", "a3")
    first = book.page(None, 2, None, None, None, False)
    book.commit(tick(alerts=(alert("a4", since=NOON + 10**7),)), NOON)
    assert [found.id for found in book.page(first.next, 2, None, None, None, False).items] == ["a1"]


def test_the_last_page_has_no_next(book: SqlAlertBook) -> None:
    raise_alerts(book, "a1", "a2")
    assert book.page(None, 2, None, None, None, False).next is None


@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U", "W10", "é", "WyJhIiwiYiJd"])
def test_a_cursor_that_is_none_of_ours_is_invalid(book: SqlAlertBook, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        book.page(cursor, 2, None, None, None, False)


def test_open_alerts_are_those_that_did_not_end(book: SqlAlertBook) -> None:
    raise_alerts(book, "a1", "a2")
    ended = replace(book.alert("a1"), state=AlertState.NORMAL, active=False, closed_at=NOON, version=2)
    book.commit(tick(alerts=(ended,)), NOON)
    assert (ids(book, open_only=True), ids(book, state=AlertState.NORMAL)) == (["a2"], ["a1"])


def test_alerts_are_chosen_by_site_device_and_state(book: SqlAlertBook) -> None:
    raise_alerts(book, "a1")
    raise_alerts(book, "p1", site="alas-kaki", device="press-1", state=AlertState.RETURNED)
    chosen = (ids(book, site="batik"), ids(book, device="press-1"), ids(book, state=AlertState.RETURNED))
    assert chosen == (["a1"], ["p1"], ["p1"])


def test_a_limit_below_one_is_invalid(book: SqlAlertBook) -> None:
    with pytest.raises(Invalid):
        book.page(None, 0, None, None, None, False)
