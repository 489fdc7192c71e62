"""A profile that extends another says only what is different."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from domain.errors import ConfigurationError

HEAD = 'title = { id = "uji", en = "test" }\n'


def _catalogue(folder: Path, **contents: str) -> Catalogue:
    for name, content in contents.items():
        file = name.replace("_", "-")
        (folder / f"{file}.toml").write_text(f'name = "{file}"\n{HEAD}{content}', encoding="utf-8")
    return Catalogue.load(folder)


def _problems(folder: Path, **contents: str) -> list[tuple[str, str]]:
    with pytest.raises(ConfigurationError) as caught:
        _catalogue(folder, **contents)
    return [(problem.key, problem.message) for problem in caught.value.problems]


def test_topics_and_metrics_are_taken_over(tmp_path: Path) -> None:
    mine = _catalogue(tmp_path, mine='extends = "tasmota-energy"\n').get("mine")
    base = Catalogue.load().get("tasmota-energy")
    assert (mine.topics, mine.metrics) == (base.topics, base.metrics)


def test_a_metric_says_only_what_is_different(tmp_path: Path) -> None:
    content = 'extends = "tasmota-energy"\n[metrics.power]\nhigh = 3500\n'
    power = _catalogue(tmp_path, mine=content).get("mine").metrics["power"]
    assert (power.high, power.unit, power.path) == (3500, "W", ("ENERGY", "Power"))


def test_a_metric_can_be_added(tmp_path: Path) -> None:
    content = 'extends = "tasmota-energy"\n[metrics.extra]\nname = { id = "x", en = "x" }\npath = "X"\n'
    assert {"extra", "power"} <= set(_catalogue(tmp_path, mine=content).get("mine").metrics)


def test_a_path_takes_the_place_of_paths(tmp_path: Path) -> None:
    content = 'extends = "tasmota-switch"\n[metrics.run]\npath = "Switch2"\n'
    run = _catalogue(tmp_path, mine=content).get("mine").metrics["run"]
    assert (run.path, run.paths) == (("Switch2",), ())


def test_topics_of_ones_own_replace_the_others_and_are_discovered(tmp_path: Path) -> None:
    content = 'extends = "plain-json"\n[topics.mine]\ntemplate = "mine/{device}"\n'
    mine = _catalogue(tmp_path, mine=content).get("mine")
    assert (list(mine.topics), mine.discover) == (["mine"], True)


def test_profiles_extend_each_other_in_a_row(tmp_path: Path) -> None:
    second = 'extends = "first"\n'
    first = 'extends = "tasmota-energy"\n[metrics.power]\nhigh = 3500\n'
    assert _catalogue(tmp_path, first=first, second=second).get("second").metrics["power"].high == 3500


def test_a_replacement_may_extend_what_it_replaces(tmp_path: Path) -> None:
    content = 'extends = "tasmota-energy"\nreplaces = true\n[metrics.power]\nhigh = 3500\n'
    assert _catalogue(tmp_path, tasmota_energy=content).get("tasmota-energy").metrics["power"].high == 3500


def test_a_profile_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    [(key, message)] = _problems(tmp_path, mine='extends = "tasmota-enrgy"\n')
    assert key == "extends"
    assert "did you mean 'tasmota-energy'?" in message


def test_profiles_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    found = _problems(tmp_path, first='extends = "second"\n', second='extends = "first"\n')
    assert [key for key, _ in found] == ["extends", "extends"]
