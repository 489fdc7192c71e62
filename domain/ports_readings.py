"""Contracts of what moves and keeps readings: source, journal, dead letters, store, query.

What holds of all stands in `domain.ports`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.counters import Counters, Tally
from domain.message import DeadLetter, Message, UnreadTopic
from domain.reading import Millis, Reading
from domain.series import Bucket, DaySummary, Depth, Selection, StateSpan

Clock = Callable[[], Millis]

T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True):
    """One page of a list; `next` is the cursor of the following page, None at the end."""

    items: list[T]
    next: str | None = None


class MessageSource(Protocol):
    """Where messages come from (a broker). Used from one thread only, except `connected`, `listen_to` and `stop`."""

    @property
    def connected(self) -> bool:
        """Whether the broker is there and the subscription stands."""
        ...

    @property
    def last_error(self) -> str | None:
        """Why the broker is not there; None while it is."""
        ...

    def listen_to(self, filters: Sequence[str]) -> None:
        """Receive these topics from now on. May be called from any thread."""
        ...

    def start(self) -> None:
        """Begin connecting. Does not block and does not raise when the broker is away."""
        ...

    def take(self, wait: float) -> list[Message]:
        """One batch in the order received: waits at most `wait` s for its first message. Empty when nothing
        came. Does the network's housekeeping as well, and never raises for the network's sake.
        """
        ...

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that these, in the order taken, are safe. Those of an earlier connection are left
        for the broker to send again. Never raises.
        """
        ...

    def stop(self) -> None:
        """Disconnect, leaving the session on the broker. Unacknowledged messages come again."""
        ...


class Entry(Struct, frozen=True, gc=False):
    """One journal row: its sequence number and its reading."""

    seq: int
    reading: Reading


class Journal(Protocol):
    """The durable log of readings in order of arrival, read by cursors. Safe across processes."""

    @property
    def identity(self) -> str:
        """Another for every journal ever begun; sequence numbers count within one."""
        ...

    def append(self, readings: Sequence[Reading], tally: Tally) -> int:
        """Make both durable in one transaction; return the last sequence number. Raises DiskFull or
        Unavailable having kept nothing of it.
        """
        ...

    def read(self, after: int, limit: int) -> list[Entry]:
        """Rows with seq > after, ascending, at most `limit`. Never raises for a purged range."""
        ...

    def head(self) -> int:
        """The newest sequence number, 0 in an empty journal."""
        ...

    def cursor(self, reader: str) -> int:
        """How far a reader has said it is; 0 for one never heard of."""
        ...

    def advance(self, reader: str, seq: int) -> None:
        """Say that the reader's own work up to `seq` is durable. Never moves backwards."""
        ...

    def purge(self, now: Millis) -> int:
        """Remove rows that every known reader has passed and that are older than 15 minutes; the count."""
        ...

    def depth(self, reader: str, now: Millis) -> Depth:
        """What the reader has yet to read."""
        ...

    def tail(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """All rows of one series with start <= time < stop, by time; of equal times only the last to arrive."""
        ...

    def latest(self, selection: Selection) -> list[Reading]:
        """The newest reading by time of each matching series that ever passed through the journal."""
        ...

    def counters(self) -> Counters:
        """Totals since the installation began, including what was committed this instant."""
        ...

    def receipts(self) -> list[int]:
        """Fingerprints of the messages of the last batches, oldest first (at most 20,000)."""
        ...


class DeadLetterBox(Protocol):
    """Messages kept whole because they could not be read. Bounded; the oldest go first, counted."""

    def add(self, letters: Sequence[DeadLetter], again: Sequence[DeadLetter] = ()) -> None:
        """Make them durable. Those of `again` come from redelivered messages: one that waits here already, kept by
        an attempt that was interrupted before its acknowledgement, is not added twice.
        """
        ...

    def page(self, after: str | None, limit: int, reason: str | None, device: str | None) -> Page[DeadLetter]:
        """Newest first."""
        ...

    def waiting(
        self, after: int, limit: int, reason: str | None, device: str | None, topics: Sequence[str] | None = None
    ) -> list[DeadLetter]:
        """Those not yet replayed, oldest first, with id > after; only those of `topics` where given."""
        ...

    def unread_topics(self, reasons: Sequence[str], limit: int) -> list[UnreadTopic]:
        """The topics of waiting letters with one of the reasons, those heard last first. Looks at the newest
        letters only, so that it costs the same however full the box is.
        """
        ...

    def mark_replayed(self, ids: Sequence[int], now: Millis) -> None:
        """They became readings at last."""
        ...

    def count(self) -> int:
        """How many wait."""
        ...

    def dropped(self) -> int:
        """How many were let go for want of room before they were replayed, since the installation began."""
        ...


class ReadingStore(Protocol):
    """Where readings live for good. Writing the same (device, metric, time) again replaces it."""

    def write(self, readings: Sequence[Reading]) -> None:
        """Make them durable. Raises Unavailable (try again), WriteRejected, NotPermitted."""
        ...

    def latest(self, selection: Selection) -> list[Reading]:
        """The newest reading by time of each matching series."""
        ...

    def raw(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """Every reading with start <= time < stop, by time."""
        ...

    def buckets(self, device: str, metric: str, start: Millis, stop: Millis, width: Millis) -> list[Bucket]:
        """Buckets of `width`, cut at whole multiples of it since the epoch, by time; empty ones left out."""
        ...

    def expire(self, before: Millis) -> int:
        """Remove readings older than `before` (whole chunks or shards at a time); what was removed."""
        ...


class Publisher(Protocol):
    """Sends what has to be asked of devices (a Sparkplug rebirth). Used from the message source's thread only."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send at most once (QoS 0, not retained). Never blocks and never raises; lost while the broker is away."""
        ...


class ReadingQuery(Protocol):
    """Reads over the store merged with the journal's tail: right to the last second, store there or not."""

    def latest(self, selection: Selection) -> list[Reading]:
        """The newest reading of each matching series, by site, device, metric."""
        ...

    def raw(self, device: str, metric: str, start: Millis, stop: Millis) -> list[Reading]:
        """Every reading with start <= time < stop, by time."""
        ...

    def series(self, device: str, metric: str, start: Millis, stop: Millis, max_points: int) -> list[Bucket]:
        """At most `max_points` buckets covering [start, stop)."""
        ...

    def daily(
        self, device: str, metric: str, first: date, last: date, zone: ZoneInfo, max_gap: Millis
    ) -> list[DaySummary]:
        """One summary for each local day from first to last (inclusive) that has readings."""
        ...

    def states(self, device: str, metric: str, start: Millis, stop: Millis, max_gap: Millis) -> list[StateSpan]:
        """Machine states from a run metric (> 0.5 executing), without overlaps, covering [start, stop)
        up to the newest reading plus `max_gap`; a gap longer than `max_gap` is `not_available`.
        """
        ...
