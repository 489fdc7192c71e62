"""Delivers the outbox: retries for days with backoff, tells one story per alert, never holds up other targets.

Every target (a contact, or a route's own address) has a lane of its own. Lanes are worked off beside each other by a
few threads; a round waits for them a few seconds at most, and a lane that takes longer is asked again in the next
round. Threads only deliver: what is decided and noted is decided and noted here, by one thread.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from random import Random
from typing import Final

import structlog
from msgspec import Struct, field
from msgspec.structs import replace

from alerts.contacts import Channel, Directory
from alerts.courier import Courier, OurFault
from alerts.lanes import Delivery, Lane, LaneBook, Outcome, run_lane
from alerts.messages import Messages
from alerts.parcels import Item, SkipReason, Story, plan
from domain.alert import Alert, Notification, NotificationState
from domain.errors import DeliveryError
from domain.ports import AlertBook, Links, Notifier, Registry, RuleBook
from domain.reading import Millis
from domain.system_condition import SystemCondition

FIRST_WAIT: Final[Millis] = 15_000
LONGEST_WAIT: Final[Millis] = 3_600_000
GIVE_UP: Final[Millis] = 7 * 86_400_000
BATCH: Final = 20_000  # all that waits, so that one target's digest is one; 200 alerts told to 100 people
WORKERS: Final = 16
PATIENCE: Final = 5.0  # s that a round waits for its lanes
FLOOD_RULE: Final = f"system.{SystemCondition.FLOOD}"
SYSTEM: Final = "pantau"  # the device of alerts about Pantau itself

log = structlog.get_logger()


class Dispatched(Struct):
    """What one round did: messages sent; notifications told with others, skipped, held, to be retried, failed.

    `busy`: lanes that were still at it when the round ended.
    """

    sent: int = 0
    condensed: int = 0
    retrying: int = 0
    failed: int = 0
    skipped: int = 0
    held: int = 0
    busy: int = field(default=0)


class Dispatcher:
    """At least once: killed between sending and noting it, a message comes twice, with the same id.

    Not for several threads; only one may run for a book, which the term of a lease sees to.
    """

    def __init__(
        self,
        book: AlertBook,
        registry: Registry,
        courier: Courier | Mapping[str, Notifier],
        *,
        base_url: str,
        rules: RuleBook | None = None,
        links: Links | None = None,
        random: Random | None = None,
        workers: int = WORKERS,
        patience: float = PATIENCE,
    ) -> None:
        """`random` spreads the retries."""
        self._book = book
        self._registry = registry
        self._courier = courier if isinstance(courier, Courier) else Courier(courier)
        self._messages = Messages(base_url, rules, links)
        self._random = random or Random()
        self._patience = patience
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="tell")
        self._running: dict[Lane, Future[list[Outcome]]] = {}
        self._lanes = LaneBook()
        self._known: tuple[int, Directory] | None = None
        self._term: int | None = None  # of the round under way

    def run_once(self, now: Millis, term: int | None = None) -> Dispatched:
        """Try everything whose time has come. Raises Unavailable when the book is away, Deposed when another has
        taken over since `term`: what was delivered and could not be noted is noted if we lead once more.
        """
        self._term = term
        done = Dispatched()
        self._collect(done, now)
        lanes = self._waiting(now)
        end = time.monotonic() + self._patience
        while lanes or self._running:
            self._begin(lanes, done, now)
            wait(self._running.values(), timeout=max(0.0, end - time.monotonic()), return_when=FIRST_COMPLETED)
            self._collect(done, now)
            if time.monotonic() >= end:
                break
        done.busy = len(self._running)
        return done

    def failing(self) -> dict[str, Millis]:
        """Targets that could not be reached the last time, each with since when."""
        return self._lanes.failing()

    def close(self) -> None:
        """Begin nothing more. A delivery under way ends by itself; it may come again."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _waiting(self, now: Millis) -> dict[Lane, list[Item]]:
        """The lanes in which something is due, healthy ones first; with it goes what waits there for a retry."""
        if not self._book.queued(now, 1):
            return {}
        lanes: dict[Lane, list[Item]] = {}
        for item in self._book.queued(now + LONGEST_WAIT, BATCH):
            if item[0].next_attempt_at <= now or item[0].attempts:
                lanes.setdefault((item[0].route, item[0].contact), []).append(item)
        due = {
            lane: items
            for lane, items in lanes.items()
            if lane not in self._running and any(item[0].next_attempt_at <= now for item in items)
        }
        return dict(sorted(due.items(), key=lambda found: self._lanes.failures(found[0])))

    def _begin(self, lanes: dict[Lane, list[Item]], done: Dispatched, now: Millis) -> None:
        """Set off as many lanes as there are hands; those of targets that fail take half of them at most."""
        if not lanes:
            return
        floods, places = self._floods(), self._places()
        for lane in list(lanes):
            failing = sum(self._lanes.failures(running) > 0 for running in self._running)
            if len(self._running) >= self._workers:
                break
            if self._lanes.failures(lane) and failing >= self._workers // 2:
                break
            self._set_off(lane, lanes.pop(lane), floods, places, done, now)

    def _set_off(
        self,
        lane: Lane,
        items: list[Item],
        floods: Mapping[str, Millis],
        places: Directory,
        done: Dispatched,
        now: Millis,
    ) -> None:
        if places.off(lane[1]):
            self._settle([(item[0], SkipReason.SWITCHED_OFF) for item in items], done, now)
            return
        closed = self._lanes.closed_until(lane)
        if closed > now:
            self._hold([(item[0], closed) for item in items if item[0].next_attempt_at < closed], done)
            return
        made = plan(items, floods, now)
        self._settle(made.settled, done, now)
        self._hold(made.held, done)
        parcels = [parcel for parcel in made.parcels if not self._told_later(parcel, done, now)]
        try:
            channel = places.channel(*lane)
        except DeliveryError as error:
            self._note_all([(parcel, error) for parcel in parcels], lane, done, now)
            return
        worded = (self._worded(parcel, channel, lane, places, done, now) for parcel in parcels)
        deliveries = [delivery for delivery in worded if delivery is not None]
        if deliveries:
            self._running[lane] = self._pool.submit(run_lane, self._courier, channel, deliveries)

    def _worded(
        self, parcel: list[Story], channel: Channel, lane: Lane, places: Directory, done: Dispatched, now: Millis
    ) -> Delivery | None:
        try:
            return Delivery(parcel, self._messages.notice(parcel, places, channel.address.language, now))
        except Exception as error:
            log.exception("wording_failed", alert=parcel[0].alert.id)
            fault = OurFault(f"Pantau itself failed on this message ({type(error).__name__})", permanent=False)
            self._note(parcel, fault, lane, done, now)
            return None

    def _collect(self, done: Dispatched, now: Millis) -> bool:
        """Note what lanes that ended have done; whether there was one."""
        ended = [lane for lane, future in self._running.items() if future.done()]
        for lane in ended:
            self._note_all(self._running[lane].result(), lane, done, now)
            del self._running[lane]  # only now: what the book could not take is noted in the next round
        return bool(ended)

    def _note_all(self, outcomes: list[Outcome], lane: Lane, done: Dispatched, now: Millis) -> None:
        while outcomes:
            parcel, error = outcomes[0]
            self._note(parcel, error, lane, done, now)
            outcomes.pop(0)

    def _note(
        self, parcel: list[Story], error: DeliveryError | None, lane: Lane, done: Dispatched, now: Millis
    ) -> None:
        self._lanes.note(lane, error, now)
        if error is None:
            self._delivered(parcel, done, now)
            return
        tries = max(item[0].attempts for story in parcel for item in story.items) + 1
        again = now + max(self._wait(tries), round((error.retry_after or 0) * 1000))
        told = [item[0] for story in parcel for item in story.items]
        self._write([self._postponed(one, error, again, done, now) for one in told])

    def _delivered(self, parcel: list[Story], done: Dispatched, now: Millis) -> None:
        done.sent += 1
        if len(parcel) > 1:
            rest = [item for story in parcel for item in story.items]
            why, told = SkipReason.TOLD_IN_DIGEST, []
        else:
            rest = list(parcel[0].items[:-1])
            why, told = SkipReason.TOLD_WITH_LATER, [settled(parcel[0].newest[0], now, None)]
        self._write([*told, *(settled(item[0], now, why) for item in rest)])
        done.condensed += len(rest)

    def _told_later(self, parcel: list[Story], done: Dispatched, now: Millis) -> bool:
        """Whether, while this one waited for its next attempt, a later step of the alert was told."""
        (story, *others) = parcel
        newest = story.newest[0]
        if others or not newest.attempts or not self._later_sent(newest, story.alert):
            return False
        self._write([settled(item[0], now, SkipReason.TOLD_WITH_LATER) for item in story.items])
        done.condensed += len(story.items)
        return True

    def _later_sent(self, newest: Notification, alert: Alert) -> bool:
        return any(
            (other.route, other.contact) == (newest.route, newest.contact)
            and other.transition > newest.transition
            and other.state is not NotificationState.QUEUED
            and other.state is not NotificationState.FAILED
            for other in self._book.notifications(alert.id)
        )

    def _settle(self, told: list[tuple[Notification, SkipReason]], done: Dispatched, now: Millis) -> None:
        self._write([settled(notification, now, why) for notification, why in told])
        done.skipped += len(told)

    def _hold(self, held: list[tuple[Notification, Millis]], done: Dispatched) -> None:
        self._write([replace(one, next_attempt_at=until) for one, until in held])
        done.held += len(held)

    def _write(self, changed: list[Notification]) -> None:
        self._book.update_notifications(changed, self._term)

    def _postponed(
        self, notification: Notification, error: DeliveryError, again: Millis, done: Dispatched, now: Millis
    ) -> Notification:
        tried = replace(notification, attempts=notification.attempts + 1, last_error=str(error))
        if error.permanent or now - notification.queued_at >= GIVE_UP:
            done.failed += 1
            log.error("notification_failed", route=notification.route, contact=notification.contact, error=str(error))
            return replace(tried, state=NotificationState.FAILED)
        done.retrying += 1
        return replace(tried, next_attempt_at=again)

    def _wait(self, attempts: int) -> Millis:
        """Doubling from 15 s to an hour, the latter half of it by chance."""
        longest: int = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 20))
        return round(longest * (0.5 + 0.5 * self._random.random()))

    def _floods(self) -> dict[str, Millis]:
        """The flooded sites, each with the time since when."""
        found = self._book.open_alerts([SYSTEM])
        return {alert.site: alert.since for alert in found if alert.rule == FLOOD_RULE and alert.active}

    def _places(self) -> Directory:
        revision = self._registry.revision()
        if self._known is None or self._known[0] != revision:
            self._known = (revision, Directory(self._registry.installation()))
        return self._known[1]


def settled(notification: Notification, now: Millis, why: SkipReason | None) -> Notification:
    """It was delivered, or (with a reason) need not be any more."""
    tries = notification.attempts + (why is None)
    return replace(notification, state=NotificationState.SENT, sent_at=now, attempts=tries, last_error=why)
