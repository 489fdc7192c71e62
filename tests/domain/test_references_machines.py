"""What of shifts, stop reasons and service plans refers to nothing, or cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from domain.references import reference_problems
from domain.registry import Installation

NAME = {"id": "uji", "en": "test"}
SITE = {
    "id": "alas-kaki", "name": NAME, "kind": "machines",
    "stages": [{"id": "line-1", "name": NAME}, {"id": "line-2", "name": NAME}],
}  # fmt: skip
PRESS = {"id": "press-1", "site": "alas-kaki", "stage": "line-1", "profile": "house-hot-press", "name": NAME}


def shift(**keys: Any) -> dict[str, Any]:
    return {"id": "pagi", "site": "alas-kaki", "name": NAME, "start": "07:00", "end": "15:00"} | keys


def told(**lists: Any) -> list[tuple[str, str]]:
    found = Installation.model_validate({"sites": [SITE], "devices": [PRESS]} | lists)
    return [(problem.key, problem.message) for problem in reference_problems(found)]


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "site": ({"shifts": [shift(site="alas-kki")]}, "shifts[0].site", "no site alas-kki"),
    "stage": ({"shifts": [shift(stages=["line-9"])]}, "shifts[0].stages[0]", "no stage line-9"),
    "device": ({"shifts": [shift(devices=["press-9"])]}, "shifts[0].devices[0]", "no device press-9"),
    "a break before it": (
        {"shifts": [shift(breaks=[{"start": "06:30", "end": "07:15"}])]}, "shifts[0].breaks[0]", "not within",
    ),
    "two at a time": (
        {"shifts": [shift(), shift(id="panjang", start="14:00", end="22:00", stages=["line-1"])]},
        "shifts[1]", "same time for the same machine",
    ),
    "into the next morning": (
        {"shifts": [shift(days=[0]), shift(id="malam", start="23:00", end="07:30", days=[6])]},
        "shifts[1]", "same time",
    ),
    "parent": (
        {"stop_reasons": [{"id": "a", "name": NAME, "parent": "b"}]}, "stop_reasons[0].parent", "no stop reason b",
    ),
    "three levels": (
        {"stop_reasons": [{"id": "a", "name": NAME}, {"id": "b", "name": NAME, "parent": "a"},
                          {"id": "c", "name": NAME, "parent": "b"}]},
        "stop_reasons[2].parent", "two levels",
    ),
    "plan": (
        {"service_plans": [{"id": "oli", "device": "press-9", "name": NAME, "every_hours": 5}]},
        "service_plans[0].device", "no device press-9",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_with_its_key(case: str) -> None:
    lists, key, message = WRONG[case]
    [(where, said)] = told(**lists)
    assert (where, message in said) == (key, True)


@pytest.mark.parametrize(
    "shifts",
    [
        [shift(), shift(id="siang", start="15:00", end="23:00"), shift(id="malam", start="23:00", end="07:00")],
        [shift(stages=["line-1"]), shift(id="lain", stages=["line-2"])],
        [shift(days=[0]), shift(id="minggu", days=[6])],
        [shift(start="22:00", end="06:00", breaks=[{"start": "02:00", "end": "02:30"}])],
    ],
)
def test_shifts_that_follow_each_other_are_fine(shifts: list[dict[str, Any]]) -> None:
    assert told(shifts=shifts) == []
