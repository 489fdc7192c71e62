"""The shifts of the example centre as schedules: who is missed when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.references import reference_problems
from domain.registry import Schedule
from domain.rule import NoDataRule, Scope
from domain.schedules import next_change, within
from domain.shift_schedules import rule_schedules, shift_schedules
from domain.text import Text
from support.mojokerto import mojokerto

WIB = ZoneInfo("Asia/Jakarta")
NAME = Text(id="Diam", en="Silent")


def ms(day: int, hour: int, minute: int = 0) -> int:
    """November 2026 in WIB; the 22nd is a Sunday."""
    return round(datetime(2026, 11, day, hour, minute, tzinfo=WIB).astimezone(UTC).timestamp() * 1000)


@pytest.fixture(scope="module")
def schedules() -> dict[str, Schedule]:
    return shift_schedules(mojokerto())


CASES = [
    ("jahit-1", ms(20, 7), True), ("jahit-1", ms(20, 12), True), ("jahit-1", ms(20, 15), False),
    ("jahit-2", ms(20, 15), True), ("jahit-2", ms(20, 23), False), ("jahit-1", ms(22, 9), False),
    ("press-1", ms(21, 3), True), ("press-1", ms(22, 9), True),
]  # fmt: skip


@pytest.mark.parametrize(("device", "at", "missed"), CASES)
def test_a_machine_is_missed_within_its_shifts_and_their_breaks(
    schedules: dict[str, Schedule], device: str, at: int, missed: bool
) -> None:
    assert within(schedules[f"shifts-{device}"], WIB, at) is missed


def test_nobody_is_missed_between_saturday_afternoon_and_monday_morning(schedules: dict[str, Schedule]) -> None:
    assert next_change(schedules["shifts-jahit-1"], WIB, ms(21, 15)) == ms(23, 7)


def test_shifts_that_follow_each_other_are_one_stretch(schedules: dict[str, Schedule]) -> None:
    assert next_change(schedules["shifts-jahit-2"], WIB, ms(20, 8)) == ms(20, 23)


def test_a_holiday_of_one_shift_leaves_the_others(schedules: dict[str, Schedule]) -> None:
    given = mojokerto()
    rest = [
        one.model_copy(update={"holidays": (date(2026, 11, 20),)}) if one.id == "pagi" else one
        for one in given.shifts
    ]
    made = shift_schedules(given.model_copy(update={"shifts": tuple(rest)}))
    assert not within(made["shifts-jahit-2"], WIB, ms(20, 9))
    assert within(made["shifts-jahit-2"], WIB, ms(20, 16))


def test_machines_of_the_same_shifts_share_one(schedules: dict[str, Schedule]) -> None:
    assert schedules["shifts-jahit-1"] is schedules["shifts-potong-1"]


def test_devices_without_shifts_have_none(schedules: dict[str, Schedule]) -> None:
    assert "shifts-ipal-outlet" not in schedules


def test_a_schedule_of_that_name_takes_its_place() -> None:
    own = Schedule(id="shifts-jahit-1", name=NAME, hours=shift_schedules(mojokerto())["shifts-press-1"].hours)
    given = mojokerto().model_copy(update={"schedules": (own,)})
    assert rule_schedules(given)["shifts-jahit-1"] is own


@pytest.mark.parametrize(("schedule", "keys"), [("shifts-jahit-1", []), ("shifts-nobody", ["rules[0].schedule"])])
def test_rules_may_name_the_shifts_of_a_machine(schedule: str, keys: list[str]) -> None:
    rule = NoDataRule(id="diam", name=NAME, action=NAME, scope=Scope(device="jahit-1"), after=60, schedule=schedule)
    given = mojokerto().model_copy(update={"rules": (rule,)})
    assert [one.key for one in reference_problems(given)] == keys
