"""Carries the journal to InfluxDB: never gives up, never loses, never sleeps (it says when to come back)."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from enum import StrEnum

import structlog
from msgspec import Struct

from domain.errors import NotPermitted, Unavailable, WriteRejected
from domain.message import DeadLetter
from domain.ports import DeadLetterBox
from domain.reading import Millis
from storage.influx_lines import line, prefix
from storage.influx_query import ServerFault
from storage.influx_store import InfluxReadingStore
from storage.influx_writer import MAX_LINES
from storage.journal import SqliteJournal
from storage.journal_codec import Row

FIRST_WAIT: Millis = 1_000
LONGEST_WAIT: Millis = 60_000
FAULTS_BEFORE_BISECTING = 8  # answers of 500 in a row before the request itself is suspected
REQUESTS_A_RUN = 40
REJECTED = "store_rejected"
TOPIC = "influxdb"

_log = structlog.get_logger()


class ForwardState(StrEnum):
    """How it stands with the store."""

    IDLE = "idle"  # everything is there
    FORWARDING = "forwarding"  # there is more: come back at once
    WAITING = "waiting"  # the store is away; tried again at `retry_at`
    STOPPED = "stopped"  # the store does not let us in: somebody must look; tried again at `retry_at`


class ForwardResult(Struct, frozen=True):
    """What one run did. `retry_at` is when to come back, None for whenever the caller pleases."""

    forwarded: int
    dead_lettered: int
    state: ForwardState
    retry_at: Millis | None = None
    detail: str = ""


class Forwarder:
    """One reader of the journal. Killed anywhere, it sends at most the last request again, which changes nothing.

    A request that is refused is halved until a single line is at fault; that line becomes a dead letter and the
    rest goes on. The cursor moves with each request that succeeded.
    """

    def __init__(
        self,
        journal: SqliteJournal,
        store: InfluxReadingStore,
        dead_letters: DeadLetterBox,
        *,
        reader: str = "store",
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._journal, self._store, self._dead_letters = journal, store, dead_letters
        self._reader, self._jitter = reader, jitter
        self._size = MAX_LINES
        self._failures = 0
        self._faults = 0
        self._waiting: ForwardResult | None = None
        self._prefixes: dict[int, str] = {}
        journal.advance(reader, 0)

    def run_once(self, now: Millis) -> ForwardResult:
        """Forward what there is, up to 40 requests."""
        waiting = self._waiting
        if waiting is not None and waiting.retry_at is not None and now < waiting.retry_at:
            return waiting
        forwarded = dead = 0
        try:
            for _ in range(REQUESTS_A_RUN):
                rows = self._journal.rows(self._journal.cursor(self._reader), self._size)
                if not rows:
                    return self._done(forwarded, dead, ForwardState.IDLE)
                taken, refused = self._deliver(rows)
                forwarded += taken
                dead += refused
        except NotPermitted as error:
            return self._wait(now, forwarded, dead, ForwardState.STOPPED, str(error))
        except Unavailable as error:
            return self._wait(now, forwarded, dead, ForwardState.WAITING, str(error))
        return self._done(forwarded, dead, ForwardState.FORWARDING)

    def _deliver(self, rows: Sequence[Row]) -> tuple[int, int]:
        """One request: how many lines were taken, how many refused for good."""
        try:
            self._store.send(self._lines(rows))
        except WriteRejected as error:
            return self._refused(rows, str(error))
        except ServerFault as error:
            self._faults += 1
            if self._faults < FAULTS_BEFORE_BISECTING or (len(rows) == 1 and not self._alone_at_fault(rows)):
                raise
            return self._refused(rows, str(error))
        self._failures = self._faults = 0
        self._size = min(MAX_LINES, self._size * 2)
        self._journal.advance(self._reader, rows[-1][0])
        return len(rows), 0

    def _refused(self, rows: Sequence[Row], answer: str) -> tuple[int, int]:
        if len(rows) > 1:
            self._size = len(rows) // 2
            return 0, 0
        row = rows[0]
        device = self._journal.series_of({row[1]})[row[1]].device
        payload = self._lines(rows)[0].encode()
        self._dead_letters.add([DeadLetter(TOPIC, payload, row[6], REJECTED, answer, device)])
        _log.warning("line_rejected", device=device, detail=answer)
        self._journal.advance(self._reader, row[0])
        return 0, 1

    def _alone_at_fault(self, rows: Sequence[Row]) -> bool:
        """Whether the server takes the line behind this one, and then still not this one."""
        following = self._journal.rows(rows[0][0], 1)
        return bool(following) and self._takes(following) and not self._takes(rows)

    def _takes(self, rows: Sequence[Row]) -> bool:
        try:
            self._store.send(self._lines(rows))
        except (Unavailable, WriteRejected):
            return False
        return True

    def _lines(self, rows: Sequence[Row]) -> list[str]:
        prefixes = self._prefixes
        new = {row[1] for row in rows} - prefixes.keys()
        if new:
            known = self._journal.series_of(new)
            prefixes.update((series, prefix(known[series])) for series in new)
        return [line(prefixes[series], time, value, quality, why) for _, series, time, value, quality, why, _ in rows]

    def _done(self, forwarded: int, dead: int, state: ForwardState) -> ForwardResult:
        if self._waiting is not None:
            _log.info("store_is_back", forwarded=forwarded)
        self._waiting = None
        self._failures = 0
        return ForwardResult(forwarded, dead, state)

    def _wait(self, now: Millis, forwarded: int, dead: int, state: ForwardState, detail: str) -> ForwardResult:
        if self._waiting is None or self._waiting.state is not state:
            _log.error("store_does_not_take", state=state.value, detail=detail)
        longest = min(LONGEST_WAIT, FIRST_WAIT << min(self._failures, 10))
        if state is ForwardState.STOPPED:
            longest = LONGEST_WAIT
        self._failures += 1
        retry_at = now + int(longest * (0.5 + 0.5 * self._jitter()))
        self._waiting = ForwardResult(0, 0, state, retry_at, detail)
        return ForwardResult(forwarded, dead, state, retry_at, detail)
