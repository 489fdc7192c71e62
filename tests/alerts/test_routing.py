"""Whom an alert is told: routes, people on duty, quiet hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.routing import targets
from alerts.rulebook import Compiled
from domain.alert import Alert, Priority, Target
from domain.duty import on_duty
from domain.registry import Contact, Device, Hours, Installation, Rota, Route, Schedule, Site, SiteKind, Turn
from domain.rule import LimitRule, Scope
from domain.text import Text
from support.alerting import alert

WIB = ZoneInfo("Asia/Jakarta")
WORDS = Text(id="x", en="x")
NIGHT = Schedule(id="malam", name=WORDS, hours=(Hours(start=time(21), end=time(6)),))
WORK = Schedule(id="kerja", name=WORDS, hours=(Hours(start=time(7), end=time(16)),))
BUDI = Contact(id="budi", name="Budi", quiet="malam")
SITI = Contact(id="siti", name="Siti", quiet="malam", quiet_from=Priority.HIGH)
TONO = Contact(id="tono", name="Tono")
SITES = tuple(Site(id=name, name=WORDS, kind=SiteKind.IPAL) for name in ("batik", "alas-kaki"))
OUTLET = Device(id="outlet", site="batik", stage="outlet", profile="probe", name=WORDS)


def at(text: str) -> int:
    """A local time in ms, such as `2026-11-21 23:30`."""
    return round(datetime.fromisoformat(text).replace(tzinfo=WIB).astimezone(UTC).timestamp() * 1000)


def told(
    *routes: Route,
    when: str = "2026-11-21 10:00",
    rule: LimitRule | None = None,
    rotas: tuple[Rota, ...] = (),
    contacts: tuple[Contact, ...] = (BUDI, SITI, TONO),
    **alert_is: Any,
) -> list[Target]:
    """The targets of an alert at the outlet."""
    installation = Installation(
        sites=SITES,
        devices=(OUTLET,),
        schedules=(NIGHT, WORK),
        contacts=contacts,
        rotas=rotas,
        routes=routes,
    )
    compiled = Compiled(revision=1, until=1 << 60, installation=installation, all={})
    made: Alert = alert(**alert_is)
    return targets(compiled, made, rule or a_rule(), at(when))


def a_rule(*routes: str) -> LimitRule:
    scope = Scope(metric="ph", device="outlet")
    return LimitRule(id="ph-outlet", name=WORDS, action=WORDS, above=9, scope=scope, routes=routes)


def people(found: list[Target]) -> list[str]:
    return [target.contact or target.route for target in found]


def to(*contacts: str, name: str = "ipal", **keys: Any) -> Route:
    return Route(id=name, contacts=contacts, **keys)


@pytest.mark.parametrize(
    ("keys", "alert_is", "is_told"),
    [
        ({}, {}, True),
        ({"sites": ("batik",)}, {}, True),
        ({"sites": ("alas-kaki",)}, {}, False),
        ({"sites": ("alas-kaki",)}, {"site": "", "device": "pantau"}, True),
        ({"stages": ("outlet",)}, {}, True),
        ({"stages": ("inlet",)}, {}, False),
        ({"stages": ("inlet",)}, {"device": "pantau"}, True),
        ({"priorities": (Priority.HIGH,)}, {}, True),
        ({"priorities": (Priority.CRITICAL,)}, {}, False),
        ({"schedule": "kerja"}, {}, True),
        ({"schedule": "malam"}, {}, False),
    ],
)
def test_a_route_is_told_what_it_asks_for(keys: dict[str, Any], alert_is: dict[str, Any], is_told: bool) -> None:
    assert people(told(to("tono", **keys), **alert_is)) == (["tono"] if is_told else [])


def test_a_rule_that_names_its_routes_is_told_by_exactly_these() -> None:
    named, other = to("tono", name="khusus", sites=("alas-kaki",)), to("budi")

    assert people(told(named, other, rule=a_rule("khusus"))) == ["tono"]


@pytest.mark.parametrize(("when", "is_told"), [("2026-11-21 10:00", []), ("2026-11-21 23:00", ["tono"])])
def test_a_route_that_a_rule_names_keeps_its_own_schedule(when: str, is_told: list[str]) -> None:
    night, other = to("tono", name="khusus", schedule="malam"), to("budi")

    assert people(told(night, other, rule=a_rule("khusus"), when=when)) == is_told


def test_nobody_is_told_twice_because_two_routes_lead_to_him() -> None:
    first, second = to("tono", "budi", name="satu"), to("budi", "siti", name="dua", notifier="log")

    assert people(told(first, second)) == ["tono", "budi", "dua", "siti"]


@pytest.mark.parametrize(
    ("when", "priority", "until"),
    [
        ("2026-11-21 20:59", Priority.LOW, None),
        ("2026-11-21 21:00", Priority.LOW, "2026-11-22 06:00"),
        ("2026-11-22 03:00", Priority.HIGH, "2026-11-22 06:00"),
        ("2026-11-22 03:00", Priority.CRITICAL, None),
        ("2026-11-22 06:00", Priority.LOW, None),
    ],
)
def test_what_may_wait_rings_after_the_quiet_hours(when: str, priority: Priority, until: str | None) -> None:
    (target,) = told(to("budi"), when=when, priority=priority)

    assert target.not_before == (at(until) if until else 0)


def test_each_person_says_from_which_priority_on_the_night_is_not_quiet() -> None:
    found = told(to("budi", "siti"), when="2026-11-22 03:00", priority=Priority.HIGH)

    assert [target.not_before for target in found] == [at("2026-11-22 06:00"), 0]


def rota(**keys: Any) -> Rota:
    turns = (Turn(contact="budi", schedule="kerja"), Turn(contact="siti", schedule="malam"))
    return Rota(id="jaga", name=WORDS, **{"turns": turns, **keys})


@pytest.mark.parametrize(
    ("when", "who"), [("2026-11-21 08:00", "budi"), ("2026-11-22 02:00", "siti"), ("2026-11-21 18:00", "budi")]
)
def test_whoever_is_on_duty_is_told_and_when_nobody_is_the_first(when: str, who: str) -> None:
    assert people(told(to(rota="jaga"), when=when, rotas=(rota(),))) == [who]


WEEKLY = rota(
    turns=tuple(Turn(contact=name) for name in ("budi", "siti", "tono")),
    rotate_days=7,
    starts=date(2026, 11, 2),
)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-11-01 12:00", "budi"),  # before it starts
        ("2026-11-02 07:00", "budi"),
        ("2026-11-09 06:59", "budi"),  # handed over at 07.00
        ("2026-11-09 07:00", "siti"),
        ("2026-11-16 07:00", "tono"),
        ("2026-11-23 07:00", "budi"),
    ],
)
def test_turns_follow_each_other_at_the_handover(when: str, who: str) -> None:
    assert on_duty(WEEKLY, {}, WIB, at(when)) == who


def test_in_a_rotation_the_next_one_stands_in_where_the_schedule_of_the_turn_does_not_hold() -> None:
    turns = (Turn(contact="budi", schedule="kerja"), Turn(contact="siti"))
    weekly = rota(turns=turns, rotate_days=7, starts=date(2026, 11, 2))

    assert on_duty(weekly, {"kerja": WORK}, WIB, at("2026-11-03 20:00")) == "siti"


OFF = Contact(id="siti", name="Siti", enabled=False)


def test_who_is_switched_off_is_told_nothing() -> None:
    assert people(told(to("budi", "siti"), contacts=(BUDI, OFF))) == ["budi"]


def test_for_who_is_switched_off_on_duty_somebody_else_is_told() -> None:
    assert people(told(to(rota="jaga"), when="2026-11-22 02:00", rotas=(rota(),), contacts=(BUDI, OFF))) == ["budi"]


def test_who_is_switched_off_is_passed_over_on_duty_and_the_next_turn_stands_in() -> None:
    assert on_duty(WEEKLY, {}, WIB, at("2026-11-09 07:00"), {"siti"}) == "tono"


def test_with_everybody_switched_off_the_turns_stay_as_they_are() -> None:
    assert on_duty(WEEKLY, {}, WIB, at("2026-11-09 07:00"), {"budi", "siti", "tono"}) == "siti"
