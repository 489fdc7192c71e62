"""How the alarm system is doing (`domain.ports.Performance`), counted from what is kept of it.

The transitions of the time asked for are read once, alert after alert, and only figures are kept of them.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, select

from domain.alert import AlertEvent, AlertState
from domain.errors import NotFound
from domain.performance import STALE, Advice, AlarmPerformance, Flood
from domain.ports import RuleBook
from domain.reading import Millis
from domain.registry import Site
from domain.rule import Rule
from storage.actor_tally import WORST, ActorKey, ActorTally, quantile, worst_first
from storage.alert_lives import NEEDED, Life, LifeStep, life_of
from storage.alert_rows import unindexed
from storage.database import Database
from storage.floods import floods_of, share_in_flood
from storage.local_cuts import LocalCuts
from storage.models import NORMAL, alert, notification, transition
from storage.nouns import read_all
from storage.rings import FLOOD_RULE
from storage.rule_advice import advise, reasons_of

ROWS: Final = 2_000  # read at a time
LISTED: Final = 500  # open alerts that are named
ADVISED: Final = 100
_EVENTS: Final = {event.value: event for event in AlertEvent}
_STATES: Final = {state.value: state for state in AlertState}
_HEARD: Final = (AlertState.UNACKNOWLEDGED.value, AlertState.ACKNOWLEDGED.value)


class Place(NamedTuple):
    """One site, or all (None) but those left out."""

    site: str | None
    without: tuple[str, ...]

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """The rows of alerts of the place."""
        if self.site is not None:
            return query.where(unindexed(alert.c.site) == self.site)
        return query.where(alert.c.site.not_in(self.without)) if self.without else query

    @property
    def everywhere(self) -> bool:
        """Whether every alert is counted."""
        return self.site is None and not self.without


class SqlPerformance:
    """Counts in one database; `rules` tells what could be retuned."""

    def __init__(self, db: Database, rules: RuleBook) -> None:
        self._db = db
        self._rules = rules

    def performance(self, start: Millis, stop: Millis, site: str | None) -> AlarmPerformance:
        """Counts of [start, stop), of one site or of all but those for training; days are those of the site, or of
        the first one.

        Open alerts are named as they stand now, at most 500 of each list.
        """
        with self._db.reading() as connection:
            sites: tuple[Site, ...] = read_all(connection, "sites")
            place = Place(site, tuple(one.id for one in sites if one.training) if site is None else ())
            tally = _Tally(LocalCuts(_zone(sites, site)))
            for rows in _lives(connection, start, stop, place):
                tally.add(rows)
            stale = _stale(connection, stop, place)
            chattering = [row.id for row in connection.execute(_open(place).where(alert.c.chattering))]
            sent = _notifications(connection, start, stop, place)
        advice = list(
            self._advice(tally, Counter(ActorKey(row.rule, row.site, row.device, row.metric) for row in stale))
        )
        return tally.performance(start, stop, chattering, [row.id for row in stale], sent, advice)

    def _advice(self, tally: _Tally, stale: Counter[ActorKey]) -> Iterator[Advice]:
        """Of those that ring most first, at most 100."""
        for key in stale:
            tally.actors[key]  # one that stands since before the time asked for
        left = ADVISED
        for key, actor in worst_first(tally.actors):
            reasons = reasons_of(actor, tally.rang, stale[key])
            rule = self._rule(key.rule) if reasons else None
            if rule is not None:
                yield from (advise(key, reason, count, actor, rule) for reason, count in reasons[:left])
                left -= len(reasons)
            if left <= 0:
                return

    def _rule(self, rule: str) -> Rule | None:
        try:
            return self._rules.rule(rule)
        except NotFound:
            return None  # it is gone: nothing to retune


class _Tally:
    """What is counted, life by life."""

    def __init__(self, cuts: LocalCuts) -> None:
        self._cuts = cuts
        self.actors: defaultdict[ActorKey, ActorTally] = defaultdict(ActorTally)
        self.rang = 0
        self._priorities: Counter[str] = Counter()
        self._hours: Counter[tuple[Millis, str]] = Counter()
        self._days: Counter[tuple[Millis, str]] = Counter()
        self._rings: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
        self._waits: array[int] = array("q")
        self._unanswered = 0

    def add(self, rows: list[Any]) -> None:
        """One alert: its steps in order, each with what the alert is."""
        first = rows[0]
        steps = [LifeStep(row.step, row.at, _EVENTS[row.event], _STATES[row.to_state]) for row in rows]
        life = life_of(steps, first.chattering)
        self.actors[ActorKey(first.rule, first.site, first.device, first.metric)].add(life)
        self._count(life, first.priority)
        if first.rule != FLOOD_RULE:
            self._rings[first.site].extend(life.heard)

    def _count(self, life: Life, priority: str) -> None:
        self.rang += len(life.heard)
        self._priorities[priority] += len(life.heard)
        for at in life.heard:
            hour, day = self._cuts.of(at)
            self._hours[hour, priority] += 1
            self._days[day, priority] += 1
        self._waits.extend(life.waits)
        self._unanswered += life.unanswered

    def _floods(self, stop: Millis) -> list[Flood]:
        found = [flood for site, rings in self._rings.items() for flood in floods_of(site, sorted(rings), stop)]
        return sorted(found, key=lambda flood: (flood.start, flood.site))

    def performance(
        self,
        start: Millis,
        stop: Millis,
        chattering: list[str],
        stale: list[str],
        notifications: dict[str, int],
        advice: list[Advice],
    ) -> AlarmPerformance:
        """The figures, with what was asked for besides."""
        floods = self._floods(stop)
        ranking = [one for one in worst_first(self.actors) if one[1].rang][:WORST]
        return AlarmPerformance(
            start=start,
            stop=stop,
            rang=self.rang,
            by_priority={priority: count for priority, count in self._priorities.items() if count},
            per_hour=_listed(self._hours),
            per_day=_listed(self._days),
            actors=[actor.actor(key, self.rang) for key, actor in ranking],
            chattering=chattering,
            stale=stale,
            floods=floods,
            flood_share=share_in_flood(floods, start, stop),
            acknowledged=len(self._waits),
            never_acknowledged=self._unanswered,
            acknowledged_median=quantile(self._waits, 0.5),
            acknowledged_p90=quantile(self._waits, 0.9),
            notifications=notifications,
            advice=advice,
        )


def _listed(counts: Counter[tuple[Millis, str]]) -> list[tuple[Millis, str, int]]:
    return sorted((at, priority, count) for (at, priority), count in counts.items())


def _lives(connection: Connection, start: Millis, stop: Millis, place: Place) -> Iterator[list[Any]]:
    """The steps within [start, stop) of one alert after the other."""
    actor = (alert.c.site, alert.c.rule, alert.c.device, alert.c.metric, alert.c.priority, alert.c.chattering)
    query = (
        select(
            transition.c.alert,
            transition.c.id.label("step"),
            transition.c.at,
            transition.c.event,
            transition.c.to_state,
            *actor,
        )
        .join_from(transition, alert, transition.c.alert == alert.c.id)
        .where(transition.c.at >= start, transition.c.at < stop, transition.c.event.in_(sorted(NEEDED)))
        .order_by(transition.c.alert, transition.c.id)
    )
    rows = connection.execute(place.narrow(query).execution_options(yield_per=ROWS))
    for _, steps in groupby(rows, itemgetter(0)):
        yield list(steps)


def _open(place: Place) -> Select[Any]:
    """Open alerts nobody put aside, oldest first; of the index of open ones."""
    columns = (alert.c.id, alert.c.rule, alert.c.site, alert.c.device, alert.c.metric)
    query = select(*columns).where(alert.c.state != NORMAL, alert.c.state.in_(_HEARD))
    return place.narrow(query).order_by(alert.c.since, alert.c.id).limit(LISTED)


def _stale(connection: Connection, stop: Millis, place: Place) -> list[Any]:
    return list(connection.execute(_open(place).where(alert.c.active, alert.c.since <= stop - STALE)))


def _notifications(connection: Connection, start: Millis, stop: Millis, place: Place) -> dict[str, int]:
    """By state, of those queued within [start, stop)."""
    query = select(notification.c.state, func.count()).where(
        notification.c.queued_at >= start, notification.c.queued_at < stop
    )
    if not place.everywhere:
        query = query.join_from(notification, transition, notification.c.transition == transition.c.id)
        query = place.narrow(query.join(alert, transition.c.alert == alert.c.id))
    return {row[0]: int(row[1]) for row in connection.execute(query.group_by(notification.c.state))}


def _zone(sites: Sequence[Site], site: str | None) -> ZoneInfo:
    wanted = [found for found in sites if site in (None, found.id)]
    return ZoneInfo(wanted[0].timezone if wanted else "UTC")
