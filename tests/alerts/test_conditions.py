"""What the signs of life, the disk, the clocks and the queues say is wrong, and when that becomes an alert."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.causes import conditions
from alerts.causes.conditions import Trouble, gone, step
from alerts.causes.defaults import default_rule, rule_for, system_rules
from domain.alert import AlertEvent, AlertState, RuleState, RuleStatus
from domain.ports import Heartbeat
from domain.rule import Scope
from domain.system_condition import SystemCondition

NOW = 1_000_000
WELL: dict[str, dict[str, Any]] = {
    "collector": {"state": "running"},
    "broker": {"state": "connected"},
    "store": {"state": "ok"},
}


def signs(at: int = NOW, **changes: dict[str, Any]) -> dict[str, Heartbeat]:
    return {part: Heartbeat(part, at, detail) for part, detail in {**WELL, **changes}.items()}


def said(*found: Trouble) -> list[str]:
    return [str(trouble.condition) for trouble in found]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"collector": {"state": "stopped"}}, ["collector_down"]),
        ({"collector": {"state": "disk_full"}}, ["collector_blocked"]),
        ({"collector": {"state": "journal_away"}}, ["collector_blocked"]),
        ({"collector": {"state": "failed"}}, ["collector_blocked"]),
        ({"broker": {"state": "away"}}, ["broker_down"]),
        ({"store": {"state": "failing"}}, ["store_down"]),
        ({"broker": {"state": "away"}, "store": {"state": "failing"}}, ["broker_down", "store_down"]),
    ],
)
def test_every_part_says_for_itself_what_is_wrong(changes: dict[str, dict[str, Any]], wrong: list[str]) -> None:
    assert said(*conditions.of_signs(signs(**changes), 0, 0, NOW)) == wrong


def test_a_collector_that_gives_no_sign_is_down_since_its_last_one() -> None:
    (trouble,) = conditions.of_signs(signs(at=NOW - 30_000), 0, 0, NOW)

    assert (trouble.condition, trouble.since) == (SystemCondition.COLLECTOR_DOWN, NOW - 30_000)


def test_a_collector_that_never_gave_a_sign_is_down_since_we_look() -> None:
    (trouble,) = conditions.of_signs({}, 0, NOW - 30_000, NOW)

    assert (trouble.condition, trouble.since) == (SystemCondition.COLLECTOR_DOWN, NOW - 30_000)


def test_data_that_arrives_shows_that_a_collector_is_at_work() -> None:
    assert said(*conditions.of_signs(signs(at=NOW - 300_000), NOW - 1000, 0, NOW)) == []


@pytest.mark.parametrize(
    ("free", "before", "low"),
    [(None, False, False), (0.5, False, False), (0.1, False, False), (0.099, False, True), (0.11, True, True),
     (0.12, True, False)],
)  # fmt: skip
def test_a_disk_is_low_below_ten_percent_until_it_has_twelve(free: float | None, before: bool, low: bool) -> None:
    assert bool(list(conditions.of_disk(free, before, NOW))) is low


@pytest.mark.parametrize(("last", "late"), [(None, False), (NOW - 30_000, False), (NOW - 30_001, True)])
def test_ticks_half_a_minute_apart_are_late(last: int | None, late: bool) -> None:
    assert bool(list(conditions.of_ticks(last, NOW))) is late


def test_all_bad_rules_are_one_trouble_that_names_them() -> None:
    (trouble,) = conditions.of_bad_rules({"b": "ValueError: x", "a": "TypeError: y"}, NOW)

    assert (trouble.value, trouble.words) == (2.0, "a: TypeError: y; b: ValueError: x")


@pytest.mark.parametrize("condition", sorted(SystemCondition))
def test_every_condition_has_a_rule_with_words_in_both_languages(condition: SystemCondition) -> None:
    rule = default_rule(condition)

    assert rule.id == f"system.{condition}"
    assert all((rule.name.id, rule.name.en, rule.action.id, rule.action.en))
    assert rule.name.id != rule.name.en
    assert rule.action.id != rule.action.en


def test_there_is_one_default_for_each_condition() -> None:
    assert {rule.condition for rule in system_rules()} == set(SystemCondition)


FLOOD = default_rule(SystemCondition.FLOOD)
SITE = FLOOD.model_copy(update={"id": "flood-batik", "scope": Scope(site="batik")})
OWN = FLOOD.model_copy(update={"id": "flood"})
OFF = FLOOD.model_copy(update={"enabled": False})


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], FLOOD),
        ([FLOOD], FLOOD),
        ([FLOOD, OWN], OWN),
        ([FLOOD, OWN, SITE], SITE),
        ([OFF], None),
        ([OFF, SITE], SITE),
    ],
)
def test_the_rule_of_the_place_comes_before_the_users_own_before_the_default(rules: list[Any], found: Any) -> None:
    assert rule_for(SystemCondition.FLOOD, "batik", rules) == found


# ── becoming an alert ─────────────────────────────────────────────────────────────────────────────

BROKER = default_rule(SystemCondition.BROKER_DOWN)  # after 60 s
STATE = RuleState(BROKER.id, "pantau", "broker_down")
AWAY = Trouble(SystemCondition.BROKER_DOWN, NOW, words="connection refused")


def test_what_holds_shorter_than_its_rule_says_is_pending() -> None:
    done = step(STATE, None, AWAY, BROKER, NOW + 59_999)

    assert (done.state.status, done.state.since, done.alert) == (RuleStatus.PENDING, NOW, None)


def test_what_holds_long_enough_is_raised_since_it_began_with_its_words() -> None:
    pending = step(STATE, None, AWAY, BROKER, NOW).state
    later = Trouble(SystemCondition.BROKER_DOWN, NOW + 60_000, words="connection refused")
    done = step(pending, None, later, BROKER, NOW + 60_000)

    assert done.alert is not None
    assert done.transition is not None
    assert (done.alert.since, done.alert.kind, done.alert.device, done.alert.site) == (NOW, "system", "pantau", "")
    assert done.transition.comment == "connection refused"


def test_what_is_gone_returns_and_remembers_when() -> None:
    raised = step(STATE, None, AWAY, BROKER, NOW + 60_000)
    done = gone(raised.state, raised.alert, NOW + 70_000)

    assert done.transition is not None
    assert done.transition.event is AlertEvent.RETURNED
    assert (done.state.status, done.state.watermark) == (RuleStatus.NORMAL, NOW + 70_000)


def test_what_comes_again_before_anybody_saw_it_is_the_same_alert() -> None:
    raised = step(STATE, None, AWAY, BROKER, NOW + 60_000)
    back = gone(raised.state, raised.alert, NOW + 70_000)
    again = step(back.state, back.alert, Trouble(SystemCondition.BROKER_DOWN, NOW + 80_000), BROKER, NOW + 140_000)

    assert again.alert is not None
    assert raised.alert is not None
    assert (again.alert.id, again.alert.occurrences) == (raised.alert.id, 2)
    assert again.alert.state is AlertState.UNACKNOWLEDGED


def test_a_wait_that_began_before_the_clock_was_set_back_begins_anew() -> None:
    pending = step(STATE, None, AWAY, BROKER, NOW).state
    earlier = NOW - 3_600_000
    done = step(pending, None, Trouble(SystemCondition.BROKER_DOWN, earlier), BROKER, earlier)

    assert (done.state.status, done.state.since) == (RuleStatus.PENDING, earlier)
