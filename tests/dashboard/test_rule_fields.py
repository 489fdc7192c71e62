"""What is typed and what a rule holds are the same thing, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rule_fields import KINDS, Field, Input, Unit, Wrong, asked, number, read, write
from dashboard.rule_form import entry_of, rule_of
from domain.rule import LimitRule, Scope
from domain.text import Text

DELAY = Field("on_delay", Input.DURATION)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("8,5", 8.5), ("8.5", 8.5), ("1.234,5", 1234.5), (" 7 ", 7.0), ("-2", -2.0), ("1 000", 1000.0)],
)
def test_numbers_are_read_as_people_here_write_them(typed: str, meant: float) -> None:
    assert number(typed) == meant


@pytest.mark.parametrize("typed", ["", "satu", "1,2,3", "--1"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Wrong):
        number(typed)


@pytest.mark.parametrize(
    ("typed", "unit", "seconds"), [("5", "min", 300), ("0,5", "h", 1800), ("2", "d", 172_800), ("90", "s", 90)]
)
def test_a_duration_is_its_number_times_its_unit(typed: str, unit: str, seconds: float) -> None:
    assert read(DELAY, {"on_delay": [typed], "on_delay_unit": [unit]}) == seconds


@given(st.integers(min_value=1, max_value=40 * 86_400))
def test_a_duration_survives_the_form(seconds: int) -> None:
    assert read(DELAY, write(DELAY, float(seconds), ",")) == seconds


@given(st.integers(min_value=0, max_value=100))
def test_a_share_survives_the_form(percent: int) -> None:
    field = Field("share", Input.PERCENT, Unit.NONE)
    assert read(field, write(field, percent / 100, ",")) == percent / 100


@given(st.floats(min_value=-50, max_value=50).map(lambda value: round(value, 3)), st.integers(0, 7200))
def test_a_limit_rule_survives_the_form(above: float, delay: int) -> None:
    text = Text(id="Batas", en="Limit")
    rule = LimitRule(id="batas", name=text, action=text, scope=Scope(metric="ph"), above=above, on_delay=float(delay))
    again, entry = rule_of(entry_of(rule, 1, ","), rule)
    assert entry.errors == {}
    assert again == rule


def test_every_required_field_says_that_it_is_missing() -> None:
    needed = [(kind, field) for kind, fields in KINDS.items() for field in fields if field.required]
    for _, field in needed:
        with pytest.raises(Wrong, match=r"rule_wrong\.missing"):
            read(field, {})


@pytest.mark.parametrize(
    ("window", "there", "away"),
    [("", "on_delay", "coverage"), ("hour", "coverage", "on_delay")],
    ids=["a moment", "a mean"],
)
def test_only_the_fields_that_mean_something_are_asked(window: str, there: str, away: str) -> None:
    names = {one.name for one in asked("limit", window)}
    assert there in names
    assert away not in names


def test_other_kinds_keep_their_delays() -> None:
    assert {one.name for one in asked("state", "")} == {"equals", "on_delay", "off_delay"}
