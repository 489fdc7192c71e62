"""A signed link is used once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.alert_book import SqlAlertBook
from storage.database import Database
from support.alerting import NOON

YEAR = 365 * 86_400_000


@pytest.fixture
def book(db: Database) -> SqlAlertBook:
    return SqlAlertBook(db)


def test_a_link_is_used_once(book: SqlAlertBook) -> None:
    assert [book.use_once("d1", NOON), book.use_once("d1", NOON + 1)] == [True, False]


def test_of_many_who_open_it_at_once_one_uses_it(book: SqlAlertBook, beside) -> None:
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda _: SqlAlertBook(beside()).use_once("d1", NOON), range(6)))
    assert outcomes.count(True) == 1


def test_whether_a_link_was_used_is_told_without_using_it(book: SqlAlertBook) -> None:
    before = book.used("d1")
    book.use_once("d1", NOON)
    assert (before, book.used("d1")) == (False, True)


def test_uses_of_long_expired_links_are_forgotten(book: SqlAlertBook) -> None:
    book.use_once("d1", NOON)
    book.use_once("d2", NOON + YEAR)
    assert (book.used("d1"), book.used("d2")) == (False, True)
