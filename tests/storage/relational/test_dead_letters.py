"""Dead letters: kept whole, in order, within bounds."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.message import DeadLetter
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox

NOON = 1_795_240_800_000


def letter(number: int = 0, *, reason: str = "bad_json", device: str | None = "outlet") -> DeadLetter:
    """A message that could not be read."""
    return DeadLetter(f"pantau/batik/outlet/{number}", b"\x00\xff{", NOON + number, reason, "no JSON", device)


@pytest.fixture
def box(db: Database) -> SqlDeadLetterBox:
    return SqlDeadLetterBox(db, keep=5)


def numbers(letters: list[DeadLetter]) -> list[int]:
    """Which letters these are."""
    return [found.received_at - NOON for found in letters]


def test_a_letter_comes_back_whole(box: SqlDeadLetterBox) -> None:
    sent = DeadLetter("a/b", bytes(range(256)), NOON, "bad_json", "baris 1: tidak terbaca", None, retained=True)
    box.add([sent])
    (found,) = box.waiting(0, 10, None, None)
    assert DeadLetter(*[getattr(found, name) for name in DeadLetter.__struct_fields__[:-2]]) == sent


def test_letters_are_numbered_from_one(box: SqlDeadLetterBox) -> None:
    box.add([letter(0), letter(1)])
    assert [found.id for found in box.waiting(0, 10, None, None)] == [1, 2]


@pytest.mark.parametrize(("said", "kept"), [("a\0b", "a\\x00b"), ("a\ud800b", "a\\ud800b"), ("😀", "😀")])
def test_text_that_no_database_takes_is_written_out(box: SqlDeadLetterBox, said: str, kept: str) -> None:
    box.add([DeadLetter(said, b"", NOON, "bad_encoding", said)])
    (found,) = box.waiting(0, 10, None, None)
    assert (found.topic, found.detail) == (kept, kept)


def test_adding_nothing_is_fine(box: SqlDeadLetterBox) -> None:
    box.add([])
    assert box.count() == 0


def test_a_page_is_newest_first_and_the_next_goes_on(box: SqlDeadLetterBox) -> None:
    box.add([letter(i) for i in range(5)])
    first = box.page(None, 3, None, None)
    second = box.page(first.next, 3, None, None)
    assert (numbers(first.items), numbers(second.items), second.next) == ([4, 3, 2], [1, 0], None)


def test_letters_are_chosen_by_reason_and_device(box: SqlDeadLetterBox) -> None:
    box.add([letter(0), letter(1, reason="clock"), letter(2, device=None)])
    pages = (box.page(None, 9, "clock", None), box.page(None, 9, "bad_json", "outlet"))
    assert [numbers(page.items) for page in pages] == [[1], [0]]


def test_waiting_letters_are_oldest_first_after_an_id(box: SqlDeadLetterBox) -> None:
    box.add([letter(i) for i in range(4)])
    assert numbers(box.waiting(1, 2, None, None)) == [1, 2]


def test_replayed_letters_wait_no_more_but_stay(box: SqlDeadLetterBox) -> None:
    box.add([letter(i) for i in range(3)])
    box.mark_replayed([1, 3], NOON + 99)
    assert (numbers(box.waiting(0, 9, None, None)), box.count()) == ([1], 1)
    assert [found.replayed_at for found in box.page(None, 9, None, None).items] == [NOON + 99, None, NOON + 99]


def test_marking_again_keeps_the_first_time(box: SqlDeadLetterBox) -> None:
    box.add([letter()])
    box.mark_replayed([1], NOON)
    box.mark_replayed([1, 77], NOON + 5)
    assert box.page(None, 9, None, None).items[0].replayed_at == NOON


def test_beyond_the_bound_the_oldest_go_and_are_counted(box: SqlDeadLetterBox) -> None:
    box.add([letter(i) for i in range(4)])
    box.add([letter(i) for i in range(4, 8)])
    assert (numbers(box.waiting(0, 99, None, None)), box.dropped()) == ([3, 4, 5, 6, 7], 3)


def test_one_batch_beyond_the_bound_keeps_its_newest(box: SqlDeadLetterBox) -> None:
    box.add([letter(i) for i in range(12)])
    assert (numbers(box.waiting(0, 99, None, None)), box.dropped()) == ([7, 8, 9, 10, 11], 7)


def test_a_replayed_letter_that_goes_is_no_loss(box: SqlDeadLetterBox) -> None:
    box.add([letter(0)])
    box.mark_replayed([1], NOON)
    box.add([letter(i) for i in range(1, 7)])
    assert box.dropped() == 1


def test_the_same_poison_again_and_again_stays_within_the_bound(box: SqlDeadLetterBox) -> None:
    for _ in range(4):
        box.add([letter()] * 3)
    assert (box.count(), box.dropped()) == (5, 7)


def test_numbers_are_not_used_again_after_a_restart(db: Database) -> None:
    box = SqlDeadLetterBox(db, keep=1)
    box.add([letter(0), letter(1)])
    box.add([letter(2)])
    assert box.waiting(0, 9, None, None)[0].id == 3


def test_a_box_that_keeps_nothing_is_invalid(db: Database) -> None:
    with pytest.raises(Invalid):
        SqlDeadLetterBox(db, keep=0)


def large(number: int, size: int) -> DeadLetter:
    """A letter of so many bytes."""
    return DeadLetter("a", b"x" * size, NOON + number, "too_large", "too large")


def test_large_letters_go_earlier_so_that_no_device_fills_the_disk(db: Database) -> None:
    box = SqlDeadLetterBox(db, keep=1000, room=1000)
    for number in range(20):
        box.add([large(number, 300)])
    assert numbers(box.waiting(0, 100, None, None)) == [17, 18, 19]
    assert box.dropped() == 17


def test_the_newest_letter_stays_however_large(db: Database) -> None:
    box = SqlDeadLetterBox(db, keep=1000, room=1000)
    box.add([large(0, 10), large(1, 5000)])
    assert numbers(box.waiting(0, 100, None, None)) == [1]
    box.add([large(2, 10)])
    assert numbers(box.waiting(0, 100, None, None)) == [2]


def test_small_letters_behind_a_large_one_all_stay(db: Database) -> None:
    box = SqlDeadLetterBox(db, keep=1000, room=1000)
    box.add([large(0, 900)])
    box.add([large(number, 1) for number in range(1, 700)])
    assert len(box.waiting(0, 1000, None, None)) == 699
    assert box.dropped() == 1
