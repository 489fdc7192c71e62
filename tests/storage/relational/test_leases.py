"""The lease of the evaluator: one holder at a time, and nothing is committed by one that was deposed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from domain.alert import NotificationState, Purpose, RuleState, Target
from domain.errors import Deposed, Unavailable
from storage.alert_book import SqlAlertBook
from storage.database import Database
from storage.leases import LOCK_WAIT, STOPPED_AFTER
from support.alerting import NOON, alert, by, step, tick

TTL = 10_000
Beside = Callable[[], Database]


@pytest.fixture
def book(db: Database) -> SqlAlertBook:
    return SqlAlertBook(db)


@pytest.fixture
def other(beside: Beside) -> SqlAlertBook:
    """The book of a second evaluator."""
    return SqlAlertBook(beside())


def lead(book: SqlAlertBook, holder: str, after: int = 0) -> int | None:
    """Try for the lease so many ms after noon."""
    return book.lead("alerts", holder, NOON + after, TTL)


def test_the_first_to_ask_leads(book: SqlAlertBook) -> None:
    assert lead(book, "one") == 1


def test_a_holder_keeps_its_term(book: SqlAlertBook) -> None:
    assert [lead(book, "one", at) for at in (0, 2_000, 60_000)] == [1, 1, 1]


def test_while_one_leads_nobody_else_does(book: SqlAlertBook, other: SqlAlertBook) -> None:
    lead(book, "one")
    assert lead(other, "two", TTL - 1) is None


def test_another_takes_over_when_the_lease_has_run_out_with_a_new_term(
    book: SqlAlertBook, other: SqlAlertBook
) -> None:
    lead(book, "one")
    assert lead(other, "two", TTL) == 2


def test_one_that_was_deposed_does_not_lead_on(book: SqlAlertBook, other: SqlAlertBook) -> None:
    lead(book, "one")
    lead(other, "two", TTL)
    assert lead(book, "one", TTL + 1) is None


def test_the_term_grows_with_each_change_of_holder(book: SqlAlertBook, other: SqlAlertBook) -> None:
    taken = [lead(book, "one"), lead(other, "two", 10_000), lead(book, "one", 20_000)]
    assert taken == [1, 2, 3]


def test_a_lease_that_was_let_go_is_free_at_once(book: SqlAlertBook, other: SqlAlertBook) -> None:
    lead(book, "one")
    book.resign("alerts", "one")
    assert lead(other, "two", 1) == 2


def test_nobody_lets_go_of_what_another_holds(book: SqlAlertBook, other: SqlAlertBook) -> None:
    lead(book, "one")
    other.resign("alerts", "two")
    assert lead(other, "two", 1) is None


def test_leases_of_different_names_do_not_touch(book: SqlAlertBook) -> None:
    lead(book, "one")
    assert book.lead("digest", "two", NOON, TTL) == 1


def test_a_lease_from_before_the_clock_was_set_back_is_taken_over_when_it_stood_still(
    book: SqlAlertBook, other: SqlAlertBook
) -> None:
    lead(book, "one", 86_400_000)
    tries = [lead(other, "two", at) for at in (0, 2_000, TTL - 1, TTL)]
    assert tries == [None, None, None, 2]


def test_a_holder_whose_clock_is_ahead_keeps_its_lease_while_it_renews_it(
    book: SqlAlertBook, other: SqlAlertBook
) -> None:
    tries = []
    for at in range(0, 60_000, 2_000):
        lead(book, "one", at + 86_400_000)
        tries.append(lead(other, "two", at))
    assert set(tries) == {None}


def test_a_contender_whose_own_clock_is_set_back_watches_anew(book: SqlAlertBook, other: SqlAlertBook) -> None:
    lead(book, "one", 86_400_000)
    tries = [lead(other, "two", at) for at in (0, -3_600_000, -3_600_000 + TTL - 1, -3_600_000 + TTL)]
    assert tries == [None, None, None, 2]


def test_of_many_who_ask_at_once_one_leads(beside: Beside, book: SqlAlertBook) -> None:
    with ThreadPoolExecutor(8) as pool:
        terms = list(pool.map(lambda number: lead(SqlAlertBook(beside()), f"host-{number}"), range(8)))
    assert sorted(terms, key=str) == [1, *[None] * 7]


def test_two_who_fight_for_it_never_hold_the_same_term(beside: Beside, book: SqlAlertBook) -> None:
    def fight(holder: str) -> set[int]:
        mine = SqlAlertBook(beside())
        return {term for at in range(0, 400_000, 10_000) if (term := lead(mine, holder, at)) is not None}

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(fight, ["one", "two"])
    assert one | two
    assert one.isdisjoint(two)


def test_a_commit_under_the_present_term_is_made(book: SqlAlertBook) -> None:
    book.commit(tick(5, term=lead(book, "one")), NOON)
    assert book.cursor() == 5


def test_a_commit_with_an_old_term_is_refused_and_writes_nothing(book: SqlAlertBook, other: SqlAlertBook) -> None:
    old = lead(book, "one")
    lead(other, "two", TTL)
    new, state = alert(), RuleState("r", "outlet", "ph")
    late = tick(9, states=(state,), alerts=(new,), transitions=(step(new),), told={0: by("log")}, term=old)
    with pytest.raises(Deposed):
        book.commit(late, NOON + TTL)
    kept = (book.cursor(), book.known(), book.alerts_by_id(["a1"]), book.queued(NOON + TTL, 9))
    assert kept == (0, set(), [], [])


Telling = Callable[[SqlAlertBook, int], object]
TELLING: dict[str, Telling] = {
    "noting what was sent": lambda book, term: book.update_notifications(
        [replace(book.notifications("a1")[0], state=NotificationState.SENT)], term
    ),
    "queueing a reminder": lambda book, term: book.queue(
        book.transitions("a1")[0].id, [Target("log", purpose=Purpose.REPEAT, round=1)], NOON, term
    ),
    "noting a summary": lambda book, term: book.use_once("summary", NOON, term),
}


@pytest.mark.parametrize("writes", TELLING.values(), ids=list(TELLING))
def test_one_that_was_deposed_tells_nothing_more(book: SqlAlertBook, other: SqlAlertBook, writes: Telling) -> None:
    old = lead(book, "one")
    assert old is not None
    book.commit(tick(1, alerts=(alert(),), transitions=(step(alert()),), told={0: by("log")}, term=old), NOON)
    before = book.notifications("a1")
    lead(other, "two", TTL)
    with pytest.raises(Deposed):
        writes(book, old)
    assert (book.notifications("a1"), book.used("summary")) == (before, False)


def test_a_commit_of_a_term_that_ran_out_is_made_while_nobody_took_over(book: SqlAlertBook) -> None:
    term = lead(book, "one")
    book.commit(tick(5, term=term), NOON + 10 * TTL)
    assert book.cursor() == 5


def test_a_term_is_refused_where_there_was_never_a_lease(book: SqlAlertBook) -> None:
    with pytest.raises(Deposed):
        book.commit(tick(5, term=1), NOON)


def test_of_two_evaluators_at_once_only_the_newest_commits_after_a_take_over(
    beside: Beside, book: SqlAlertBook
) -> None:
    """Each takes over from the other and commits at once; whatever was committed was in the order of the terms."""

    def evaluate(holder: str) -> None:
        mine = SqlAlertBook(beside())
        for at in range(0, 300_000, 10_000):
            term = lead(mine, holder, at)
            if term is None:
                continue
            new = alert(f"{term:03}-{holder}-{at}")
            try:
                mine.commit(tick(at, alerts=(new,), transitions=(step(new),), term=term), NOON)
            except Deposed:
                continue

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(evaluate, ["one", "two"]))
    names = [found.id for found in book.page(None, 500, None, None, None, False).items]
    written = sorted(names, key=lambda name: book.transitions(name)[0].id)
    assert [name[:3] for name in written] == sorted(name[:3] for name in names)


STOPPING = """
import os, signal, sys
from storage.database import Database
from storage.leases import fence
with Database(sys.argv[1]).writing() as connection:
    fence(connection, 1)
    os.kill(os.getpid(), signal.SIGSTOP)
"""


@contextmanager
def stopped_inside_its_transaction(db: Database) -> Iterator[subprocess.Popen[bytes]]:
    """A leader of term 1 that stopped after it had looked at its lease, before its commit."""
    url = db.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", STOPPING, url], stderr=subprocess.PIPE) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        try:
            assert os.WIFSTOPPED(status)
            yield process
        finally:
            process.kill()


def first_term(book: SqlAlertBook, holder: str, within: float) -> int | None:
    """Its tries until it leads, or `within` seconds are over."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            return lead(book, holder, TTL)
        except Unavailable:
            continue
    return None


@pytest.mark.parametrize("db", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_leader_that_stopped_inside_its_transaction_holds_nobody_for_long(
    db: Database, book: SqlAlertBook, other: SqlAlertBook
) -> None:
    lead(book, "one")
    with stopped_inside_its_transaction(db) as stopped:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            lead(other, "two", TTL)
        waited = time.monotonic() - began
        assert first_term(other, "two", within=3 * STOPPED_AFTER / 1000) == 2
        os.kill(stopped.pid, signal.SIGCONT)
        _, said = stopped.communicate()
    assert waited < 2 * LOCK_WAIT / 1000
    assert b"Unavailable" in said
