"""Work under the lease: given the term, and let go where another has taken over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from service.alerts_role import LEASE, TERM, Lease
from storage.alert_book import SqlAlertBook
from storage.database import Database
from support.folders import with_database

T0 = 1_795_219_200_000


@pytest.fixture
def book(tmp_path: Path) -> Iterator[SqlAlertBook]:
    with closing(Database(f"sqlite:///{with_database(tmp_path)}")) as database:
        yield SqlAlertBook(database)


def test_work_is_given_the_term(book: SqlAlertBook) -> None:
    lease, given = Lease(book, lambda: T0), list[int]()
    lease.keep()
    lease.under(given.append)()
    assert given == [1]


@pytest.mark.parametrize("way", ["judge", "under"])
def test_one_that_finds_itself_deposed_does_nothing_more(book: SqlAlertBook, way: str) -> None:
    times = iter([T0, T0 + 1])
    lease, done = Lease(book, lambda: next(times)), list[int]()
    lease.keep()

    def work(term: int) -> None:
        done.append(term)
        book.lead(LEASE, "another", T0 + 2 * TERM, TERM)
        book.use_once("summary", T0 + TERM, term)

    if way == "judge":
        lease.judge(work)
    else:
        lease.under(work)()
    lease.under(done.append)()
    assert (lease.term, done, book.used("summary")) == (None, [1], False)


def test_other_troubles_of_work_are_its_own(book: SqlAlertBook) -> None:
    lease = Lease(book, lambda: T0)
    lease.keep()

    def fails(term: int) -> None:
        raise ValueError(term)

    with pytest.raises(ValueError, match="1"):
        lease.under(fails)()
    assert lease.term == 1


def test_who_leads_anew_is_told_once(book: SqlAlertBook) -> None:
    told = list[str]()
    first, second = (Lease(book, lambda: T0, partial(told.append, name)) for name in ("first", "second"))
    for lease in (first, second, first):
        lease.keep()
    first.resign()
    second.keep()
    assert told == ["first", "second"]
