"""Reminders and escalations: until somebody acknowledges, through restarts, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.rulebook import Compiled
from domain.alert import AlertEvent, AlertState, Priority, Purpose
from domain.registry import Contact, Escalation, Hours, Rota, Route, Schedule, Turn
from domain.text import Text
from support.telling import HOUR, MINUTE, Telling, installation

WORDS = Text(id="x", en="x")
NIGHT = Schedule(id="malam", name=WORDS, hours=(Hours(start=time(21), end=time(6)),))
MORNING = Schedule(id="pagi", name=WORDS, hours=(Hours(start=time(7), end=time(7, 20)),))
PEOPLE = (
    Contact(id="budi", name="Budi", notifier="log", quiet="malam"),
    Contact(id="siti", name="Siti", notifier="log"),
    Contact(id="kepala", name="Kepala UPT", notifier="log"),
)
ROTA = Rota(id="jaga", name=WORDS, turns=(Turn(contact="siti", schedule="pagi"), Turn(contact="kepala")))


def route(**keys: Any) -> Route:
    return Route(id="ipal", contacts=("budi",), **{"repeat": 600, **keys})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def stage(folder: Path, *routes: Route) -> Telling:
    return Telling(folder, installation(*routes, contacts=PEOPLE, schedules=(NIGHT, MORNING), rotas=(ROTA,)))


@pytest.fixture
def telling(folder: Path) -> Iterator[Telling]:
    """Budi is reminded every ten minutes; after 30 minutes Siti is told, after an hour the head."""
    steps = (Escalation(after=1800, contacts=("siti",)), Escalation(after=3600, contacts=("kepala",)))
    made = stage(folder, route(escalate=steps))
    yield made
    made.close()


def told(telling: Telling) -> list[tuple[str, str, int]]:
    return [(n.contact, n.purpose, n.round) for n in telling.outbox() if n.purpose is not Purpose.NEWS]


def until(telling: Telling, stop: int, start: int = 0) -> None:
    """Looked at every half minute."""
    for now in range(start, stop, 30_000):
        telling.remind(now)


def test_nobody_is_reminded_before_it_is_time(telling: Telling) -> None:
    telling.raised()
    until(telling, 10 * MINUTE)

    assert told(telling) == []


def test_reminders_and_escalations_follow_each_other(telling: Telling) -> None:
    telling.raised()
    until(telling, 61 * MINUTE)

    assert told(telling) == [
        ("budi", "repeat", 1), ("budi", "repeat", 2), ("budi", "repeat", 3), ("siti", "escalation", 1),
        ("budi", "repeat", 4), ("budi", "repeat", 5), ("budi", "repeat", 6), ("kepala", "escalation", 2),
    ]  # fmt: skip


def test_a_restart_repeats_nothing(telling: Telling) -> None:
    telling.raised()
    for now in range(0, 61 * MINUTE, 30_000):
        telling.start()
        telling.remind(now)

    assert len(told(telling)) == 8


def test_after_a_standstill_only_the_newest_reminder_is_queued(telling: Telling) -> None:
    telling.raised()
    telling.remind(5 * HOUR)

    assert told(telling) == [("budi", "repeat", 30), ("siti", "escalation", 1), ("kepala", "escalation", 2)]


@pytest.mark.parametrize(
    "state",
    [
        AlertState.ACKNOWLEDGED, AlertState.SHELVED, AlertState.SUPPRESSED, AlertState.OUT_OF_SERVICE,
        AlertState.RETURNED, AlertState.NORMAL,
    ],
)  # fmt: skip
def test_it_stops_as_soon_as_it_is_not_unheeded_any_more(telling: Telling, state: AlertState) -> None:
    alert = telling.raised()
    until(telling, 11 * MINUTE)
    telling.silently(alert, AlertEvent.ACKNOWLEDGED, 11 * MINUTE, state=state)
    until(telling, HOUR, 11 * MINUTE)

    assert told(telling) == [("budi", "repeat", 1)]


def test_a_latching_one_reminds_also_once_it_returned(telling: Telling) -> None:
    telling.returned(telling.raised(latching=True), MINUTE)
    until(telling, 11 * MINUTE)

    assert told(telling) == [("budi", "repeat", 1)]


def test_one_that_chatters_does_not_remind(telling: Telling) -> None:
    telling.raised(chattering=True)
    until(telling, HOUR)

    assert told(telling) == []


def test_it_is_counted_anew_from_when_it_rang_again(telling: Telling) -> None:
    alert = telling.raised()
    until(telling, 11 * MINUTE)
    again = replace(alert, occurrences=2)
    telling.step(again, AlertEvent.REOCCURRED, 15 * MINUTE)
    until(telling, 26 * MINUTE, 15 * MINUTE)

    assert told(telling) == [("budi", "repeat", 1), ("budi", "repeat", 1)]
    assert len({n.transition for n in telling.outbox(Purpose.REPEAT)}) == 2


def test_a_reminder_that_waits_is_dropped_once_somebody_took_it_on(telling: Telling) -> None:
    alert = telling.raised()
    telling.dispatch()
    telling.remind(10 * MINUTE)
    telling.silently(alert, AlertEvent.ACKNOWLEDGED, 10 * MINUTE, state=AlertState.ACKNOWLEDGED)

    assert telling.dispatch(11 * MINUTE).skipped == 1
    assert telling.outbox(Purpose.REPEAT)[0].last_error == "no_longer_needed"


EVENING = 15 * HOUR  # 22.00 WIB


def test_a_quiet_night_has_no_reminders_but_an_escalation_waits_for_nobody_awake(telling: Telling) -> None:
    telling.raised(now=EVENING)
    until(telling, EVENING + HOUR + MINUTE, EVENING)

    assert told(telling) == [("siti", "escalation", 1), ("kepala", "escalation", 2)]


def test_what_is_critical_reminds_by_night_too(telling: Telling) -> None:
    telling.raised(now=EVENING, priority=Priority.CRITICAL)
    until(telling, EVENING + 11 * MINUTE, EVENING)

    assert told(telling) == [("budi", "repeat", 1)]


def test_an_escalation_goes_to_whoever_was_on_duty_when_it_fell_due(folder: Path) -> None:
    made = stage(folder, route(repeat=None, escalate=(Escalation(after=900, rota="jaga"),)))
    made.raised()  # 07.00; due at 07.15, when Siti is on duty; looked at also after her turn
    until(made, HOUR)
    made.close()

    assert told(made) == [("siti", "escalation", 1)]


def test_without_a_route_that_reminds_nothing_is_looked_at(folder: Path) -> None:
    made = stage(folder, route(repeat=None))
    made.raised()
    until(made, HOUR)
    made.close()

    assert told(made) == []


def test_a_route_that_comes_while_an_alert_is_open_tells_it_as_news_first(folder: Path) -> None:
    telling = stage(folder, Route(id="papan", notifier="log"))
    telling.raised()
    given = installation(Route(id="papan", notifier="log"), route(), contacts=PEOPLE, schedules=(NIGHT, MORNING))
    telling.compiled = Compiled(1, 1 << 60, given, telling.compiled.all)
    until(telling, 31 * MINUTE, 15 * MINUTE)

    assert [(n.contact, n.purpose, n.round) for n in telling.outbox() if n.contact] == [
        ("budi", "news", 0), ("budi", "repeat", 2), ("budi", "repeat", 3),
    ]  # fmt: skip
    telling.close()
