"""How the alarm system is doing, counted from the records: a few days of known life, figures by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from domain.alert import AlertEvent, AlertState, NotificationState, Priority
from domain.errors import NotFound
from domain.performance import Actor, Advice, AdviceReason, Flood
from domain.registry import Device, Installation
from domain.rule import Rule
from storage.alarm_performance import SqlPerformance
from storage.alert_book import SqlAlertBook
from storage.database import Database
from storage.registry import SqlRegistry
from support.alerting import NOON, alert, by, step, tick
from support.installations import BATIK, RULE, SMALL

S, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
START, STOP = NOON - 7 * DAY, NOON + 7 * DAY
E_ = AlertEvent


class Rules:
    """A book of one rule."""

    def rules(self) -> list[Rule]:
        """That one."""
        return [RULE]

    def rules_for(self, device: Device) -> list[Rule]:
        """That one."""
        return [RULE]

    def rule(self, rule: str) -> Rule:
        """Raises NotFound for any other."""
        if rule != RULE.id:
            raise NotFound(rule)
        return RULE


class Records:
    """Writes lives into the book."""

    def __init__(self, db: Database) -> None:
        SqlRegistry(db).apply(SMALL, "sari", NOON)
        self.book = SqlAlertBook(db)
        self.performance = SqlPerformance(db, Rules())

    def life(self, name: str, *steps: tuple[AlertEvent, int], told: tuple[str, ...] = (), **keys: Any) -> None:
        """An alert of the rule with its steps, each so many ms after noon; `told` of the first."""
        made = alert(name, **{"rule": RULE.id, "metric": "cod", "since": NOON + steps[0][1], **keys})
        moved = {E_.RETURNED: AlertState.RETURNED, E_.ACKNOWLEDGED: AlertState.ACKNOWLEDGED}
        state = AlertState.UNACKNOWLEDGED
        lives = tuple(step(made, event, at=NOON + at, to_state=moved.get(event, state)) for event, at in steps)
        self.book.commit(tick(alerts=(made,), transitions=lives, told={0: by(*told)}), NOON + steps[0][1])

    def counted(self, start: int = START, stop: int = STOP, site: str | None = None):  # type: ignore[no-untyped-def]
        """The figures."""
        return self.performance.performance(start, stop, site)


@pytest.fixture
def records(db: Database) -> Records:
    return Records(db)


def test_sites_for_training_are_counted_only_where_they_are_asked_for(records: Records, db: Database) -> None:
    drill = BATIK.model_copy(update={"id": "latihan", "training": True})
    SqlRegistry(db).apply(Installation(sites=(drill,)), "sari", NOON)
    records.life("real", (E_.RAISED, 0), told=("log",))
    records.life("played", (E_.RAISED, HOUR), told=("log",), site="latihan")
    found, asked = records.counted(), records.counted(site="latihan")
    assert (found.rang, sum(found.notifications.values()), asked.rang) == (1, 1, 1)


def test_nothing_happened(records: Records) -> None:
    found = records.counted()
    figures = (found.rang, found.actors, found.floods, found.flood_share, found.acknowledged_median, found.advice)
    assert figures == (0, [], [], 0.0, None, [])


def test_rings_are_counted_by_priority(records: Records) -> None:
    records.life("a1", (E_.RAISED, 0), (E_.RETURNED, 5), (E_.REOCCURRED, 9))
    records.life("a2", (E_.RAISED, 0), priority=Priority.LOW)
    found = records.counted()
    assert (found.rang, found.by_priority) == (3, {"high": 2, "low": 1})


def test_the_end_of_the_time_asked_for_is_not_in_it(records: Records) -> None:
    records.life("a1", (E_.RAISED, 0))
    rang = [records.counted(*span).rang for span in ((NOON - 1, NOON), (NOON, NOON + 1), (NOON + 1, NOON + 2))]
    assert rang == [0, 1, 0]


def test_hours_and_days_are_those_of_the_site(records: Records) -> None:
    midnight = int(datetime(2026, 11, 21, 17, tzinfo=UTC).timestamp() * 1000)  # 00.00 WIB on the 22nd
    records.life("a1", (E_.RAISED, midnight - 1 - NOON))
    records.life("a2", (E_.RAISED, midnight - NOON))
    found = records.counted()
    assert found.per_day == [(midnight - DAY, "high", 1), (midnight, "high", 1)]
    assert found.per_hour == [(midnight - HOUR, "high", 1), (midnight, "high", 1)]


def test_only_the_site_asked_for_is_counted(records: Records) -> None:
    records.life("a1", (E_.RAISED, 0), told=("log",))
    records.life("p1", (E_.RAISED, 0), told=("log",), site="alas-kaki", since=NOON - 3 * DAY)
    found = records.counted(site="batik")
    assert (found.rang, found.notifications, found.stale) == (1, {"queued": 1}, ["a1"])


def test_the_worst_actor_comes_first(records: Records) -> None:
    records.life(
        "a1", (E_.RAISED, 0), (E_.RETURNED, 4 * MINUTE), (E_.REOCCURRED, HOUR), (E_.RETURNED, HOUR + 6 * MINUTE)
    )
    records.life("a2", (E_.RAISED, 2 * HOUR), (E_.RETURNED, 2 * HOUR + 5 * MINUTE))
    records.life("i1", (E_.RAISED, 0), device="inlet")
    assert records.counted().actors == [
        Actor(RULE.id, "batik", "outlet", "cod", 3, 0.75, 0, 5 * MINUTE),
        Actor(RULE.id, "batik", "inlet", "cod", 1, 0.25, 0, None),
    ]


def test_ten_actors_are_named(records: Records) -> None:
    for number in range(12):
        records.life(f"a{number}", (E_.RAISED, 0), device=f"d{number:02}")
    assert [actor.device for actor in records.counted().actors] == [f"d{number:02}" for number in range(10)]


def test_times_to_acknowledge_are_from_the_ring(records: Records) -> None:
    for number in range(1, 11):
        records.life(f"a{number}", (E_.RAISED, 0), (E_.ACKNOWLEDGED, number * MINUTE))
    records.life("never", (E_.RAISED, 0))
    found = records.counted()
    assert (found.acknowledged, found.never_acknowledged) == (10, 1)
    assert (found.acknowledged_median, found.acknowledged_p90) == (5 * MINUTE, 9 * MINUTE)


def test_what_chatters_is_heard_until_it_is_held_down(records: Records) -> None:
    rising = [(E_.REOCCURRED, at * S) for at in (10, 20, 30, 40)]
    records.life("a1", (E_.RAISED, 0), *rising[:2], (E_.CHATTERING, 20 * S), *rising[2:], chattering=True)
    found = records.counted()
    assert (found.rang, found.chattering, found.actors[0].chattering) == (3, ["a1"], 1)


def test_open_alerts_that_stand_for_over_a_day_are_stale(records: Records) -> None:
    records.life("old", (E_.RAISED, 0))
    records.life("shelved", (E_.RAISED, 0), state=AlertState.SHELVED)
    records.life("back", (E_.RAISED, 0), active=False, state=AlertState.RETURNED)
    records.life("new", (E_.RAISED, 6 * DAY + 1))
    assert records.counted().stale == ["old"]


def test_an_alert_that_stands_since_before_the_time_asked_for_is_advised_on(records: Records) -> None:
    records.life("old", (E_.RAISED, 0))
    assert records.counted(NOON + DAY, STOP).advice == [Advice(RULE.id, "outlet", AdviceReason.STALE, 1, {})]


def test_eleven_rings_within_ten_minutes_are_a_flood(records: Records) -> None:
    for number in range(11):
        records.life(f"a{number:02}", (E_.RAISED, number * S), device=f"d{number}")
    found = records.counted(NOON, NOON + 1_000 * S)
    assert found.floods == [Flood("batik", NOON + 10 * S, NOON + 606 * S, 11)]
    assert found.flood_share == pytest.approx(0.596)


def test_the_alert_that_tells_of_a_flood_is_no_part_of_it(records: Records) -> None:
    for number in range(10):
        records.life(f"a{number}", (E_.RAISED, number * S), device=f"d{number}")
    records.life("flood", (E_.RAISED, 9 * S), rule="system.flood")
    assert records.counted().floods == []


def test_notifications_are_counted_by_state(records: Records) -> None:
    records.life("a1", (E_.RAISED, 0), told=("log", "team", "sms"))
    first = records.book.queued(NOON, 1)[0][0]
    records.book.update_notification(replace(first, state=NotificationState.FAILED))
    assert records.counted().notifications == {"failed": 1, "queued": 2}


def test_a_rule_that_chatters_is_advised_on_with_what_to_try(records: Records) -> None:
    records.life("a1", (E_.RAISED, 0), (E_.ACKNOWLEDGED, 1), (E_.CHATTERING, 20 * S), active=False)
    change = {"deadband": 6.0, "off_delay": 60.0}  # 5 % of the limit of 120.5
    assert records.counted().advice == [Advice(RULE.id, "outlet", AdviceReason.CHATTERS, 1, change)]


def test_a_rule_that_is_gone_is_not_advised_on(records: Records) -> None:
    records.life("a1", (E_.RAISED, 0), (E_.CHATTERING, 20 * S), rule="gone")
    assert records.counted().advice == []


def test_thousands_of_lives_are_counted_one_after_the_other(records: Records) -> None:
    alerts = tuple(alert(f"a{number}", since=NOON + number) for number in range(5_000))
    both = [(step(made, at=made.since), step(made, E_.RETURNED, at=made.since + 5)) for made in alerts]
    records.book.commit(tick(alerts=alerts, transitions=tuple(one for pair in both for one in pair)), NOON)
    found = records.counted()
    assert (found.rang, found.actors[0].median_active) == (5_000, 5)
