"""Dead letters through the decoder again, after a profile was mended or a device registered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from collector.pipeline import Interpret
from domain.counters import UNKNOWN, Tally
from domain.message import DeadLetter, Message, Outcome
from domain.ports import DeadLetterBox, Journal
from domain.reading import Millis, Reading

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

    def replay(self, reason: str | None, device: str | None, topics: Sequence[str] | None = None) -> tuple[int, int]:
        """Oldest first, in slices; (became readings, still refused)."""
        interpret = self._interpret()
        became = refused = after = 0
        while letters := self._dead_letters.waiting(after, SLICE, reason, device, topics):
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
            outcome = interpret(Message(letter.topic, letter.payload, letter.received_at, letter.retained))
            if outcome.rejections or not outcome.readings:
                continue
            mended.append(letter.id)
            if -letter.id not in journaled:
                readings += outcome.readings
                tally.receipts.append(-letter.id)
                _move(tally, letter, outcome)
        if mended:
            self._journal.append(readings, tally)
            self._dead_letters.mark_replayed(mended, self._clock())
        return len(mended)


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
