"""Load and quantity for each ton, from what was noted at sampling."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from domain.lab import LabSample, LabValue
from domain.lab_load import load_per_ton, quantity_per_ton
from domain.report_records import Operator

COD = LabValue("cod", Operator.EQUAL, 150.0, "mg/L")
# 100 m3 in 10 hours for 1 ton
SAMPLE = LabSample("outlet", "A", 0, (COD,), flow=100 / 36_000, production_hours=10, production=1.0)


def test_150_mg_in_a_litre_and_100_m3_for_each_ton_are_15_kg_for_each_ton() -> None:
    assert quantity_per_ton(SAMPLE) == pytest.approx(100)
    assert load_per_ton(SAMPLE, COD) == pytest.approx(15)  # PermenLH 5/2014 Lampiran XLII: 150 mg/L, 15 kg/ton


@pytest.mark.parametrize(
    "missing", [{"flow": None}, {"production_hours": None}, {"production": None}, {"production": 0.0}]
)
def test_without_one_of_the_figures_there_is_no_load(missing: dict[str, float | None]) -> None:
    assert load_per_ton(replace(SAMPLE, **missing), COD) is None


def test_what_is_no_concentration_has_no_load() -> None:
    assert load_per_ton(SAMPLE, LabValue("ph", Operator.EQUAL, 7.0, "pH")) is None
