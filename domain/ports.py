"""The contracts between packages. Siblings meet only here; `service/wiring.py` connects them.

Unless a method says otherwise it may block for as long as its disk or server takes, raises
`Unavailable` while that is away, never keeps or changes a list it was given, and hands over the lists it returns.
Times are milliseconds UTC; `now` is always an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.account import AuditEntry, Identity, Session, Token, User
from domain.alert import Alert, AlertState, Notification, RuleState, Transition
from domain.counters import Counters, Tally
from domain.message import DeadLetter, Message, UnreadTopic
from domain.metrics import ProfileInfo
from domain.newcomer import UnknownDevice, Welcome
from domain.quality import QualityChange, QualityInterval
from domain.reading import Millis, Reading
from domain.registry import Changes, Device, Installation, Route
from domain.rule import Rule
from domain.series import Bucket, DaySummary, Depth, Selection, StateSpan
from domain.text import Language

Clock = Callable[[], Millis]


T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True):
    """One page of a list; `next` is the cursor of the following page, None at the end."""

    items: list[T]
    next: str | None = None


# ── readings ────────────────────────────────────────────────────────────────────────────────────


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


# ── the registry and the records beside it ──────────────────────────────────────────────────────


class Registry(Protocol):
    """Sites, devices, limits, rules and routes. Every change is audited and grows `revision`."""

    def revision(self) -> int:
        """Changes whenever anything in the registry changes. Cheap."""
        ...

    def installation(self) -> Installation:
        """All of it, in the order of the files (for compiling, exporting; not for pages)."""
        ...

    def apply(self, installation: Installation, who: str, now: Millis) -> Changes:
        """Add and change what is given, in one transaction; never removes. Raises Invalid naming what
        refers to something that does not exist.
        """
        ...

    def devices(self, site: str | None, after: str | None, limit: int) -> Page[Device]:
        """Devices by id."""
        ...

    def device(self, device: str) -> Device:
        """One device. Raises NotFound."""
        ...


class ProfileBook(Protocol):
    """The device profiles there are. Kept in memory; never blocks."""

    def profiles(self) -> list[ProfileInfo]:
        """All, by name."""
        ...

    def profile(self, name: str) -> ProfileInfo:
        """One. Raises NotFound."""
        ...


class RuleBook(Protocol):
    """The rules in force: those of the installation, and those derived from limit sets and profiles."""

    def rules(self) -> list[Rule]:
        """All enabled rules, by id. Compiled again only when the registry's revision changed."""
        ...

    def rules_for(self, device: Device) -> list[Rule]:
        """The rules that watch one of the device's metrics, by id."""
        ...

    def rule(self, rule: str) -> Rule:
        """One, also a disabled one. Raises NotFound."""
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


class TickChange(Struct):
    """Everything one alerts tick decided, committed at once.

    `alerts` are new or changed alerts, each with the version it was read at less one step (a new alert
    has version 1). `transitions` get their ids, and one notification for each of `routes_of` their
    index, in the same transaction.
    """

    cursor: int
    states: list[RuleState]
    alerts: list[Alert]
    transitions: list[Transition]
    routes_of: dict[int, list[str]]


class AlertBook(Protocol):
    """The durable side of the alerts: rule states, alerts, transitions, outbox, cursor."""

    def cursor(self) -> int:
        """The journal sequence number up to which everything was judged."""
        ...

    def states(self, series: Sequence[tuple[str, str]]) -> list[RuleState]:
        """All rule states of these (device, metric), in a bounded number of queries."""
        ...

    def due(self, now: Millis, limit: int) -> list[RuleState]:
        """Rule states whose deadline has come, oldest first (indexed)."""
        ...

    def known(self) -> set[tuple[str, str, str]]:
        """(rule, device, metric) of every rule state; read only when the registry changed."""
        ...

    def commit(self, change: TickChange, now: Millis) -> None:
        """One transaction. Raises Conflict when a changed alert is not at the version it was read at."""
        ...

    def alert(self, alert: str) -> Alert:
        """One alert. Raises NotFound."""
        ...

    def alerts_by_id(self, ids: Sequence[str]) -> list[Alert]:
        """Those that exist."""
        ...

    def page(
        self,
        after: str | None,
        limit: int,
        state: AlertState | None,
        site: str | None,
        device: str | None,
        open_only: bool,
    ) -> Page[Alert]:
        """Newest first by `since`; `open_only` leaves out those that ended."""
        ...

    def transitions(self, alert: str) -> list[Transition]:
        """The life of one alert, oldest first."""
        ...

    def lives(self, alerts: Sequence[str]) -> dict[str, list[Transition]]:
        """The lives of a page of alerts, in one query; an alert without transitions has an empty list."""
        ...

    def save(self, alert: Alert, transition: Transition, routes: Sequence[str], now: Millis) -> Transition:
        """One changed alert (version one above what was read) with its transition; Conflict as in `commit`."""
        ...

    def queued(self, now: Millis, limit: int) -> list[tuple[Notification, Transition, Alert]]:
        """Notifications whose next attempt has come, oldest first."""
        ...

    def update_notification(self, notification: Notification) -> None:
        """Write back its state, attempts and next attempt."""
        ...

    def notifications(self, alert: str) -> list[Notification]:
        """What was sent, or is yet to be, about one alert."""
        ...


class QualityIntervals(Protocol):
    """What was judged of readings later. Intervals stand beside the readings and never change one."""

    def overlapping(self, device: str, metric: str, start: Millis, stop: Millis) -> list[QualityInterval]:
        """Those of one series that share a moment with [start, stop), by start."""
        ...

    def since(self, at: Millis) -> list[QualityInterval]:
        """Those of all series that end after `at` (for the newest readings)."""
        ...

    def page(
        self,
        after: str | None,
        limit: int,
        device: str | None,
        metric: str | None,
        start: Millis | None,
        stop: Millis | None,
    ) -> Page[QualityInterval]:
        """Newest first by start; every filter given must match."""
        ...


class QualityBook(QualityIntervals, Protocol):
    """The same as the checks write it, with their own memory and cursors, moved in one transaction."""

    def cursors(self) -> tuple[int, int]:
        """Up to which journal row, and which dead letter, everything was judged."""
        ...

    def memory(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """What the checks remember of these (device, metric); metric "" for the device as a whole."""
        ...

    def commit(self, change: QualityChange) -> None:
        """One transaction. Doing the same again changes nothing."""
        ...


class Accounts(Protocol):
    """Users, sessions, tokens."""

    def user(self, name: str) -> User:
        """Raises NotFound."""
        ...

    def users(self) -> list[User]:
        """All, by name."""
        ...

    def save_user(self, user: User) -> None:
        """Add or replace."""
        ...

    def add_session(self, session: Session) -> None:
        """Remember a session."""
        ...

    def session(self, digest: str, now: Millis) -> Session | None:
        """None when unknown or expired."""
        ...

    def end_session(self, digest: str) -> None:
        """Forget it; unknown is fine."""
        ...

    def add_token(self, token: Token) -> None:
        """Raises Conflict when the name is taken."""
        ...

    def token(self, digest: str) -> Token | None:
        """None when unknown or revoked."""
        ...

    def tokens(self) -> list[Token]:
        """All, by name."""
        ...

    def revoke_token(self, name: str, now: Millis) -> None:
        """Raises NotFound."""
        ...


class AuditLog(Protocol):
    """Who changed what, when. Rows are only ever added."""

    def add(self, entry: AuditEntry) -> None:
        """Durable on return."""
        ...

    def page(self, after: str | None, limit: int) -> Page[AuditEntry]:
        """Newest first."""
        ...


class Heartbeat(Struct, frozen=True):
    """The last sign of life of one part of the system. `detail` are plain JSON values."""

    part: str
    at: Millis
    detail: dict[str, str | int | float | bool | None]


class Heartbeats(Protocol):
    """Signs of life, shared between processes."""

    def beat(self, part: str, at: Millis, detail: Mapping[str, str | int | float | bool | None]) -> None:
        """Replace the part's last sign."""
        ...

    def all(self) -> list[Heartbeat]:
        """The last sign of each part."""
        ...


# ── edges ───────────────────────────────────────────────────────────────────────────────────────


class Notice(Struct, frozen=True):
    """What a notifier is to say: already worded for the route's language."""

    subject: str
    body: str
    alert: Alert
    transition: Transition
    age: Millis  # how old the news is


class Notifier(Protocol):
    """One way of telling people."""

    def notify(self, route: Route, notice: Notice) -> None:
        """Deliver, or raise DeliveryError(permanent or not). At most 10 s."""
        ...


class Replayer(Protocol):
    """Sends dead letters through the decoder again."""

    def replay(self, reason: str | None, device: str | None, topics: Sequence[str] | None = None) -> tuple[int, int]:
        """Returns (became readings, still refused). Nothing is lost when it is interrupted."""
        ...


class Newcomers(Protocol):
    """Devices that speak and nobody registered, found among the dead letters."""

    def unknown(self, limit: int) -> list[UnknownDevice]:
        """Those heard last first, each with the profiles that fit, best first."""
        ...

    def register(self, device: Device, who: str, now: Millis) -> Welcome:
        """Add a device and read its kept letters. Raises Conflict when its id or its place on the broker is
        taken, Invalid for a site, stage or profile that does not exist.
        """
        ...

    def catch_up(self) -> tuple[int, int]:
        """Read the kept letters whose device is registered by now; (became readings, still refused)."""
        ...


class Authenticator(Protocol):
    """Who is asking. Implemented in `api/auth.py`, used by the pages as well."""

    def log_in(self, name: str, password: str, address: str, now: Millis) -> tuple[str, Session]:
        """The cookie's secret and the session. Raises Invalid for a wrong name or password (never saying
        which), Conflict when there were too many tries from `address` or for `name` (`present`: seconds to wait).
        """
        ...

    def log_out(self, cookie: str) -> None:
        """End the session; an unknown one is fine."""
        ...

    def session(self, cookie: str, now: Millis) -> tuple[Identity, Session] | None:
        """The person behind a cookie, None when unknown, expired or switched off."""
        ...

    def program(self, token: str, now: Millis) -> Identity | None:
        """The program behind a bearer token, None when unknown or revoked."""
        ...

    def set_language(self, name: str, language: Language) -> None:
        """Remember a person's language."""
        ...


class AlertDesk(Protocol):
    """What people do to alerts. Each raises NotFound, Conflict (with the present state) or Invalid, writes the
    transition and the audit entry, and returns the alert as it is now.
    """

    def acknowledge(self, alert: str, who: str, comment: str | None, now: Millis) -> Alert:
        """Seen and taken on. Only unacknowledged or returned alerts."""
        ...

    def comment(self, alert: str, who: str, comment: str, now: Millis) -> Alert:
        """A note; the state stays."""
        ...

    def shelve(self, alert: str, who: str, until: Millis, reason: str, now: Millis) -> Alert:
        """Put aside until a time, at most seven days ahead; comes back by itself."""
        ...

    def unshelve(self, alert: str, who: str, comment: str | None, now: Millis) -> Alert:
        """Take back by hand: it becomes acknowledged (ISA-18.2 11.7.3)."""
        ...
