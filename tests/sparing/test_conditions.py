"""Codes instead of values: only where the settings allow them and the condition is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.quality import QualityInterval
from domain.reading import FAIL, SUSPECT
from domain.report_records import AbnormalCondition, ConditionKind
from domain.sparing import HOUR, ConditionCode, Parameter
from reports.sparing.conditions import code_of, with_stops
from reports.sparing.config import Sensor
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
        (condition("sensor_fault", FAIL), -3),
    ],
)
def test_a_known_condition_has_its_code(coded: Line, server: Ministry, known: QualityInterval, code: int) -> None:
    coded.intervals.append(known)
    coded.now += HOUR
    coded.run()
    assert server.stored[UID, NINE // 1000]["pH"] == code


@pytest.mark.parametrize(
    "known",
    [
        condition("spike"), condition("stuck", stop=NINE + MINUTE), condition("clock", FAIL),
        *(condition(plant, FAIL) for plant in ("no_flow", "power_cut", "rain", "production_repair", "ipal_repair")),
    ],
)  # fmt: skip
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


class Resting:
    """The stage rests from nine until ten."""

    def pauses(self, site: str, stage: str, device: str, start: int, stop: int) -> list[tuple[int, int]]:
        """Of that stage alone."""
        mine = (site, stage, device) == ("batik", "outlet", "")
        return [(NINE, NINE + HOUR)] if mine and stop > NINE and start < NINE + HOUR else []


class Noted:
    """What was written of the plant."""

    def __init__(self, category: str, stop: int | None) -> None:
        self._one = AbnormalCondition("c", "batik", ConditionKind.ABNORMAL, category, NINE, stop)

    def conditions(self, site: str, start: int, stop: int) -> list[AbnormalCondition]:
        """That, wherever it is asked for."""
        return [self._one]


SENSOR = Sensor(device="ipal-outlet", metric="ph")


def place(_: str) -> tuple[str, str]:
    """Where the outlet stands."""
    return "batik", "outlet"


def nothing_known(*_: object) -> list[QualityInterval]:
    """No intervals."""
    return []


def test_a_stage_that_rests_on_purpose_counts_as_stopped() -> None:
    known = with_stops(nothing_known, place, Resting(), None)
    assert code_of(known, SENSOR, NINE) is ConditionCode.STOPPED
    assert code_of(known, SENSOR, NINE + HOUR) is None


@pytest.mark.parametrize(
    ("category", "stop", "code"),
    [
        ("production_stop", NINE + HOUR, ConditionCode.STOPPED),
        ("production_stop", None, ConditionCode.STOPPED),
        ("production_stop", NINE + MINUTE, None),
        ("no_flow", None, None),
        ("power_cut", None, None),
    ],
)
def test_only_a_noted_stop_of_production_has_a_code(
    category: str, stop: int | None, code: ConditionCode | None
) -> None:
    known = with_stops(nothing_known, place, None, Noted(category, stop))
    assert code_of(known, SENSOR, NINE) is code


def test_without_the_setting_a_condition_sends_nothing(tested: Line, server: Ministry) -> None:
    tested.intervals.append(condition("calibration"))
    tested.now += HOUR
    tested.run()
    assert server.stored == {}
