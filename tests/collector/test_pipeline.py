"""What becomes of messages: exactly one of written, dead-lettered, redelivered, and only then acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from collector.pipeline import Collector, CollectorState
from collector.replayer import DeadLetterReplayer
from domain.errors import DiskFull
from domain.message import Message, Outcome, Rejection
from domain.reading import Reading, Series
from domain.series import Selection
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox
from storage.journal import SqliteJournal
from support.spool import ListedMessages

NOW = 1_800_000_000_000
OUTLET = Series("batik", "outlet", "ph", "pH", "outlet")


def interpret(message: Message) -> Outcome:
    """`T:V` becomes one reading; `T:V!` one reading and a refusal; `stale` is an old retained one."""
    text = message.payload.decode()
    if text == "stale":
        return Outcome("outlet", stale=True)
    if text == "bug":
        raise ZeroDivisionError("division by zero")
    if ":" not in text:
        return Outcome("outlet", rejections=[Rejection("bad_json", "not JSON at character 0")])
    time, value = text.rstrip("!").split(":")
    reading = Reading(OUTLET, int(time), float(value), received_at=message.received_at)
    rejections = [Rejection("not_a_number", "text", "cod")] if text.endswith("!") else []
    return Outcome("outlet", [reading], rejections)


def message(text: str, mid: int = 1, *, again: bool = False) -> Message:
    """One QoS 1 message of the outlet."""
    return Message("pantau/batik/outlet/telemetry", text.encode(), NOW, redelivered=again, receipt=(1, mid))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    """A real journal on disk."""
    with closing(SqliteJournal(tmp_path / "journal.db")) as opened:
        yield opened


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[SqlDeadLetterBox]:
    """A real dead-letter box on disk."""
    with closing(Database(f"sqlite:///{tmp_path}/pantau.db")) as database:
        database.migrate()
        yield SqlDeadLetterBox(database)


def collect(journal: SqliteJournal, letters: SqlDeadLetterBox, *batches: list[Message]) -> ListedMessages:
    """Run a new collector over the batches."""
    source = ListedMessages(*batches)
    collector = Collector(source, interpret, journal, letters, lambda: NOW)
    stop = threading.Event()
    while collector.run_once(0, stop):
        pass
    return source


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


def mended(message: Message) -> Outcome:
    """The profile after it was mended: reads `{` as pH 7."""
    return Outcome("outlet", [Reading(OUTLET, 5, 7.0, received_at=message.received_at)])


def test_a_replayed_dead_letter_counts_as_written(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    collect(journal, letters, [message("{")])
    replayer = DeadLetterReplayer(lambda: mended, journal, letters, lambda: NOW)

    assert replayer.replay(None, None) == (1, 0)
    total = journal.counters().total()
    assert (total.received, total.written, total.dead_lettered) == (1, 1, 0)
    assert letters.count() == 0


def test_a_letter_still_refused_stays(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    collect(journal, letters, [message("{")])
    replayer = DeadLetterReplayer(lambda: interpret, journal, letters, lambda: NOW)

    assert replayer.replay(None, None) == (0, 1)
    assert letters.count() == 1


class Forgetful:
    """A dead-letter box that was killed before it could mark what was replayed."""

    def __init__(self, letters: SqlDeadLetterBox) -> None:
        self.waiting = letters.waiting

    def mark_replayed(self, *_: object) -> None:
        """Forget."""


def test_a_replay_killed_before_its_mark_counts_nothing_twice(
    journal: SqliteJournal, letters: SqlDeadLetterBox
) -> None:
    collect(journal, letters, [message("{")])
    DeadLetterReplayer(lambda: mended, journal, Forgetful(letters), lambda: NOW).replay(None, None)  # type: ignore[arg-type]
    DeadLetterReplayer(lambda: mended, journal, letters, lambda: NOW).replay(None, None)

    total = journal.counters().total()
    assert (total.received, total.written, total.dead_lettered, total.readings) == (1, 1, 0, 1)
    assert letters.count() == 0


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


def test_a_letter_that_pantau_fails_on_holds_up_no_other(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    collect(journal, letters, [message("bug", 1), message("{", 2)])

    def half_mended(message: Message) -> Outcome:
        return mended(message) if message.payload == b"{" else interpret(message)

    assert DeadLetterReplayer(lambda: half_mended, journal, letters, lambda: NOW).replay(None, None) == (1, 1)


def test_letters_of_a_restored_database_are_not_taken_for_those_replayed_before(
    journal: SqliteJournal, letters: SqlDeadLetterBox, tmp_path: Path
) -> None:
    collect(journal, letters, [message("{")])
    DeadLetterReplayer(lambda: mended, journal, letters, lambda: NOW).replay(None, None)
    with closing(Database(f"sqlite:///{tmp_path}/restored.db")) as database:
        database.migrate()
        again = SqlDeadLetterBox(database)
        collect(journal, again, [message("{{", 2)])
        DeadLetterReplayer(lambda: mended, journal, again, lambda: NOW).replay(None, None)

    assert journal.counters().total().written == 2


def test_two_replays_at_once_count_a_letter_once(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    collect(journal, letters, [message("{")])
    meeting = threading.Barrier(2)

    def slowly(message: Message) -> Outcome:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.2)
        return mended(message)

    replayer = DeadLetterReplayer(lambda: slowly, journal, letters, lambda: NOW)
    threads = [threading.Thread(target=replayer.replay, args=(None, None)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    total = journal.counters().total()
    assert (total.received, total.written, total.dead_lettered) == (1, 1, 0)


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
