"""Waiting letters by topic, and only those of some topics: what unknown devices are found by."""

from __future__ import annotations

import pytest

from domain.message import DeadLetter
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox

NOON = 1_795_240_800_000
UNKNOWN = ["unknown_device", "unknown_topic"]


def letter(topic: str, at: int = 0, reason: str = "unknown_device") -> DeadLetter:
    """A letter of a device nobody registered."""
    return DeadLetter(topic, f"{at}".encode(), NOON + at, reason, "nobody registered it")


@pytest.fixture
def box(db: Database) -> SqlDeadLetterBox:
    return SqlDeadLetterBox(db)


def test_topics_are_told_with_the_one_heard_last_first(box: SqlDeadLetterBox) -> None:
    box.add([letter("a"), letter("b", 1), letter("a", 2)])
    assert [(one.topic, one.count) for one in box.unread_topics(UNKNOWN, 9)] == [("a", 2), ("b", 1)]


def test_a_topic_comes_with_its_last_letter_whole_and_the_time_of_its_first(box: SqlDeadLetterBox) -> None:
    box.add([letter("a"), letter("a", 5)])
    (found,) = box.unread_topics(UNKNOWN, 9)
    assert (found.first_at, found.last.payload, found.last.received_at) == (NOON, b"5", NOON + 5)


def test_other_reasons_and_replayed_letters_are_left_out(box: SqlDeadLetterBox) -> None:
    box.add([letter("a"), letter("b", 1, "bad_json"), letter("c", 2, "unknown_topic")])
    box.mark_replayed([1], NOON)
    assert [one.topic for one in box.unread_topics(UNKNOWN, 9)] == ["c"]


def test_only_so_many_topics_are_told(box: SqlDeadLetterBox) -> None:
    box.add([letter(f"t/{number}", number) for number in range(6)])
    assert [one.topic for one in box.unread_topics(UNKNOWN, 2)] == ["t/5", "t/4"]


def test_an_empty_box_has_no_topics(box: SqlDeadLetterBox) -> None:
    assert box.unread_topics(UNKNOWN, 9) == []


def test_waiting_letters_are_chosen_by_topic(box: SqlDeadLetterBox) -> None:
    box.add([letter("a"), letter("b", 1), letter("c", 2), letter("a", 3)])
    found = box.waiting(0, 9, None, None, ["a", "c"])
    assert [one.received_at - NOON for one in found] == [0, 2, 3]


def test_a_topic_that_no_database_takes_is_found_as_it_was_kept(box: SqlDeadLetterBox) -> None:
    box.add([letter("a\0b")])
    assert len(box.waiting(0, 9, None, None, ["a\0b"])) == 1
