"""Dead letters through the decoder again, after a profile was mended or a device registered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from zlib import crc32

import structlog

from collector.pipeline import Interpret
from domain.counters import UNKNOWN, Tally
from domain.message import DeadLetter, Message, Outcome
from domain.ports import DeadLetterBox, Journal
from domain.reading import Millis, Reading

log = structlog.get_logger()

SLICE = 500


class DeadLetterReplayer:
    """Implements `Replayer`. What became readings is in the journal before its letter is marked."""

    def __init__(
        self,
        interpret: Callable[[], Interpret],
        journal: Journal,
        dead_letters: DeadLetterBox,
        clock: Callable[[], Millis],
    ) -> None:
        self._interpret = interpret
        self._journal = journal
        self._dead_letters = dead_letters
        self._clock = clock
        self._one_at_a_time = threading.Lock()  # two at once would count a letter twice

    def replay(self, reason: str | None, device: str | None, topics: Sequence[str] | None = None) -> tuple[int, int]:
        """Oldest first, in slices; (became readings, still refused)."""
        with self._one_at_a_time:
            return self._replay(reason, device, topics)

    def _replay(self, reason: str | None, device: str | None, topics: Sequence[str] | None) -> tuple[int, int]:
        interpret: Interpret | None = None  # made only when something waits: it reads all profiles anew
        became = refused = after = 0
        while letters := self._dead_letters.waiting(after, SLICE, reason, device, topics):
            interpret = self._interpret() if interpret is None else interpret
            after = letters[-1].id
            done = self._replay_slice(interpret, letters)
            became += done
            refused += len(letters) - done
        return became, refused

    def _replay_slice(self, interpret: Interpret, letters: list[DeadLetter]) -> int:
        # Journaled by a replay that was interrupted before it could mark them: only the mark is missing.
        journaled = set(self._journal.receipts())
        readings: list[Reading] = []
        tally = Tally()
        mended: list[int] = []
        for letter in letters:
            outcome = _outcome(interpret, letter)
            if outcome is None or outcome.rejections or not outcome.readings:
                continue
            mended.append(letter.id)
            if _mark(letter) not in journaled:
                readings += outcome.readings
                tally.receipts.append(_mark(letter))
                _move(tally, letter, outcome)
        if mended:
            self._journal.append(readings, tally)
            self._dead_letters.mark_replayed(mended, self._clock())
        return len(mended)


def _outcome(interpret: Interpret, letter: DeadLetter) -> Outcome | None:
    """None where Pantau itself fails on the letter: it stays, and holds up no other."""
    try:
        return interpret(Message(letter.topic, letter.payload, letter.received_at, letter.retained))
    except Exception:
        log.exception("interpreter_failed", letter=letter.id)
        return None


def _mark(letter: DeadLetter) -> int:
    """Negative, unlike a message's fingerprint. Of number and content: after a database was restored from a
    backup its numbers begin again with other letters.
    """
    content = crc32(letter.payload, crc32(f"{letter.received_at} {letter.topic}".encode()))
    return -((letter.id & 0x7FFFFFFF) << 32 | content)


def _move(tally: Tally, letter: DeadLetter, outcome: Outcome) -> None:
    """Count the message as written where it now belongs; it was received long ago."""
    into = tally.of(outcome.device or UNKNOWN)
    into.readings += len(outcome.readings)
    if letter.partial:  # it already counts as written; the readings it gave then are merely written again
        return
    was = tally.of(letter.device or UNKNOWN)
    was.dead_lettered -= 1
    was.received -= 1
    into.written += 1
    into.received += 1
