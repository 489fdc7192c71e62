"""Figures and times as people here write them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from dashboard.formats import DAY, HOUR, MINUTE, SECOND, Formats
from domain.text import Language
from support.app import NOON

ID = Formats(Language.ID, ZoneInfo("Asia/Jakarta"))
EN = Formats(Language.EN, ZoneInfo("Asia/Jakarta"))


def test_indonesian_has_a_decimal_comma_and_a_dot_for_thousands() -> None:
    assert ID.number(12_345.678, 2) == "12.345,68"


def test_english_has_a_decimal_point_and_a_comma_for_thousands() -> None:
    assert EN.number(12_345.678, 2) == "12,345.68"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_no_value_is_a_dash(value: float | None) -> None:
    assert ID.number(value) == "–"


def test_a_small_value_is_never_shown_as_zero() -> None:
    assert ID.number(0.0042, 1) == "0,0042"


def test_zero_is_zero() -> None:
    assert ID.number(0.0, 2) == "0,00"


def test_a_limit_is_printed_as_the_law_prints_it() -> None:
    assert (ID.brief(9.0), ID.brief(0.05)) == ("9", "0,05")


def test_the_clock_says_wib() -> None:
    assert (ID.clock(NOON), EN.clock(NOON)) == ("12.00 WIB", "12:00 WIB")


@pytest.mark.parametrize(
    ("zone", "said"), [("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT"), ("Asia/Pontianak", "WIB")]
)
def test_each_indonesian_zone_has_its_own_name(zone: str, said: str) -> None:
    assert Formats(Language.ID, ZoneInfo(zone)).zone_name(NOON) == said


def test_a_zone_is_named_as_at_the_moment_shown() -> None:
    amsterdam = Formats(Language.EN, ZoneInfo("Europe/Amsterdam"))
    assert (amsterdam.zone_name(NOON), amsterdam.zone_name(NOON - 150 * DAY)) == ("CET", "CEST")


def test_the_date_begins_with_the_day() -> None:
    assert ID.date(NOON) == "21/11/2026"


def test_a_moment_of_another_day_names_its_date() -> None:
    assert ID.moment(NOON - DAY, NOON) == "20/11/2026 12.00 WIB"


def test_a_moment_of_today_needs_no_date() -> None:
    assert ID.moment(NOON - HOUR, NOON) == "11.00 WIB"


def test_the_day_begins_at_midnight_in_mojokerto() -> None:
    assert ID.midnight(NOON) == NOON - 12 * HOUR


@pytest.mark.parametrize(
    ("span", "said"),
    [(-5, "0 detik"), (12 * SECOND, "12 detik"), (119 * SECOND, "119 detik"), (14 * MINUTE, "14 menit"),
     (5 * HOUR, "5 jam"), (3 * DAY, "3 hari")],
)  # fmt: skip
def test_an_age_is_said_in_its_largest_whole_unit(span: int, said: str) -> None:
    assert ID.age(span) == said


def test_run_time_is_hours_and_minutes() -> None:
    assert ID.hours(6 * HOUR + 42 * MINUTE + 59 * SECOND) == "06:42"
