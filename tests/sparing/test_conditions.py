"""Codes instead of values: only where the settings allow them and the condition is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.quality import QualityInterval
from domain.reading import FAIL, SUSPECT
from domain.sparing import HOUR, Parameter
from support.sparing_line import MINUTE, NINE, UID, Line, line, point
from support.sparing_ministry import Ministry


@pytest.fixture
def coded(server: Ministry, tmp_path: Path) -> Iterator[Line]:
    """Sends pH, with codes."""
    with line(tmp_path, server.url, condition_codes=True, points=(point(Parameter.PH),)) as opened:
        opened.passed_test()
        yield opened


def condition(reason: str, flag: int = SUSPECT, start: int = NINE, stop: int = NINE + HOUR) -> QualityInterval:
    """What somebody knows of the pH sensor."""
    return QualityInterval("ipal-outlet", "ph", start, stop, flag, reason, "budi")


@pytest.mark.parametrize(
    ("known", "code"),
    [
        (condition("calibration"), -2),
        (condition("equipment_calibration"), -2),
        (condition("production_stop"), -1),
        (condition("stuck", FAIL), -3),
    ],
)
def test_a_known_condition_has_its_code(coded: Line, server: Ministry, known: QualityInterval, code: int) -> None:
    coded.intervals.append(known)
    coded.now += HOUR
    coded.run()
    assert server.stored[UID, NINE // 1000]["pH"] == code


@pytest.mark.parametrize("known", [condition("spike"), condition("no_flow"), condition("stuck", stop=NINE + MINUTE)])
def test_what_no_code_stands_for_is_left_out(coded: Line, server: Ministry, known: QualityInterval) -> None:
    coded.intervals.append(known)
    coded.now += HOUR
    coded.run()
    assert server.stored == {}


def test_a_good_reading_wins_over_a_code(coded: Line, server: Ministry) -> None:
    coded.intervals.append(condition("calibration"))
    coded.measure(NINE, NINE + HOUR, ph=7.0)
    coded.now += HOUR
    coded.run()
    assert server.stored[UID, NINE // 1000]["pH"] == 7


def test_without_the_setting_a_condition_sends_nothing(tested: Line, server: Ministry) -> None:
    tested.intervals.append(condition("calibration"))
    tested.now += HOUR
    tested.run()
    assert server.stored == {}
