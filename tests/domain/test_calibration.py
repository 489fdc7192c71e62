"""Calibrations, corrections from a moment on, and what may stand beside each other."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.calibration import (
    Correction,
    check_calibration,
    check_correction,
    corrected,
    days_until_due,
    require_free,
)
from domain.errors import Invalid
from domain.report_records import CalibrationRecord
from support.cast import HOUR, NOON, OUTLET, reading

WIB = ZoneInfo("Asia/Jakarta")
RECORD = CalibrationRecord(
    "c1", "outlet", "ph", NOON, NOON + HOUR, "budi",
    buffers=(4.01, 7.0), before=(4.1, 7.2), after=(4.01, 7.0), slope=0.98, offset=-0.1, next_due=date(2025, 11, 9),
)  # fmt: skip


def test_a_record_in_order_passes() -> None:
    check_calibration(RECORD, NOON + HOUR, WIB)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"start": NOON + 3 * HOUR, "stop": None}, "start"),
        ({"stop": NOON + 3 * HOUR}, "stop"),
        ({"stop": NOON}, "stop"),
        ({"who": ""}, "who"),
        ({"after": (7.0,)}, "after"),
        ({"before": (1.0, 2.0, 3.0)}, "before"),
        ({"buffers": (float("inf"), 7.0)}, "buffers"),
        ({"slope": 0.0}, "slope"),
        ({"offset": float("nan")}, "offset"),
        ({"next_due": date(2025, 10, 9)}, "next_due"),
    ],
)
def test_a_record_that_is_wrong_names_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_calibration(replace(RECORD, **wrong), NOON + 2 * HOUR, WIB)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 30), (30, 90), (10, 20), (-10, 70), (59, 61), (30, None), (-10, None)]
)
def test_calibrations_that_share_a_moment_are_refused(start: int, stop: int | None) -> None:
    other = replace(RECORD, start=NOON + start * 60_000, stop=None if stop is None else NOON + stop * 60_000)
    with pytest.raises(Invalid, match="overlaps the calibration c1"):
        require_free(other, [RECORD])


@pytest.mark.parametrize(("start", "stop"), [(60, 90), (-30, 0), (60, None)])
def test_calibrations_beside_each_other_pass(start: int, stop: int | None) -> None:
    other = replace(RECORD, start=NOON + start * 60_000, stop=None if stop is None else NOON + stop * 60_000)
    require_free(other, [RECORD])


FIRST = Correction("outlet", "ph", NOON, offset=0.2, reason="kalibrasi")
SECOND = Correction("outlet", "ph", NOON + HOUR, offset=-0.1, slope=1.1, reason="kalibrasi")


def test_a_correction_holds_from_its_moment_until_the_next() -> None:
    readings = [reading(OUTLET, NOON + at, 7.0) for at in (-1, 0, HOUR - 1, HOUR)]
    found = [one.value for one in corrected(readings, [SECOND, FIRST])]
    assert found == [7.0, 7.2, 7.2, pytest.approx(7.6)]


def test_the_raw_value_is_kept_beside_the_corrected_one() -> None:
    raw = reading(OUTLET, NOON, 7.0)
    assert corrected([raw], [FIRST])[0].raw is raw


def test_a_reading_without_a_value_has_none_corrected() -> None:
    assert corrected([reading(OUTLET, NOON, None)], [FIRST])[0].value is None


@given(
    times=st.lists(st.integers(0, 100), max_size=20), starts=st.lists(st.integers(0, 100), unique=True, max_size=5)
)
def test_each_reading_has_the_newest_correction_before_it(times: list[int], starts: list[int]) -> None:
    corrections = [Correction("outlet", "ph", start, offset=float(start)) for start in starts]
    for one in corrected([reading(OUTLET, at, 0.0) for at in sorted(times)], corrections):
        before = [start for start in starts if start <= one.raw.time]
        assert one.value == max(before, default=0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"start": NOON + 1}, "start"), ({"reason": ""}, "reason"), ({"slope": -1.0}, "slope")],
)
def test_a_correction_that_is_wrong_names_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_correction(replace(FIRST, **wrong), NOON)
    assert refused.value.field == field


@pytest.mark.parametrize(("today", "left"), [(date(2025, 11, 8), 1), (date(2025, 11, 11), -2)])
def test_days_until_the_next_calibration(today: date, left: int) -> None:
    assert days_until_due(RECORD, today) == left


def test_a_calibration_without_a_next_one_is_never_due() -> None:
    assert days_until_due(replace(RECORD, next_due=None), date(2030, 1, 1)) is None
