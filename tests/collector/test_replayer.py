"""Dead letters decoded again: each counts once, whatever happens in between."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from pathlib import Path

from collector.pipeline import Interpret
from collector.replayer import DeadLetterReplayer
from domain.message import Message, Outcome
from domain.reading import Reading
from storage.database import Database
from storage.dead_letters import SqlDeadLetterBox
from storage.journal import SqliteJournal
from support.collecting import NOW, OUTLET, collect, interpret, message


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


def test_where_nothing_waits_no_interpreter_is_made(journal: SqliteJournal, letters: SqlDeadLetterBox) -> None:
    made: list[int] = []

    def fresh() -> Interpret:
        made.append(1)
        return mended

    replayer = DeadLetterReplayer(fresh, journal, letters, lambda: NOW)
    assert replayer.replay("unannounced", "outlet") == (0, 0)
    assert made == []
