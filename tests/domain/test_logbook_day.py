"""The logbook's shifts of a day, and when the day is over."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from domain.logbook_day import day_over, shifts_of_day
from domain.shift import Shift
from domain.text import Text

WIB = ZoneInfo("Asia/Jakarta")
SATURDAY = date(2026, 11, 21)
DAYTIME = Shift(id="siang", site="batik", name=Text(id="Siang", en="Day"), start=time(8), end=time(16), days=(5,))


def at(day: int, hour: int) -> int:
    return round(datetime(2026, 11, day, hour, tzinfo=WIB).timestamp() * 1000)


def test_without_shifts_of_its_own_a_site_has_the_usual_three() -> None:
    found = shifts_of_day([], "batik", WIB, SATURDAY)
    assert [(one.id, one.start, one.stop) for one in found] == [
        ("pagi", at(21, 6), at(21, 14)), ("siang", at(21, 14), at(21, 22)), ("malam", at(21, 22), at(22, 6)),
    ]  # fmt: skip


def test_the_day_is_over_when_its_night_shift_has_ended() -> None:
    assert day_over(shifts_of_day([], "batik", WIB, SATURDAY), WIB, SATURDAY) == at(22, 6)


def test_a_day_whose_shifts_end_before_midnight_is_over_at_midnight() -> None:
    found = shifts_of_day([DAYTIME], "batik", WIB, SATURDAY)
    assert [one.id for one in found] == ["siang"]
    assert day_over(found, WIB, SATURDAY) == at(22, 0)


def test_a_day_without_shifts_is_over_at_midnight() -> None:
    friday = date(2026, 11, 20)
    assert day_over(shifts_of_day([DAYTIME], "batik", WIB, friday), WIB, friday) == at(21, 0)
