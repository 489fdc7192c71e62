"""Conditions, judgement by hand, logbook, production and attachments: what is refused, and where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from domain.attachment import MOST, FileType, checked_type
from domain.condition import NAMES, Category, Condition, HandJudgement, check_condition, check_judgement
from domain.errors import Invalid
from domain.logbook import Dose, LogbookEntry, Noted, SignedDay, Source, check_entry, check_signed
from domain.production import Produced, check_produced
from domain.report_records import ConditionKind
from support.cast import HOUR, NOON

WIB = ZoneInfo("Asia/Jakarta")
TODAY, TOMORROW = date(2025, 10, 9), date(2025, 10, 10)
CONDITION = Condition("batik", Category.POWER_CUT, NOON - HOUR, NOON)
JUDGEMENT = HandJudgement("outlet", "ph", NOON - HOUR, NOON, Category.SENSOR_IN_AIR)
ENTRY = LogbookEntry("batik", TODAY, "pagi", "Siti", ph_outlet=Noted(7.2), doses=(Dose("PAC", 2.5),))
PRODUCED = Produced("batik", TODAY, tons=1.2, pieces=300)
SIGNED = SignedDay("batik", TODAY, "Dewi", (("batik/2025-10-09/pagi", 1),))

Check = Callable[[], None]


def refused_field(check: Check) -> str:
    """The field that is named."""
    with pytest.raises(Invalid) as refused:
        check()
    return refused.value.field


def test_records_in_order_pass() -> None:
    check_condition(CONDITION, NOON)
    check_judgement(JUDGEMENT, NOON)
    check_entry(ENTRY, NOON, WIB)
    check_produced(PRODUCED, NOON, WIB)
    check_signed(SIGNED, NOON, NOON)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"start": NOON + 1, "stop": None}, "start"),
        ({"stop": NOON + 1}, "stop"),
        ({"stop": NOON - HOUR}, "stop"),
        ({"category": Category.SENSOR_IN_AIR}, "category"),
        ({"description": "x" * 4001}, "description"),
    ],
)
def test_a_condition_that_is_wrong_names_its_field(wrong: dict[str, Any], field: str) -> None:
    assert refused_field(lambda: check_condition(replace(CONDITION, **wrong), NOON)) == field


@pytest.mark.parametrize(
    ("wrong", "field"), [({"stop": NOON + 1}, "stop"), ({"metric": ""}, "metric"), ({"flag": 9}, "flag")]
)
def test_a_judgement_that_is_wrong_names_its_field(wrong: dict[str, Any], field: str) -> None:
    assert refused_field(lambda: check_judgement(replace(JUDGEMENT, **wrong), NOON)) == field


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": TOMORROW}, "day"),
        ({"operator": ""}, "operator"),
        ({"ph_inlet": Noted(14.5)}, "ph_inlet"),
        ({"blower_hours": Noted(25)}, "blower_hours"),
        ({"energy": Noted(-1)}, "energy"),
        ({"volume_outlet": Noted(3, Source.SENSOR)}, "volume_outlet"),
        ({"sensed": {"ph_inlet": Noted(7)}}, "sensed.ph_inlet"),
        ({"sensed": {"colour": Noted(7, Source.SENSOR, "x")}}, "sensed.colour"),
        ({"doses": (Dose("PAC", -1),)}, "doses[0].amount"),
    ],
)
def test_an_entry_that_is_wrong_names_its_field(wrong: dict[str, Any], field: str) -> None:
    assert refused_field(lambda: check_entry(replace(ENTRY, **wrong), NOON, WIB)) == field


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": TOMORROW}, "day"),
        ({"tons": -1}, "tons"),
        ({"pieces": 1.5}, "pieces"),
        ({"hours": 25}, "hours"),
        ({"tons": None, "pieces": None}, "tons"),
    ],
)
def test_a_production_that_is_wrong_names_its_field(wrong: dict[str, Any], field: str) -> None:
    assert refused_field(lambda: check_produced(replace(PRODUCED, **wrong), NOON, WIB)) == field


def test_a_day_without_entries_is_not_signed() -> None:
    assert refused_field(lambda: check_signed(replace(SIGNED, entries=()), NOON, NOON)) == "day"


def test_a_day_that_is_not_over_is_not_signed() -> None:
    assert refused_field(lambda: check_signed(SIGNED, NOON, NOON + 1)) == "day"


def test_a_day_ends_at_the_midnight_of_its_site() -> None:
    before_midnight = 1_760_029_199_999  # 2025-10-09T16:59:59.999Z
    assert refused_field(lambda: check_entry(replace(ENTRY, day=TOMORROW), before_midnight, WIB)) == "day"
    check_entry(replace(ENTRY, day=TOMORROW), before_midnight + 1, WIB)


@pytest.mark.parametrize("category", Category)
def test_every_category_has_words_in_both_languages(category: Category) -> None:
    assert NAMES[category].id
    assert NAMES[category].en


@pytest.mark.parametrize(
    ("category", "kind"),
    [(Category.RAIN, ConditionKind.ABNORMAL), (Category.NATURAL_DISASTER, ConditionKind.EMERGENCY)],
)
def test_a_condition_is_abnormal_or_an_emergency_as_the_form_has_it(category: Category, kind: ConditionKind) -> None:
    assert replace(CONDITION, category=category).kind is kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", FileType.PDF),
        (b"\xff\xd8\xff\xe0", FileType.JPEG),
        (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, kind: FileType) -> None:
    assert checked_type(content) is kind


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>%PDF-", b"MZ", b"%PDF-" + bytes(MOST)])
def test_any_other_file_is_refused(content: bytes) -> None:
    assert refused_field(lambda: void(checked_type(content))) == "file"


def void(_: object) -> None:
    """Only that it raises matters."""
