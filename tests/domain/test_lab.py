"""Laboratory results: as they are written, as they are judged."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.errors import Invalid
from domain.lab import LabSample, LabValue, check_sample, judge, results_of, sampled_on
from domain.lab_value import parse_value
from domain.registry import Limit
from domain.report_measured import Judgement
from domain.report_records import Operator

WIB = ZoneInfo("Asia/Jakarta")
NOW = 1_790_000_000_000  # 2026-09-21T14:13:20Z
DAY = 86_400_000
BELOW, EQUAL, ABOVE = Operator.BELOW, Operator.EQUAL, Operator.ABOVE


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<0,0033", (BELOW, 0.0033)),
        ("< 0.0033", (BELOW, 0.0033)),
        (" 7,25 ", (EQUAL, 7.25)),
        ("=7.2", (EQUAL, 7.2)),
        (">100", (ABOVE, 100.0)),
        ("0.003", (EQUAL, 0.003)),
        ("0,003", (EQUAL, 0.003)),
        ("<0.005", (BELOW, 0.005)),
        ("1,234", (EQUAL, 1.234)),
        ("1.234,5", (EQUAL, 1234.5)),
        ("1,234.5", (EQUAL, 1234.5)),
        ("12.345.678", (EQUAL, 12_345_678.0)),
        ("1234", (EQUAL, 1234.0)),
        ("-1,5", (EQUAL, -1.5)),
    ],
)
def test_a_result_is_read_as_it_was_written(written: str, read: tuple[Operator, float]) -> None:
    assert parse_value(written) == read


@pytest.mark.parametrize(
    "written", ["", "ttd", "<", "1.234", "< 12.345", "1,2,3", "1.2.3", "7 8", "≤5", "1e5", "nan"]
)
def test_what_is_no_clear_number_is_refused(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_value(written)
    assert refused.value.field == "number"


@given(number=st.floats(0, 1e6, allow_nan=False).map(lambda value: round(value, 4)))
def test_a_decimal_comma_and_a_point_with_four_decimals_mean_the_same(number: float) -> None:
    assert parse_value(f"{number:.4f}") == parse_value(f"{number:.4f}".replace(".", ",")) == (EQUAL, number)


UP_TO = Limit(metric="phenol", unit="mg/L", max=0.5)
BETWEEN = Limit(metric="ph", unit="pH", min=6, max=9)


@pytest.mark.parametrize(
    ("operator", "number", "limit", "judgement"),
    [
        (EQUAL, 0.5, UP_TO, Judgement.WITHIN),
        (EQUAL, 0.51, UP_TO, Judgement.BEYOND),
        (BELOW, 0.0033, UP_TO, Judgement.WITHIN),
        (BELOW, 0.5, UP_TO, Judgement.WITHIN),
        (BELOW, 1.0, UP_TO, Judgement.UNDECIDED),
        (ABOVE, 0.2, UP_TO, Judgement.UNDECIDED),
        (ABOVE, 0.5, UP_TO, Judgement.BEYOND),
        (ABOVE, 0.6, UP_TO, Judgement.BEYOND),
        (EQUAL, 5.9, BETWEEN, Judgement.BEYOND),
        (EQUAL, 6.0, BETWEEN, Judgement.WITHIN),
        (BELOW, 6.0, BETWEEN, Judgement.BEYOND),
        (BELOW, 7.0, BETWEEN, Judgement.UNDECIDED),
        (ABOVE, 9.0, BETWEEN, Judgement.BEYOND),
        (ABOVE, 5.0, BETWEEN, Judgement.UNDECIDED),
    ],
)
def test_a_result_beside_its_limit(operator: Operator, number: float, limit: Limit, judgement: Judgement) -> None:
    assert judge(operator, number, limit.unit, limit) is judgement


def test_without_a_limit_nothing_is_judged() -> None:
    assert judge(EQUAL, 1, "mg/L", None) is Judgement.NO_LIMIT_SET


def test_another_unit_is_not_judged() -> None:
    assert judge(EQUAL, 1, "ug/L", UP_TO) is Judgement.UNIT_DIFFERS


SAMPLE = LabSample(
    point="outlet",
    code="A-1",
    sampled_at=NOW - 2 * DAY,
    values=(LabValue("bod", BELOW, 2.0, "mg/L", "SNI 6989.72-2009"), LabValue("ph", EQUAL, 7.1, "pH")),
    laboratory="Lab DLH",
    accreditation="LP-123-IDN",
    analysed_on=date(2026, 9, 21),
)


def test_a_sample_that_is_in_order_passes() -> None:
    check_sample(SAMPLE, NOW, WIB)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sampled_at": NOW + 1}, "sampled_at"),
        ({"received_on": date(2026, 9, 22)}, "received_on"),
        ({"analysed_on": date(2026, 9, 18)}, "analysed_on"),
        ({"code": " "}, "code"),
        ({"values": ()}, "values"),
        ({"values": (LabValue("ph", EQUAL, 7, "pH"), LabValue("ph", EQUAL, 8, "pH"))}, "values[1].metric"),
        ({"values": (LabValue("bod", EQUAL, -1, "mg/L"),)}, "values[0].number"),
        ({"values": (LabValue("bod", EQUAL, float("nan"), "mg/L"),)}, "values[0].number"),
        ({"values": (LabValue("bod", EQUAL, 1, ""),)}, "values[0].unit"),
        ({"values": (LabValue("ph", EQUAL, 15, "pH"),)}, "values[0].number"),
        ({"production_hours": 25.0}, "production_hours"),
        ({"flow": -1.0}, "flow"),
    ],
)
def test_a_sample_that_is_wrong_names_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_sample(replace(SAMPLE, **wrong), NOW, WIB)
    assert refused.value.field == field


def test_the_day_of_sampling_is_local() -> None:
    late = replace(SAMPLE, sampled_at=1_789_923_600_000)  # 2026-09-20T17:00:00Z, midnight in WIB
    assert sampled_on(late, WIB) == date(2026, 9, 21)


def test_a_sample_becomes_one_line_for_each_parameter() -> None:
    lines = results_of("s1", 2, SAMPLE, WIB)
    assert [(line.id, line.metric, line.operator, line.revision) for line in lines] == [
        ("s1/bod", "bod", BELOW, 2),
        ("s1/ph", "ph", EQUAL, 2),
    ]
