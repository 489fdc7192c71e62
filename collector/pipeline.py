"""The path of a message: take, recognise what was redelivered, interpret, make durable, acknowledge."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum
from zlib import crc32

import structlog

from domain.counters import UNKNOWN, DeviceTally, Tally
from domain.errors import DiskFull, Unavailable
from domain.message import DeadLetter, Message, Outcome, Rejection, RejectReason
from domain.ports import DeadLetterBox, Journal, MessageSource
from domain.reading import Millis, Reading

log = structlog.get_logger()

Interpret = Callable[[Message], Outcome]

RECEIPTS_KEPT = 20_000  # fingerprints of the newest messages: more than a broker ever redelivers
RETRY_FIRST, RETRY_MOST = 0.2, 5.0  # s


class CollectorState(StrEnum):
    """What the collector is doing, for the health page."""

    RUNNING = "running"
    DISK_FULL = "disk_full"
    JOURNAL_AWAY = "journal_away"
    STOPPED = "stopped"


class Collector:
    """Moves messages from the source into the journal. `run` belongs to one thread; the rest may be read."""

    def __init__(
        self,
        source: MessageSource,
        interpret: Interpret,
        journal: Journal,
        dead_letters: DeadLetterBox,
        clock: Callable[[], Millis],
    ) -> None:
        self._source = source
        self.interpret = interpret  # replaced as a whole when devices or profiles change
        self._journal = journal
        self._dead_letters = dead_letters
        self._clock = clock
        self._receipts = deque(journal.receipts(), RECEIPTS_KEPT)
        self.state = CollectorState.STOPPED
        self.in_flight = 0
        self.last_message_at: Millis | None = None

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        return self._source.connected

    @property
    def last_error(self) -> str | None:
        """Why the broker is not there; None while it is."""
        return self._source.last_error

    def listen_to(self, filters: Sequence[str]) -> None:
        """Receive these topics from now on."""
        self._source.listen_to(filters)

    def run(self, stop: threading.Event) -> None:
        """Collect until told to stop."""
        self._source.start()
        self.state = CollectorState.RUNNING
        while not stop.is_set():
            self.run_once(0.5, stop)
        self._source.stop()
        self.state = CollectorState.STOPPED

    def run_once(self, wait: float, stop: threading.Event) -> int:
        """Take one batch and see it through; the number of messages taken."""
        messages = self._source.take(wait)
        if not messages:
            return 0
        self.in_flight = len(messages)
        self.last_message_at = messages[-1].received_at
        batch = Batch(self.interpret, self._receipts)
        batch.judge(messages)
        if self._made_durable(batch, stop):
            self._receipts.extend(batch.tally.receipts)
            self._source.acknowledge(messages)
        self.in_flight = 0
        return len(messages)

    def _made_durable(self, batch: Batch, stop: threading.Event) -> bool:
        """Keep trying until everything is on disk; False when told to stop before that."""
        pause = RETRY_FIRST
        while True:
            try:
                if batch.letters:
                    self._dead_letters.add(batch.letters)
                    batch.letters = []
                self._journal.append(batch.readings, batch.tally)
            except Unavailable as error:
                self._blocked(error)
                if stop.wait(pause):
                    return False
                pause = min(pause * 2, RETRY_MOST)
            else:
                self._unblocked()
                return True

    def _blocked(self, error: Unavailable) -> None:
        state = CollectorState.DISK_FULL if isinstance(error, DiskFull) else CollectorState.JOURNAL_AWAY
        if state != self.state:
            log.error("collector_blocked", state=state.value, error=str(error))
        self.state = state

    def _unblocked(self) -> None:
        if self.state in (CollectorState.DISK_FULL, CollectorState.JOURNAL_AWAY):
            log.info("collector_resumed")
        self.state = CollectorState.RUNNING


class Batch:
    """What a list of messages became: readings, dead letters, and their tally."""

    def __init__(self, interpret: Interpret, receipts: Sequence[int] = ()) -> None:
        self._interpret = interpret
        self._receipts = receipts
        self._known: set[int] | None = None
        self.readings: list[Reading] = []
        self.letters: list[DeadLetter] = []
        self.tally = Tally()

    def judge(self, messages: Sequence[Message]) -> None:
        """Sort every message into exactly one of written, dead-lettered, redelivered."""
        receipts = self.tally.receipts
        for message in messages:
            mark = fingerprint(message)
            outcome = self._outcome(message)
            tally = self.tally.of(outcome.device or UNKNOWN)
            tally.received += 1
            if message.redelivered and self._seen(mark):
                tally.redelivered += 1
                continue
            if mark:
                receipts.append(mark)
            self._count(message, outcome, tally)

    def _outcome(self, message: Message) -> Outcome:
        try:
            return self._interpret(message)
        except Exception as error:
            log.exception("interpreter_failed", topic=message.topic)
            detail = f"Pantau itself failed on this message ({type(error).__name__}: {error}); please report it"
            return Outcome(None, rejections=[Rejection(RejectReason.BAD_PAYLOAD.value, detail)])

    def _count(self, message: Message, outcome: Outcome, tally: DeviceTally) -> None:
        readings, rejections = outcome.readings, outcome.rejections
        if readings:
            tally.written += 1
            tally.readings += len(readings)
            self.readings += readings
        elif outcome.stale and not rejections:
            tally.redelivered += 1
        else:
            tally.dead_lettered += 1
        if rejections:
            tally.rejected += len(rejections)
            self._keep(message, outcome.device, rejections, partial=bool(readings))
        elif not readings and not outcome.stale:
            self._keep(message, outcome.device, [NOTHING_READ])

    def _keep(
        self, message: Message, device: str | None, rejections: Sequence[Rejection], *, partial: bool = False
    ) -> None:
        for rejection in rejections:
            self.tally.reasons[rejection.reason] = self.tally.reasons.get(rejection.reason, 0) + 1
        self.letters.append(dead_letter(message, device, rejections, partial=partial))

    def _seen(self, mark: int) -> bool:
        if self._known is None:
            self._known = set(self._receipts)
        return mark in self._known


NOTHING_READ = Rejection(RejectReason.NO_METRIC.value, "nothing the device's profile knows was in the message")


def dead_letter(
    message: Message, device: str | None, rejections: Sequence[Rejection], *, partial: bool = False
) -> DeadLetter:
    """The whole message with its reasons; the first names the letter."""
    detail = "; ".join(f"{r.metric}: {r.detail}" if r.metric else r.detail for r in rejections)
    return DeadLetter(
        topic=message.topic,
        payload=message.payload,
        received_at=message.received_at,
        reason=rejections[0].reason,
        detail=detail,
        device=device,
        retained=message.retained,
        partial=partial,
    )


def fingerprint(message: Message) -> int:
    """Tells a redelivered message from others: its packet id with the CRC of its content; 0 below QoS 1.

    Brokers resend an unacknowledged message under its packet id, so a known fingerprint on a message flagged
    as a duplicate means that its readings are in the journal and only our PUBACK was lost.
    """
    mid = message.receipt[1]
    return mid << 32 | crc32(message.payload, crc32(message.topic.encode())) if mid else 0
