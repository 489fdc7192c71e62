"""The durable side of the alerts (`domain.ports.AlertBook`): everything a tick decides, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from domain.alert import Alert, AlertState, Notification, NotificationState, RuleState, Target, Transition
from domain.ports import Page, TickChange
from domain.reading import Millis
from storage import alert_rows, outbox, rings, rule_states, used_links
from storage.database import Database
from storage.leases import Leases, fence
from storage.upserts import JUDGED, read_counter, set_counter


class SqlAlertBook:
    """Rule states, alerts, transitions, outbox and cursor in one database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._leases = Leases(db)

    def cursor(self) -> int:
        """The journal sequence number up to which everything was judged."""
        with self._db.reading() as connection:
            return read_counter(connection, JUDGED)

    def states(self, series: Sequence[tuple[str, str]]) -> list[RuleState]:
        """All rule states of these (device, metric), by one query for each 20,000 series."""
        with self._db.reading() as connection:
            return rule_states.states_of(connection, series)

    def due(self, now: Millis, limit: int) -> list[RuleState]:
        """Rule states whose deadline has come, oldest first (indexed)."""
        with self._db.reading() as connection:
            return rule_states.due_states(connection, now, limit)

    def known(self) -> set[tuple[str, str, str]]:
        """(rule, device, metric) of every rule state."""
        with self._db.reading() as connection:
            return rule_states.known_rules(connection)

    def commit(self, change: TickChange, now: Millis) -> None:
        """One transaction; of it all or nothing stays. Raises Conflict for an alert that moved on, Deposed."""
        with self._db.writing() as connection:
            fence(connection, change.term)
            set_counter(connection, JUDGED, change.cursor)  # first: a second writer waits here
            alert_rows.write_alerts(connection, change.alerts)
            steps = outbox.add_transitions(connection, change.transitions)
            outbox.queue(connection, {steps[index].id: targets for index, targets in change.told.items()}, now)
            rule_states.write_states(connection, change.states)

    def alert(self, alert: str) -> Alert:
        """One alert. Raises NotFound."""
        with self._db.reading() as connection:
            return alert_rows.one_alert(connection, alert)

    def alerts_by_id(self, ids: Sequence[str]) -> list[Alert]:
        """Those that exist, in the order asked for."""
        with self._db.reading() as connection:
            return alert_rows.alerts_by_id(connection, ids)

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
        with self._db.reading() as connection:
            return alert_rows.page_of_alerts(connection, after, limit, state, site, device, open_only)

    def transitions(self, alert: str) -> list[Transition]:
        """The life of one alert, oldest first."""
        with self._db.reading() as connection:
            return outbox.lives_of(connection, [alert])[alert]

    def lives(self, alerts: Sequence[str]) -> dict[str, list[Transition]]:
        """The lives of a page of alerts, in one query."""
        with self._db.reading() as connection:
            return outbox.lives_of(connection, alerts)

    def save(self, alert: Alert, transition: Transition, told: Sequence[Target], now: Millis) -> Transition:
        """One changed alert with its transition, which comes back with its id. Raises Conflict."""
        with self._db.writing() as connection:
            alert_rows.write_alerts(connection, [alert])
            (step,) = outbox.add_transitions(connection, [transition])
            outbox.queue(connection, {step.id: told}, now)
            return step

    def queued(self, now: Millis, limit: int) -> list[tuple[Notification, Transition, Alert]]:
        """Notifications whose next attempt has come, the longest due first."""
        with self._db.reading() as connection:
            return outbox.queued(connection, now, limit)

    def update_notification(self, notification: Notification) -> None:
        """Write back its state, attempts and next attempt, unless it moved on meanwhile. Raises NotFound."""
        self.update_notifications([notification])

    def update_notifications(self, notifications: Sequence[Notification], term: int | None = None) -> None:
        """The same for many, in one transaction. Raises Deposed."""
        if notifications:
            with self._db.writing() as connection:
                fence(connection, term)
                for notification in notifications:
                    outbox.write_back(connection, notification)

    def notifications(self, alert: str) -> list[Notification]:
        """What was sent, or is yet to be, about one alert, oldest first."""
        with self._db.reading() as connection:
            return outbox.notifications_of(connection, alert)

    def notification(self, notification: int) -> tuple[Notification, Transition, Alert]:
        """One with what it tells of. Raises NotFound."""
        with self._db.reading() as connection:
            return outbox.one(connection, notification)

    def told_of(self, transitions: Sequence[int]) -> dict[int, Alert]:
        """The alert of each transition that there is, in one query."""
        with self._db.reading() as connection:
            return outbox.alerts_told_of(connection, transitions)

    def outbox(self, after: str | None, limit: int, state: NotificationState | None) -> Page[Notification]:
        """Newest first."""
        with self._db.reading() as connection:
            return outbox.page_of_outbox(connection, after, limit, state)

    def queue(self, transition: int, told: Sequence[Target], now: Millis, term: int | None = None) -> int:
        """Repeats and escalations; those there already are left alone. How many are new. Raises NotFound, Deposed."""
        with self._db.writing() as connection:
            fence(connection, term)
            outbox.require_transition(connection, transition)
            return outbox.queue(connection, {transition: told}, now)

    def alerts_due(self, now: Millis, limit: int) -> list[Alert]:
        """Open alerts whose `due` has come, oldest first (indexed)."""
        with self._db.reading() as connection:
            return alert_rows.due_alerts(connection, now, limit)

    def open_alerts(self, devices: Sequence[str]) -> list[Alert]:
        """All alerts of these devices that have not ended, by one query for each 500 devices."""
        with self._db.reading() as connection:
            return alert_rows.open_alerts_of(connection, devices)

    def rang(self, since: Millis, until: Millis | None = None) -> dict[str, int]:
        """How often alerts rang since then, and up to `until`, by site: what `storage.rings` counts as ringing."""
        with self._db.reading() as connection:
            return rings.rang_by_site(connection, since, until)

    def lead(self, name: str, holder: str, now: Millis, ttl: Millis) -> int | None:
        """Take or keep the lease `name` until `now + ttl`; its term, None while another holds it."""
        return self._leases.lead(name, holder, now, ttl)

    def resign(self, name: str, holder: str) -> None:
        """Let the lease go; nothing when it is not held."""
        self._leases.resign(name, holder)

    def use_once(self, digest: str, now: Millis, term: int | None = None) -> bool:
        """Note the use of a signed link, or a summary told; False when it was used before. Raises Deposed."""
        with self._db.writing() as connection:
            fence(connection, term)
            return used_links.note_use(connection, digest, now)

    def used(self, digest: str) -> bool:
        """Whether it was noted by `use_once`."""
        with self._db.reading() as connection:
            return used_links.was_used(connection, digest)
