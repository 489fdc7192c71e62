"""Delivers the outbox: retries for days with backoff, tells one story per alert, never holds up other routes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from random import Random
from typing import Final

import structlog
from msgspec import Struct
from msgspec.structs import replace

from alerts.wording import Scene, body, subject
from domain.alert import Alert, Notification, NotificationState, Transition
from domain.errors import DeliveryError, NotFound, Unavailable
from domain.ports import AlertBook, Notice, Notifier, Registry, RuleBook
from domain.reading import Millis
from domain.registry import Device, Installation, Route, Site

FIRST_WAIT: Final[Millis] = 15_000
LONGEST_WAIT: Final[Millis] = 3_600_000
GIVE_UP: Final[Millis] = 7 * 86_400_000
BATCH: Final = 200

log = structlog.get_logger()

Item = tuple[Notification, Transition, Alert]


class SkipReason(StrEnum):
    """Why a notification was settled without a message of its own."""

    TOLD_WITH_LATER = "told_with_later"  # a newer message about the same alert told it as well


class _OurFault(DeliveryError):
    """Something is wrong with the message or with us: tried again, and no other message waits for it."""


class Dispatched(Struct):
    """What one run did. `condensed`: told together with a later transition of the same alert."""

    sent: int = 0
    condensed: int = 0
    retrying: int = 0
    failed: int = 0


class Dispatcher:
    """At least once: killed between sending and noting it, a message comes twice, with the same id."""

    def __init__(
        self,
        book: AlertBook,
        registry: Registry,
        notifiers: Mapping[str, Notifier],
        *,
        base_url: str,
        rules: RuleBook | None = None,
        random: Random | None = None,
    ) -> None:
        """`rules` gives messages their action and source. `random` spreads the retries."""
        self._book = book
        self._registry = registry
        self._notifiers = notifiers
        self._base_url = base_url
        self._rules = rules
        self._random = random or Random()
        self._known: tuple[int, _Places] | None = None

    def run_once(self, now: Millis) -> Dispatched:
        """Try everything whose time has come. Raises Unavailable when the book is away."""
        done = Dispatched()
        items = self._book.queued(now, BATCH)
        if not items:
            return done
        places = self._places()
        down: set[str] = set()
        for group in _by_story(items):
            self._tell(group, places, down, done, now)
        return done

    def _tell(self, group: list[Item], places: _Places, down: set[str], done: Dispatched, now: Millis) -> None:
        """The newest of one alert's notifications to one route; with it the older ones are told as well."""
        *older, newest = group
        if newest[0].attempts and self._told_later(newest):
            for notification, _, _ in group:
                self._settle(notification, now, SkipReason.TOLD_WITH_LATER)
            done.condensed += len(group)
            return
        route = places.routes.get(newest[0].route)
        if newest[0].route in down:
            error: DeliveryError | None = DeliveryError("the route did not answer just now", permanent=False)
        else:
            error = self._deliver(route, newest, places, now)
        if error is None:
            self._settle(newest[0], now, None)
            for notification, _, _ in older:
                self._settle(notification, now, SkipReason.TOLD_WITH_LATER)
            done.sent += 1
            done.condensed += len(older)
            return
        if not error.permanent and not isinstance(error, _OurFault):
            down.add(newest[0].route)
        for notification, _, _ in group:
            self._postpone(notification, error, done, now)

    def _told_later(self, item: Item) -> bool:
        """Whether, while this one waited for its next attempt, a later step of the alert was told."""
        notification, _, alert = item
        return any(
            other.route == notification.route
            and other.transition > notification.transition
            and other.state is NotificationState.SENT
            for other in self._book.notifications(alert.id)
        )

    def _deliver(self, route: Route | None, item: Item, places: _Places, now: Millis) -> DeliveryError | None:
        notification, transition, alert = item
        if route is None:
            return DeliveryError(f"route {notification.route} no longer exists", permanent=True)
        notifier = self._notifiers.get(route.notifier)
        if notifier is None:
            return DeliveryError(f"there is no notifier {route.notifier!r}", permanent=True)
        try:
            notifier.notify(route, self._notice(route, transition, alert, places, now))
        except DeliveryError as error:
            return error
        except Unavailable:
            raise
        except Exception as error:
            log.exception("notifier_failed", route=route.id, alert=alert.id)
            return _OurFault(f"Pantau itself failed on this message ({type(error).__name__})", permanent=False)
        return None

    def _notice(self, route: Route, transition: Transition, alert: Alert, places: _Places, now: Millis) -> Notice:
        rule = None
        if self._rules is not None:
            try:
                rule = self._rules.rule(alert.rule)
            except NotFound:
                rule = None
        site, device = places.sites[alert.site], places.devices.get(alert.device)
        scene = Scene(alert, transition, site, device, rule, self._base_url, now)
        age = max(0, now - transition.at)
        return Notice(subject(scene, route.language), body(scene, route.language), alert, transition, age)

    def _settle(self, notification: Notification, now: Millis, why: SkipReason | None) -> None:
        told = replace(
            notification, state=NotificationState.SENT, sent_at=now, attempts=notification.attempts + (why is None),
            last_error=why,
        )  # fmt: skip
        self._book.update_notification(told)

    def _postpone(self, notification: Notification, error: DeliveryError, done: Dispatched, now: Millis) -> None:
        tried = replace(notification, attempts=notification.attempts + 1, last_error=str(error))
        hopeless = error.permanent or now - notification.queued_at >= GIVE_UP
        if hopeless:
            done.failed += 1
            log.error("notification_failed", route=notification.route, error=str(error))
            tried = replace(tried, state=NotificationState.FAILED)
        else:
            done.retrying += 1
            tried = replace(tried, next_attempt_at=now + self._wait(tried.attempts))
        self._book.update_notification(tried)

    def _wait(self, attempts: int) -> Millis:
        """Doubling from 15 s to an hour, the latter half of it by chance."""
        longest: int = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 20))
        return round(longest * (0.5 + 0.5 * self._random.random()))

    def _places(self) -> _Places:
        revision = self._registry.revision()
        if self._known is None or self._known[0] != revision:
            self._known = (revision, _Places(self._registry.installation()))
        return self._known[1]


class _Places:
    """The registry by name."""

    def __init__(self, installation: Installation) -> None:
        self.sites: dict[str, Site] = {site.id: site for site in installation.sites}
        self.devices: dict[str, Device] = {device.id: device for device in installation.devices}
        self.routes: dict[str, Route] = {route.id: route for route in installation.routes}


def _by_story(items: list[Item]) -> list[list[Item]]:
    """Grouped by route and alert, in order; oldest story first."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        groups.setdefault((item[0].route, item[2].id), []).append(item)
    return [sorted(group, key=lambda item: item[1].id) for group in groups.values()]
