"""Reminds of what nobody acknowledged, and tells the next person.

What is due follows from the alert's life alone: round n of the reminders is due n times `route.repeat` after it rang
last, each level of an escalation so many seconds after. The outbox takes each of them once, so nothing is remembered
here and a restart neither loses nor repeats one; after a standstill only the newest round is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from alerts.parcels import unheeded
from alerts.routing import escalation_targets, once, route_targets, routes_of
from domain.alert import RINGS, Alert, AlertState, Notification, Purpose, Target, Transition
from domain.ports import AlertBook
from domain.reading import Millis
from domain.registry import Route

if TYPE_CHECKING:
    from alerts.rulebook import Compiled

PAGE: Final = 200
WAITING: Final = (AlertState.UNACKNOWLEDGED, AlertState.RETURNED)


class Reminders:
    """Looks only at open alerts that nobody acknowledged, and only where a route reminds or escalates."""

    def __init__(self, book: AlertBook, rules: Callable[[Millis], Compiled]) -> None:
        """`rules`: those in force at a time, such as `CompiledRuleBook.current`."""
        self._book = book
        self._rules = rules
        self._asked: set[tuple[int, Target]] = set()  # queued before, so that a quiet round writes nothing

    def run_once(self, now: Millis, term: int | None = None) -> int:
        """Queue what has fallen due; how many were new. Raises Unavailable when the book is away, Deposed when
        another has taken over since `term`.
        """
        compiled = self._rules(now)
        if not any(route.repeat or route.escalate for route in compiled.installation.routes):
            return 0
        rings: dict[int, str] = {}
        due = {key for alerts in self._unheeded() for key in self._due(compiled, alerts, rings, now)}
        queued = 0
        for transition, targets in _by_transition(due - self._asked):
            told = self._told(rings[transition], transition)
            queued += self._book.queue(transition, [_as_news(target, told) for target in targets], now, term)
        self._asked = due
        return queued

    def _told(self, alert: str, transition: int) -> set[str]:
        """Who was, or is to be, told that it rang."""
        return {_whom(one) for one in self._book.notifications(alert) if one.transition >= transition}

    def _unheeded(self) -> Iterator[list[Alert]]:
        for state in WAITING:
            after: str | None = None
            while True:
                page = self._book.page(after, PAGE, state, None, None, True)
                yield [alert for alert in page.items if unheeded(alert)]
                after = page.next
                if after is None:
                    break

    def _due(
        self, compiled: Compiled, alerts: list[Alert], rings: dict[int, str], now: Millis
    ) -> Iterator[tuple[int, Target]]:
        lives = self._book.lives([alert.id for alert in alerts]) if alerts else {}
        for alert in alerts:
            rang = last_ring(lives[alert.id])
            if rang is not None:
                rings[rang.id] = alert.id
                yield from ((rang.id, target) for target in due_targets(compiled, alert, rang, now))


def _whom(one: Target | Notification) -> str:
    """A person by whichever route, or a route's own address."""
    return one.contact or f"route/{one.route}"


def _as_news(target: Target, told: set[str]) -> Target:
    """A reminder of what its reader was never told (his route came after the alert) is news to him."""
    if target.purpose is not Purpose.REPEAT or _whom(target) in told:
        return target
    return replace(target, purpose=Purpose.NEWS, round=0)


def _by_transition(due: set[tuple[int, Target]]) -> list[tuple[int, list[Target]]]:
    found: dict[int, list[Target]] = {}
    for transition, target in sorted(due, key=_in_order):
        found.setdefault(transition, []).append(target)
    return list(found.items())


def _in_order(due: tuple[int, Target]) -> tuple[int, bool, int, str]:
    transition, target = due
    return transition, target.purpose is Purpose.ESCALATION, target.round, target.contact


def last_ring(life: list[Transition]) -> Transition | None:
    """The newest step that rang; reminders are counted from it."""
    return next((step for step in reversed(life) if step.event in RINGS), None)


def due_targets(compiled: Compiled, alert: Alert, rang: Transition, now: Millis) -> list[Target]:
    """Whoever is to be reminded or told next by `now`; the same again until the next round is due."""
    rule = compiled.all.get(alert.rule)
    if rule is None:
        return []
    routes = routes_of(compiled, alert, rule, rang.at)
    reminders = once(target for route in routes for target in _reminders(compiled, route, alert, rang, now))
    escalations = once(target for route in routes for target in _escalations(compiled, route, alert, rang, now))
    return reminders + escalations


def _reminders(compiled: Compiled, route: Route, alert: Alert, rang: Transition, now: Millis) -> Iterator[Target]:
    """The newest round; none during quiet hours, for the next one comes."""
    if route.repeat is None:
        return
    every = round(route.repeat * 1000)
    round_ = (now - rang.at) // every
    if round_ < 1:
        return
    due = rang.at + round_ * every
    for target in route_targets(compiled.installation, route, alert, due, Purpose.REPEAT, round_):
        if target.not_before <= now:
            yield target


def _escalations(compiled: Compiled, route: Route, alert: Alert, rang: Transition, now: Millis) -> Iterator[Target]:
    for round_, level in enumerate(route.escalate, start=1):
        due = rang.at + round(level.after * 1000)
        if due <= now:
            yield from escalation_targets(compiled.installation, route, level, alert, due, round_)
