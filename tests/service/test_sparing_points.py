"""A compliance point that SPARING is set up for and the installation has not: named before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import ConfigurationError
from reports.sparing.config import SparingConfig
from service.cli_registry import problems_of
from service.sparing_points import require_points, unknown_points
from support.mojokerto import mojokerto_services

EXAMPLE = Path(__file__).parents[2] / "examples" / "mojokerto"
KNOWN = "titik-penaatan-outlet"
SETTINGS = """
[sparing]
enabled = true
[[sparing.points]]
point = "{point}"
uid = "ABC"
[sparing.points.sensors]
pH = {{ device = "ipal-outlet", metric = "ph" }}
"""


def config(point: str) -> SparingConfig:
    """Sending of one parameter."""
    sensors = {"pH": {"device": "ipal-outlet", "metric": "ph"}}
    return SparingConfig.model_validate({"points": [{"point": point, "uid": "ABC", "sensors": sensors}]})


def test_a_point_that_is_none_is_told_with_its_key_and_those_there_are() -> None:
    told = [str(one) for one in unknown_points(config("outlet"), {KNOWN, "titik-lain"})]
    assert len(told) == 1
    assert told[0].startswith("settings: sparing.points[0].point: there is no compliance point outlet")
    assert told[0].endswith("there are: titik-lain, titik-penaatan-outlet")


@pytest.mark.parametrize(("point", "points"), [(KNOWN, {KNOWN}), ("outlet", set())])
def test_one_that_is_known_and_one_of_an_installation_without_any_pass(point: str, points: set[str]) -> None:
    assert unknown_points(config(point), points) == []


def test_the_start_is_refused(tmp_path: Path) -> None:
    registry = mojokerto_services(tmp_path).registry
    require_points(config(KNOWN), registry)
    with pytest.raises(ConfigurationError, match="no compliance point outlet"):
        require_points(config("outlet"), registry)


@pytest.mark.parametrize(("point", "count"), [("outlet", 1), (KNOWN, 0)])
def test_check_names_it_with_the_files(tmp_path: Path, point: str, count: int) -> None:
    settings = tmp_path / "pantau.toml"
    settings.write_text(SETTINGS.format(point=point))
    files = sorted(EXAMPLE.glob("*.toml"))
    assert files
    found = [one.key for one in problems_of(files, settings, tmp_path / "data")]
    assert found == ["sparing.points[0].point"] * count
