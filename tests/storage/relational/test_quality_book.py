"""Quality intervals: what was judged later, kept beside the readings."""

from __future__ import annotations

from msgspec.structs import replace

from domain.quality import QualityChange, QualityInterval, Replacement
from domain.reading import Reason
from storage.database import Database
from storage.quality_book import SqlQualityBook

NOON = 1_795_240_800_000
MINUTE = 60_000
STUCK = QualityInterval("outlet", "ph", NOON, NOON + 10 * MINUTE, 3, Reason.STUCK, "check:stuck")


def saying(*intervals: QualityInterval, start: int = NOON, stop: int = NOON + 60 * MINUTE) -> Replacement:
    return Replacement("outlet", "ph", "check:stuck", start, stop, list(intervals))


def commit(book: SqlQualityBook, *replacements: Replacement, cursor: int = 0) -> None:
    book.commit(QualityChange(cursor, 0, list(replacements)))


def of(book: SqlQualityBook) -> list[QualityInterval]:
    return [replace(one, id=0) for one in book.overlapping("outlet", "ph", 0, 2 * NOON)]


def test_an_interval_comes_back_as_written(db: Database) -> None:
    book = SqlQualityBook(db)
    commit(book, saying(STUCK))
    assert of(book) == [STUCK]


def test_only_what_shares_a_moment_overlaps(db: Database) -> None:
    book = SqlQualityBook(db)
    commit(book, saying(STUCK))
    before = book.overlapping("outlet", "ph", NOON - MINUTE, NOON)
    after = book.overlapping("outlet", "ph", STUCK.stop, STUCK.stop + 1)
    inside = book.overlapping("outlet", "ph", STUCK.stop - 1, STUCK.stop)
    assert (len(before), len(after), len(inside)) == (0, 0, 1)


def test_what_is_said_anew_replaces_what_was_said_there_before(db: Database) -> None:
    book = SqlQualityBook(db)
    commit(book, saying(STUCK))
    longer = replace(STUCK, stop=NOON + 20 * MINUTE)
    commit(book, saying(longer))
    assert of(book) == [longer]


def test_saying_the_same_again_keeps_the_row(db: Database) -> None:
    book = SqlQualityBook(db)
    commit(book, saying(STUCK))
    before = book.overlapping("outlet", "ph", 0, 2 * NOON)
    commit(book, saying(STUCK))
    assert book.overlapping("outlet", "ph", 0, 2 * NOON) == before


def test_a_check_never_removes_what_another_says(db: Database) -> None:
    book = SqlQualityBook(db)
    by_hand = replace(STUCK, who="budi", reason="sensor di udara")
    commit(book, replace(saying(by_hand), who="budi"))
    commit(book, saying())
    assert of(book) == [by_hand]


def test_cursors_and_memory_move_with_the_intervals(db: Database) -> None:
    book = SqlQualityBook(db)
    book.commit(QualityChange(7, 3, [], {("outlet", "ph"): "[1,2]", ("outlet", ""): "{}"}))
    assert book.cursors() == (7, 3)
    assert book.memory([("outlet", "ph"), ("inlet", "ph")]) == {("outlet", "ph"): "[1,2]"}


def test_pages_come_newest_first_and_lose_nothing(db: Database) -> None:
    book = SqlQualityBook(db)
    many = [replace(STUCK, start=NOON + n * MINUTE, stop=NOON + n * MINUTE + 1) for n in range(5)]
    commit(book, saying(*many))
    first = book.page(None, 3, "outlet", None, None, None)
    second = book.page(first.next, 3, "outlet", None, None, None)
    assert [one.start for one in (*first.items, *second.items)] == [one.start for one in reversed(many)]
    assert second.next is None


def test_a_page_holds_only_what_was_asked_for(db: Database) -> None:
    book = SqlQualityBook(db)
    commit(book, saying(STUCK))
    asked = [
        book.page(None, 10, None, None, STUCK.stop, None),
        book.page(None, 10, None, None, None, STUCK.start),
        book.page(None, 10, "inlet", None, None, None),
        book.page(None, 10, "outlet", "do", None, None),
    ]
    assert [page.items for page in asked] == [[], [], [], []]


def test_intervals_since_a_moment_are_those_that_end_after_it(db: Database) -> None:
    book = SqlQualityBook(db)
    commit(book, saying(STUCK))
    assert (len(book.since(STUCK.stop - 1)), len(book.since(STUCK.stop))) == (1, 0)
