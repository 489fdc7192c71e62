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
    FAILED = "failed"  # a fault of our own; tried again
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
        self.trouble: str | None = None  # why it is blocked or failed; None while it is not
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
        """Collect until told to stop. Nothing else ends it: after a fault it connects anew, so that the broker
        sends again what was not acknowledged.
        """
        try:
            while not stop.is_set():
                try:
                    self._collect(stop)
                except Exception as error:
                    log.exception("collector_failed")
                    self.state, self.trouble = CollectorState.FAILED, f"{type(error).__name__}: {error}"
                    self._source.stop()
                    stop.wait(RETRY_MOST)
            self._source.stop()
        finally:
            self.state = CollectorState.STOPPED

    def _collect(self, stop: threading.Event) -> None:
        self._source.start()
        if self.state is not CollectorState.FAILED:  # a fault is over when a batch is kept again
            self.state = CollectorState.RUNNING
        while not stop.is_set():
            self.run_once(0.5, stop)

    def run_once(self, wait: float, stop: threading.Event) -> int:
        """Take one batch and see it through; the number of messages taken."""
        messages = self._source.take(wait)
        if not messages:
            return 0
        self.in_flight = len(messages)
        self.last_message_at = messages[-1].received_at
        try:
            if self._see_through(messages, stop):
                self._source.acknowledge(messages)
        finally:
            self.in_flight = 0
        return len(messages)

    def _see_through(self, messages: Sequence[Message], stop: threading.Event) -> bool:
        """Judge them and make them durable; False when told to stop before that."""
        batch = self._judged(self.interpret, messages)
        try:
            return self._made_durable(batch, stop)
        except Exception:
            log.exception("batch_failed", messages=len(messages))
        return all(self._alone(message, stop, told=not (batch.letters or batch.again)) for message in messages)

    def _alone(self, message: Message, stop: threading.Event, *, told: bool) -> bool:
        """One message of a batch that could not be kept: if it is the one at fault, it becomes a dead letter.

        `told`: the batch's dead letters are durable already.
        """
        batch = self._judged(self.interpret, [message])
        if told:
            batch.letters, batch.again = [], []
        try:
            return self._made_durable(batch, stop)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others must go on
            return self._made_durable(self._judged(_refusing(error), [message]), stop)

    def _judged(self, interpret: Interpret, messages: Sequence[Message]) -> Batch:
        batch = Batch(interpret, self._receipts)
        batch.judge(messages)
        return batch

    def _made_durable(self, batch: Batch, stop: threading.Event) -> bool:
        """Keep trying until everything is on disk; False when told to stop before that."""
        pause = RETRY_FIRST
        while True:
            try:
                if batch.letters or batch.again:
                    self._dead_letters.add(batch.letters, batch.again)
                    batch.letters, batch.again = [], []
                self._journal.append(batch.readings, batch.tally)
            except Unavailable as error:
                self._blocked(error)
                if stop.wait(pause):
                    return False
                pause = min(pause * 2, RETRY_MOST)
            else:
                self._receipts.extend(batch.tally.receipts)
                self._unblocked()
                return True

    def _blocked(self, error: Unavailable) -> None:
        state = CollectorState.DISK_FULL if isinstance(error, DiskFull) else CollectorState.JOURNAL_AWAY
        if state != self.state:
            log.error("collector_blocked", state=state.value, error=str(error))
        self.state, self.trouble = state, str(error)

    def _unblocked(self) -> None:
        if self.trouble is not None:
            log.info("collector_resumed")
        self.state, self.trouble = CollectorState.RUNNING, None


class Batch:
    """What a list of messages became: readings, dead letters, and their tally."""

    def __init__(self, interpret: Interpret, receipts: Sequence[int] = ()) -> None:
        self._interpret = interpret
        self._receipts = receipts
        self._known: dict[int, int] | None = None  # the newest fingerprint under each packet id
        self.readings: list[Reading] = []
        self.letters: list[DeadLetter] = []
        self.again: list[DeadLetter] = []  # of redelivered messages: an interrupted attempt may have kept them
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
                if self._known is not None:
                    self._known[mark >> 32] = mark
            self._count(message, outcome, tally)

    def _outcome(self, message: Message) -> Outcome:
        try:
            return self._interpret(message)
        except Exception as error:
            log.exception("interpreter_failed", topic=message.topic)
            return _refusing(error)(message)

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
        letters = self.again if message.redelivered else self.letters
        letters.append(dead_letter(message, device, rejections, partial=partial))

    def _seen(self, mark: int) -> bool:
        """Whether the newest message under its packet id is this very one.

        A broker gives an id to another message only after our acknowledgement: an older one cannot come again.
        """
        if self._known is None:
            self._known = {known >> 32: known for known in (*self._receipts, *self.tally.receipts)}
        return self._known.get(mark >> 32) == mark


def _refusing(error: Exception) -> Interpret:
    """Refuses every message for a fault of our own."""
    detail = f"Pantau itself failed on this message ({type(error).__name__}: {error}); please report it"
    return lambda _: Outcome(None, rejections=[Rejection(RejectReason.BAD_PAYLOAD.value, detail)])


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
