"""How many messages a person gets when much is to be told at once, or late: exact counts, real receiver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from alerts.dispatch import Dispatched
from domain.alert import Alert, AlertEvent, AlertState, Priority
from domain.ports import Address, Notice
from domain.registry import Contact, Hours, Route, Schedule
from domain.text import Text
from support.receiver import Receiver
from support.telling import HOUR, MINUTE, SECOND, T0, Telling, installation


@pytest.fixture
def telling(tmp_path: Path, receiver: Receiver) -> Iterator[Telling]:
    """Budi is told of everything."""
    budi = Contact(id="budi", name="Budi", notifier="webhook", address=receiver.url)
    made = Telling(tmp_path, installation(Route(id="ipal", contacts=("budi",)), contacts=(budi,)))
    yield made
    made.close()


def every_minute(telling: Telling, start: int, stop: int) -> Dispatched:
    """A round each minute of [start, stop), both in ms after T0; the sum of what they did."""
    total = Dispatched()
    for now in range(start, stop, MINUTE):
        done = telling.dispatch(now)
        total.sent, total.condensed = total.sent + done.sent, total.condensed + done.condensed
        total.held, total.failed = total.held + done.held, total.failed + done.failed
    return total


def storm(telling: Telling, count: int, now: int, **keys: object) -> list[Alert]:
    """So many alerts in one tick."""
    alerts = [telling.alert(f"s{now}-{n}", since=T0 + now, **keys) for n in range(count)]
    return telling.tick(alerts, AlertEvent.RAISED, now)


def test_after_an_hour_without_internet_what_is_over_comes_as_one_digest(
    telling: Telling, receiver: Receiver
) -> None:
    receiver.away = True
    for n in range(30):
        raised = telling.raised(f"a{n}", now=n * MINUTE)
        telling.returned(raised, (n + 5) * MINUTE)
    every_minute(telling, 0, HOUR)
    receiver.away = False
    total = every_minute(telling, HOUR, 2 * HOUR + MINUTE)

    assert (total.sent, len(receiver.received)) == (1, 1)
    assert receiver.subjects == ["30 peringatan selama ini, semua sudah normal, Sentra Batik"]
    lines = receiver.received[0]["body"].splitlines()
    assert lines[0] == "30 SEDANG."
    assert lines[1] == "- pH 9,5 di atas batas 9, Outlet, Sentra Batik, 07.00 WIB, normal lagi setelah 5 menit"
    assert lines[11] == "… dan 20 lagi"
    assert lines[-1] == "http://pantau.lan/alerts"
    assert {n.last_error for n in telling.outbox()} == {"told_in_digest"}
    assert telling.unsettled() == []


def test_what_is_still_open_is_told_one_by_one_and_says_how_old_it_is(telling: Telling, receiver: Receiver) -> None:
    receiver.away = True
    for n in range(3):
        telling.raised(f"open{n}", now=n * MINUTE)
    for n in range(20):
        telling.returned(telling.raised(f"over{n}"), 5 * MINUTE)
    every_minute(telling, 0, HOUR)
    receiver.away = False
    every_minute(telling, HOUR, 2 * HOUR + MINUTE)

    assert len(receiver.received) == 4
    assert all("Kabar ini terlambat" in message["body"] for message in receiver.received[:3])
    assert receiver.subjects[3].startswith("20 peringatan selama ini")


def test_more_than_five_that_are_still_open_come_with_the_rest_in_one_digest(
    telling: Telling, receiver: Receiver
) -> None:
    receiver.away = True
    for n in range(6):
        telling.raised(f"open{n}", priority=Priority.HIGH if n == 3 else Priority.LOW)
    for n in range(20):
        telling.returned(telling.raised(f"over{n}"), 5 * MINUTE)
    every_minute(telling, 0, HOUR)
    receiver.away = False
    every_minute(telling, HOUR, 2 * HOUR + MINUTE)

    assert receiver.subjects == [
        "[TINGGI] 26 peringatan, 6 masih berlangsung: pH 9,5 di atas batas 9, Outlet, Sentra Batik"
    ]


def test_while_away_it_is_asked_ever_more_rarely(telling: Telling, receiver: Receiver) -> None:
    receiver.away = True
    telling.raised()
    every_minute(telling, 0, 24 * HOUR)

    assert len(receiver.requests) < 50


def test_two_hundred_alerts_in_one_tick_are_one_message(telling: Telling, receiver: Receiver) -> None:
    storm(telling, 200, 0)

    assert telling.dispatch() == Dispatched(sent=1, condensed=200)
    assert receiver.subjects[0].startswith("[SEDANG] 200 peringatan, 200 masih berlangsung: pH 9,5")


class Counts:
    """A channel that only counts what each target was told."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()

    def notify(self, address: Address, notice: Notice) -> None:
        """Never fails."""
        self.told[address.name] += 1


def test_a_storm_is_one_message_for_each_however_many_people_are_told(tmp_path: Path) -> None:
    people = tuple(Contact(id=f"orang-{n}", name="Orang", notifier="counts") for n in range(6))
    route = Route(id="ipal", contacts=tuple(person.id for person in people))
    counts = Counts()
    telling = Telling(tmp_path, installation(route, contacts=people), notifiers={"counts": counts}, patience=60.0)
    storm(telling, 200, 0)
    done = telling.dispatch()
    telling.close()

    assert (done.sent, done.condensed) == (6, 1200)
    assert set(counts.told.values()) == {1}


def test_critical_ones_of_a_storm_ring_by_themselves(telling: Telling, receiver: Receiver) -> None:
    storm(telling, 100, 0)
    storm(telling, 2, SECOND, priority=Priority.CRITICAL)
    telling.dispatch(2 * SECOND)

    assert [subject.split()[0] for subject in receiver.subjects] == ["[KRITIS]", "[KRITIS]", "[SEDANG]"]


def flooded(telling: Telling, now: int) -> Alert:
    """More than people can follow."""
    return telling.raised(
        "flood", now=now, rule="system.flood", kind="system", device="pantau", metric="flood", unit="",
        value=None, limit=None, peak=None, priority=Priority.HIGH,
    )  # fmt: skip


def test_a_storm_of_two_hundred_within_a_minute(telling: Telling, receiver: Receiver) -> None:
    """Seven a tick; the third tick notices the flood. The person gets 14 + the flood + one digest."""
    for tick in range(29):
        now = tick * 2 * SECOND
        storm(telling, 7, now)
        if tick == 2:
            flooded(telling, now)
        telling.dispatch(now)
    within_the_minute = len(receiver.received)
    every_minute(telling, MINUTE, 30 * MINUTE)

    assert within_the_minute == 14 + 1
    assert receiver.subjects[14] == "[TINGGI] Banjir peringatan, Sentra Batik"
    assert len(receiver.received) == 14 + 1 + 1
    assert receiver.subjects[-1].startswith("[SEDANG] 189 peringatan, 189 masih berlangsung")
    assert telling.unsettled() == []


def test_a_long_flood_is_told_every_ten_minutes_and_critical_alerts_at_once(
    telling: Telling, receiver: Receiver
) -> None:
    flooded(telling, 0)
    for minute in range(60):
        storm(telling, 3, minute * MINUTE)
        if minute == 25:
            storm(telling, 1, minute * MINUTE + 1, priority=Priority.CRITICAL)
        telling.dispatch(minute * MINUTE + 1)
    subjects = receiver.subjects

    assert len(subjects) == 1 + 5 + 1
    assert subjects[0].startswith("[TINGGI] Banjir")
    assert [subject.split()[0] for subject in subjects[1:]].count("[KRITIS]") == 1
    assert [subject.split()[1] for subject in subjects if "30 peringatan" in subject] == ["30"] * 5


def test_when_the_flood_is_over_what_was_held_is_one_digest(telling: Telling, receiver: Receiver) -> None:
    flood = flooded(telling, 0)
    storm(telling, 40, MINUTE)
    telling.dispatch(MINUTE)
    gone = replace(flood, active=False, state=AlertState.NORMAL, returned_at=T0 + 2 * MINUTE)
    telling.silently(gone, AlertEvent.RETURNED, 2 * MINUTE)
    every_minute(telling, 2 * MINUTE, 20 * MINUTE)

    assert len(receiver.received) == 2
    assert receiver.subjects[1].startswith("[SEDANG] 40 peringatan")


def test_reminders_that_piled_up_while_away_are_told_as_the_news_they_remind_of(
    tmp_path: Path, receiver: Receiver
) -> None:
    budi = Contact(id="budi", name="Budi", notifier="webhook", address=receiver.url)
    telling = Telling(tmp_path, installation(Route(id="ipal", contacts=("budi",), repeat=900), contacts=(budi,)))
    receiver.away = True
    for n in range(2):
        telling.raised(f"open{n}")
    for now in range(0, HOUR, MINUTE):
        telling.remind(now)
        telling.dispatch(now)
    receiver.away = False
    every_minute(telling, HOUR, 2 * HOUR)
    unsettled = telling.unsettled()
    telling.close()

    assert receiver.subjects == ["[SEDANG] pH 9,5 di atas batas 9, Outlet, Sentra Batik"] * 2
    assert unsettled == []


NIGHT = Schedule(id="malam", name=Text(id="x", en="x"), hours=(Hours(start=time(21), end=time(6)),))


def test_a_quiet_night_is_one_message_in_the_morning(tmp_path: Path, receiver: Receiver) -> None:
    budi = Contact(id="budi", name="Budi", notifier="webhook", address=receiver.url, quiet="malam")
    night = installation(Route(id="ipal", contacts=("budi",)), contacts=(budi,), schedules=(NIGHT,))
    telling = Telling(tmp_path, night)
    evening = 15 * HOUR  # 22.00 WIB
    for n in range(4):
        telling.returned(telling.raised(f"a{n}", now=evening + n * HOUR), evening + n * HOUR + 10 * MINUTE)
    telling.raised("kritis", now=evening + HOUR, priority=Priority.CRITICAL)
    every_minute(telling, evening, evening + 8 * HOUR)
    by_night = len(receiver.received)
    every_minute(telling, evening + 8 * HOUR, evening + 9 * HOUR)
    telling.close()

    assert by_night == 1
    assert receiver.subjects[0].startswith("[KRITIS]")
    assert receiver.subjects[1:] == ["4 peringatan selama ini, semua sudah normal, Sentra Batik"]
