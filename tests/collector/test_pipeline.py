"""What becomes of messages: exactly one of written, dead-lettered, redelivered, and only then acknowledged."""

from __future__ import annotations

import threading

import pytest

from collector.pipeline import Collector, CollectorState
from domain.errors import DiskFull
from domain.message import Message, Outcome
from domain.reading import Reading
from domain.series import Selection
from storage.dead_letters import SqlDeadLetterBox
from storage.journal import SqliteJournal
from support.collecting import NOW, OUTLET, collect, interpret, message
from support.spool import ListedMessages


def test_a_reading_is_in_the_journal_and_its_message_acknowledged(
    journal: SqliteJournal, letters: SqlDeadLetterBox
) -> None:
    source = collect(journal, letters, [message("1:7.2")])

    assert [(r.time, r.value) for r in journal.latest(Selection())] == [(1, 7.2)]
    assert len(source.acknowledged) == 1


def test_every_message_is_counted_in_exactly_one_way(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    batch = [message("1:7.2", 1), message("{", 2), message("stale", 3), message("2:7.3!", 4), message("bug", 5)]
    collect(journal, letters, batch)

    total = journal.counters().total()
    assert (total.received, total.written, total.dead_lettered, total.redelivered) == (5, 2, 2, 1)


def test_a_bad_value_does_not_discard_the_good_one_beside_it(
    journal: SqliteJournal, letters: SqlDeadLetterBox
) -> None:
    collect(journal, letters, [message("2:7.3!")])

    assert [r.value for r in journal.latest(Selection())] == [7.3]
    assert [(letter.reason, letter.partial) for letter in letters.waiting(0, 10, None, None)] == [
        ("not_a_number", True)
    ]
    assert journal.counters().reasons == {"not_a_number": 1}


def test_a_message_redelivered_after_a_kill_is_recognised(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    collect(journal, letters, [message("1:7.2", 9)])
    collect(journal, letters, [message("1:7.2", 9, again=True)])

    total = journal.counters().total()
    assert (total.received, total.written, total.redelivered, total.readings) == (2, 1, 1, 1)


def test_a_redelivered_message_never_stored_before_is_written(
    journal: SqliteJournal, letters: SqlDeadLetterBox
) -> None:
    collect(journal, letters, [message("1:7.2", 9)])
    collect(journal, letters, [message("1:7.2", 10, again=True)])

    assert journal.counters().total().written == 2


def test_a_fault_of_our_own_costs_one_message_and_says_so(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    source = collect(journal, letters, [message("bug", 1), message("1:7.2", 2)])

    (letter,) = letters.waiting(0, 10, None, None)
    assert "ZeroDivisionError" in letter.detail
    assert len(source.acknowledged) == 2


class FullOnce:
    """A journal whose disk is full for the first tries."""

    def __init__(self, journal: SqliteJournal, tries: int) -> None:
        self._journal = journal
        self.left = tries

    def append(self, *batch: object) -> int:
        """Refuse until the tries are used up."""
        if self.left:
            self.left -= 1
            raise DiskFull("no space left")
        return self._journal.append(*batch)  # type: ignore[arg-type]

    def receipts(self) -> list[int]:
        """As the journal's."""
        return self._journal.receipts()


def test_a_full_disk_stops_the_acknowledging_and_work_resumes_by_itself(
    journal: SqliteJournal, letters: SqlDeadLetterBox
) -> None:
    source = ListedMessages([message("1:7.2")])
    full = FullOnce(journal, 1)
    collector = Collector(source, interpret, full, letters, lambda: NOW)  # type: ignore[arg-type]
    collector.run_once(0, threading.Event())

    assert len(source.acknowledged) == 1
    assert collector.state is CollectorState.RUNNING
    assert journal.counters().total().written == 1


def test_told_to_stop_while_the_disk_is_full_it_acknowledges_nothing(
    journal: SqliteJournal, letters: SqlDeadLetterBox
) -> None:
    source, stop = ListedMessages([message("1:7.2")]), threading.Event()
    stop.set()
    collector = Collector(source, interpret, FullOnce(journal, 99), letters, lambda: NOW)  # type: ignore[arg-type]
    collector.run_once(0, stop)

    assert source.acknowledged == []
    assert collector.state is CollectorState.DISK_FULL


def test_a_message_redelivered_within_its_own_batch_is_recognised(
    journal: SqliteJournal, letters: SqlDeadLetterBox
) -> None:
    collect(journal, letters, [message("1:7.2", 9), message("2:7.3", 10), message("1:7.2", 9, again=True)])

    total = journal.counters().total()
    assert (total.received, total.written, total.redelivered) == (3, 2, 1)


def test_only_the_newest_message_under_a_packet_id_can_come_again(
    journal: SqliteJournal, letters: SqlDeadLetterBox
) -> None:
    collect(journal, letters, [message("1:7.2", 9)], [message("2:7.3", 9)])
    collect(journal, letters, [message("1:7.2", 9, again=True)])

    assert journal.counters().total().redelivered == 0


def endless(message: Message) -> Outcome:
    """As `interpret`, but `endless` has a time that no file can hold."""
    if message.payload == b"endless":
        return Outcome("outlet", [Reading(OUTLET, 10**30, 7.0, received_at=message.received_at)])
    return interpret(message)


def test_a_reading_that_cannot_be_kept_costs_its_own_message_only(
    journal: SqliteJournal, letters: SqlDeadLetterBox
) -> None:
    source = ListedMessages([message("1:7.2", 1), message("{", 2), message("endless", 3), message("2:7.3", 4)])
    collector = Collector(source, endless, journal, letters, lambda: NOW)
    collector.run_once(0, threading.Event())

    total = journal.counters().total()
    assert (total.received, total.written, total.dead_lettered) == (4, 2, 2)
    assert [letter.payload for letter in letters.waiting(0, 10, None, None)] == [b"{", b"endless"]
    assert len(source.acknowledged) == 4
    assert collector.state is CollectorState.RUNNING


class FaultyOnce(ListedMessages):
    """Fails in its first `take`, as no source should."""

    def __init__(self, told: threading.Event, *batches: list[Message]) -> None:
        super().__init__(*batches)
        self.told = told
        self.starts = 0

    def start(self) -> None:
        """Count."""
        self.starts += 1

    def take(self, wait: float) -> list[Message]:
        """Fail first, then hand out, then say that it is empty."""
        if self.starts == 1:
            raise KeyError("a fault of ours")
        if not self.batches:
            self.told.set()
        return super().take(wait)


def test_no_fault_ends_the_collecting(
    journal: SqliteJournal, letters: SqlDeadLetterBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.pipeline.RETRY_MOST", 0.01)
    stop = threading.Event()
    source = FaultyOnce(stop, [message("1:7.2")])
    Collector(source, interpret, journal, letters, lambda: NOW).run(stop)

    assert (source.starts, len(source.acknowledged)) == (2, 1)
    assert journal.counters().total().written == 1


def test_a_letter_kept_before_a_kill_is_not_kept_twice(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    stop = threading.Event()
    stop.set()  # stopped between the dead letters and the journal
    batch = [message("{", 1), message("[", 2)]
    Collector(ListedMessages(batch), interpret, FullOnce(journal, 99), letters, lambda: NOW).run_once(0, stop)  # type: ignore[arg-type]
    collect(journal, letters, [message("{", 1, again=True), message("[", 2, again=True), message("(", 3, again=True)])

    assert [letter.payload for letter in letters.waiting(0, 10, None, None)] == [b"{", b"[", b"("]
    assert journal.counters().total().dead_lettered == 3


def test_the_same_nonsense_sent_twice_is_two_letters(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    collect(journal, letters, [message("{", 1), message("{", 2)])

    assert letters.count() == 2
