"""A metric that has readings keeps its unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.unit_changes import unit_changes
from domain.reading import Series
from support.one_meter import METER, write_profile

DEVICES = [METER]


def _catalogue(folder: Path, unit: str) -> Catalogue:
    write_profile(folder, unit)
    return Catalogue.load(folder)


def test_another_unit_is_refused_with_file_key_and_a_way_out(tmp_path: Path) -> None:
    known = [Series("batik", "debit", "flow_rate", "m3/h", "outlet")]
    [problem] = unit_changes(known, DEVICES, _catalogue(tmp_path, "L/s"))
    assert (problem.file, problem.key) == ("meter", "metrics.flow_rate.unit")
    assert "readings in 'm3/h' (of debit) and cannot become 'L/s'" in problem.message
    assert "flow_rate_l_s" in problem.message


@pytest.mark.parametrize("unit", ["m3/h", "m³/h", "m3/jam"])
def test_the_same_unit_in_any_spelling_is_no_change(tmp_path: Path, unit: str) -> None:
    known = [Series("batik", "debit", "flow_rate", "m3/h", "outlet")]
    assert unit_changes(known, DEVICES, _catalogue(tmp_path, unit)) == []


@pytest.mark.parametrize(
    "series",
    [
        Series("batik", "debit", "flow_total", "L", "outlet"),  # a metric that the profile does not have
        Series("batik", "other", "flow_rate", "L/s", "outlet"),  # a device that is not registered
    ],
)
def test_what_no_profile_speaks_of_is_left_alone(tmp_path: Path, series: Series) -> None:
    assert unit_changes([series], DEVICES, _catalogue(tmp_path, "m3/h")) == []


def test_a_device_with_a_profile_that_is_gone_is_told_elsewhere(tmp_path: Path) -> None:
    known = [Series("batik", "debit", "flow_rate", "m3/h", "outlet")]
    gone = [DEVICES[0].model_copy(update={"profile": "gone"})]
    assert unit_changes(known, gone, _catalogue(tmp_path, "L/s")) == []
