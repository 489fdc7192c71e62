"""Contracts of the alerts' records. What holds of all: `domain.ports`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from domain.alert import Alert, AlertState, Notification, NotificationState, RuleState, Target, Transition
from domain.pause import Pause
from domain.performance import AlarmPerformance
from domain.ports_readings import Page
from domain.reading import Millis
from domain.rule_record import ServiceRecord


class TickChange(Struct):
    """Everything one alerts tick decided, committed at once.

    `alerts` are new or changed alerts, each with the version it was read at less one step (a new alert
    has version 1). `transitions` get their ids, and one notification for each target of `told` their
    index, in the same transaction. `term`: that of the evaluator's lease; None where nobody else can act.
    """

    cursor: int
    states: list[RuleState]
    alerts: list[Alert]
    transitions: list[Transition]
    told: dict[int, list[Target]]
    term: int | None = None


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
        """One transaction. Raises Conflict when a changed alert is not at the version it was read at, Deposed when
        another evaluator has taken over since `change.term`.
        """
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

    def save(self, alert: Alert, transition: Transition, told: Sequence[Target], now: Millis) -> Transition:
        """One changed alert (version one above what was read) with its transition; Conflict as in `commit`."""
        ...

    def queued(self, now: Millis, limit: int) -> list[tuple[Notification, Transition, Alert]]:
        """Notifications whose next attempt has come, oldest first."""
        ...

    def update_notification(self, notification: Notification) -> None:
        """Write back its state, attempts and next attempt, unless it moved on meanwhile (was settled, or tried more
        often): then it stays as it is. Raises NotFound.
        """
        ...

    def update_notifications(self, notifications: Sequence[Notification], term: int | None = None) -> None:
        """The same for many, in one transaction. Raises Deposed, with nothing written, when another has taken over
        since `term`.
        """
        ...

    def notifications(self, alert: str) -> list[Notification]:
        """What was sent, or is yet to be, about one alert."""
        ...

    def notification(self, notification: int) -> tuple[Notification, Transition, Alert]:
        """One. Raises NotFound."""
        ...

    def told_of(self, transitions: Sequence[int]) -> dict[int, Alert]:
        """The alert of each transition that there is."""
        ...

    def outbox(self, after: str | None, limit: int, state: NotificationState | None) -> Page[Notification]:
        """Newest first."""
        ...

    def queue(self, transition: int, told: Sequence[Target], now: Millis, term: int | None = None) -> int:
        """Repeats and escalations; those there already are left alone. How many were new. Raises Deposed as above."""
        ...

    def alerts_due(self, now: Millis, limit: int) -> list[Alert]:
        """Open alerts whose `due` has come, oldest first (indexed)."""
        ...

    def open_alerts(self, devices: Sequence[str]) -> list[Alert]:
        """All alerts of these devices that have not ended, in a bounded number of queries."""
        ...

    def rang(self, since: Millis, until: Millis | None = None) -> dict[str, int]:
        """How often alerts were raised or came again since then, by site (indexed; for floods).

        `until` leaves out what was noted before the clock was set back, and so lies ahead.
        """
        ...

    def lead(self, name: str, holder: str, now: Millis, ttl: Millis) -> int | None:
        """Take or keep the lease `name` until `now + ttl`; its term, which grows whenever the holder changes.

        None while another holds it.
        """
        ...

    def resign(self, name: str, holder: str) -> None:
        """Let the lease go; nothing when it is not held."""
        ...

    def use_once(self, digest: str, now: Millis, term: int | None = None) -> bool:
        """Note the use of a signed link or a summary told; False when it was used before. Raises Deposed as above."""
        ...

    def used(self, digest: str) -> bool:
        """Whether it was noted by `use_once`."""
        ...


class Performance(Protocol):
    """What the alarm system did, counted from the transitions and the outbox."""

    def performance(self, start: Millis, stop: Millis, site: str | None) -> AlarmPerformance:
        """Counts of [start, stop), of one site or all."""
        ...


class Pauses(Protocol):
    """Places taken out of operation on purpose: their alerts are suppressed by design."""

    def pause(self, pause: Pause, now: Millis | None = None) -> Pause:
        """Add one, with its id; audited at `now` (None: at its start). Raises Invalid for a place that does not exist
        or an end before its start.
        """
        ...

    def end(self, pause: int, who: str, now: Millis) -> Pause:
        """End one now. Raises NotFound, Conflict when it has ended."""
        ...

    def now(self, now: Millis) -> list[Pause]:
        """Those that hold."""
        ...

    def page(self, after: str | None, limit: int) -> Page[Pause]:
        """Newest first."""
        ...


class Maintenance(Protocol):
    """Service done on machines; rules of kind `run_hours` count from the newest."""

    def add(self, record: ServiceRecord, now: Millis | None = None) -> ServiceRecord:
        """Durable on return, with its id; audited at `now` (None: when it was serviced). Raises NotFound for an
        unknown device.
        """
        ...

    def last(self) -> dict[str, ServiceRecord]:
        """The newest of every device that has one."""
        ...

    def page(self, after: str | None, limit: int, device: str | None) -> Page[ServiceRecord]:
        """Newest first."""
        ...
