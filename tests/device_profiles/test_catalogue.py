"""A wrong profile is refused whole, with the file, the key, the reason and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_profiles.catalogue import BUILTIN, Catalogue
from domain.errors import ConfigurationError, NotFound, Problem
from domain.metrics import MetricKind

GOOD = """
name = "probe"
title = { id = "Probe", en = "Probe" }

[topics.data]
template = "probe/{device}/data"
interval = 60
grace = 30

[metrics.ph]
name = { id = "pH", en = "pH" }
unit = "pH"
low = 0
high = 14
"""


def _load(folder: Path, text: str, name: str = "probe") -> Catalogue:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return Catalogue.load(folder)


def _problems(folder: Path, text: str, name: str = "probe") -> list[Problem]:
    with pytest.raises(ConfigurationError) as caught:
        _load(folder, text, name)
    return caught.value.problems


def _problem(folder: Path, text: str, name: str = "probe") -> tuple[str, str]:
    [problem] = _problems(folder, text, name)
    assert problem.file.endswith(f"{name}.toml")
    return problem.key, problem.message


def test_a_profile_of_the_user_stands_beside_the_builtin_ones(tmp_path: Path) -> None:
    assert {"probe", "house-tank"} <= set(_load(tmp_path, GOOD).names())


def test_a_metric_inherits_interval_and_grace_of_its_topic(tmp_path: Path) -> None:
    [metric] = _load(tmp_path, GOOD).profile("probe").metrics
    assert (metric.interval, metric.grace, metric.low, metric.high) == (60, 30, 0, 14)


def test_a_state_is_zero_or_one_by_default() -> None:
    [online] = [m for m in Catalogue.load().profile("house-tank").metrics if m.metric == "online"]
    assert (online.kind, online.low, online.high, online.interval) == (MetricKind.STATE, 0, 1, None)


def test_profiles_are_listed_by_name() -> None:
    names = [info.name for info in Catalogue.load().profiles()]
    assert names == sorted(names)


def test_an_unknown_profile_is_not_found_with_the_nearest_name() -> None:
    with pytest.raises(NotFound, match="did you mean 'house-tank'"):
        Catalogue.load().get("house-tnak")


@pytest.mark.parametrize(
    ("change", "key", "says"),
    [
        (("high = 14", "hihg = 14"), "metrics.ph.hihg", "unknown key; did you mean 'high'?"),
        (("interval = 60", "intervall = 60"), "topics.data.intervall", "did you mean 'interval'?"),
        (("title =", "titel ="), "titel", "did you mean 'title'?"),
        (("template =", 'format = "jsn"\ntemplate ='), "topics.data.format", "did you mean 'json'?"),
        (("low = 0", "low = 14"), "metrics.ph", "low 14 is not below high 14"),
        (("low = 0", "low = nan"), "metrics.ph.low", "must be a finite number"),
        (("low = 0", "scale = 0"), "metrics.ph", "scale 0"),
        (("low = 0", 'kind = "guage"'), "metrics.ph.kind", "did you mean 'gauge'?"),
        (("low = 0", 'topic = "dat"'), "metrics.ph.topic", "no topic 'dat'; did you mean 'data'?"),
        (("grace = 30", 'same_as = "dat"'), "topics.data.same_as", "did you mean 'data'?"),
        (("grace = 30", 'items = { path = "v" }'), "topics.data.items.0", "give one of id, ids"),
        (("grace = 30", 'items = { path = "v", idd = "n" }'), "topics.data.items.0.idd", "did you mean 'id'?"),
        (("low = 0", 'array = "mean"'), "metrics.ph.array", "a value that nobody measured"),
        (("low = 0", 'array = "each"'), "metrics.ph", "needs a time for each value"),
        (("low = 0", "above = 50"), "metrics.ph", 'kind = "state"'),
        (("low = 0", "where = { devic = '1' }"), "metrics.ph.where.devic", "did you mean 'device'?"),
        (("low = 0", 'path = "a..b"'), "metrics.ph.path", "at character 3"),
        (("low = 0", 'path = "a"\npaths = ["b"]'), "metrics.ph", "not both"),
        (("low = 0", "path = 3"), "metrics.ph.path", "a path is a text"),
        (("{device}", "{Device}"), "topics.data.template", "lower-case name in braces"),
        (("{device}", "x"), "topics.data.template", "{device} is missing"),
        (("{device}", "{device}/+"), "topics.data.template", "+ and # are not allowed"),
        (("{device}", "{device}/{device}"), "topics.data.template", "only once"),
        (("{device}", "{device}{metric}"), "topics.data.template", "something between them"),
        (("interval = 60", "interval = -1"), "topics.data.interval", "greater than or equal to 0"),
        (("grace = 30", 'time = [{ path = "t", format = "rfc339" }]'), "topics.data.time.0.format", "'rfc3339'?"),
        (("grace = 30", 'time = [{ path = "t", zone = "Asia/Jakata" }]'), "topics.data.time.0.zone", "time zone"),
        (("grace = 30", 'time = [{ path = "t", format = "pattern" }]'), "topics.data.time.0", "strptime"),
        (("grace = 30", 'time = [{ path = "t", format = "pattern", pattern = "%H" }]'), "topics.data.time.0", "%H"),
        (('name = "probe"', 'name = "Probe 1"'), "name", "pattern"),
        (('name = "probe"', 'name = "prob"'), "name", "call the file prob.toml"),
        (('name = "probe"', 'name = "probe"\nreplaces = true'), "replaces", "take the place of"),
        (("[metrics.ph]", "[metrics.pH]"), "metrics.pH.[key]", "pattern"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, change: tuple[str, str], key: str, says: str) -> None:
    problems = _problems(tmp_path, GOOD.replace(*change, 1))
    assert [problem.message for problem in problems if problem.key == key and says in problem.message], problems


def test_text_that_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    assert "line 1" in _problem(tmp_path, "name = 1 2")[1]


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("nme = 'other'", encoding="utf-8")
    problems = _problems(tmp_path, GOOD.replace("high", "hihg").replace("grace", "grase"))
    assert {Path(p.file).name for p in problems} == {"other.toml", "probe.toml"}
    assert {"metrics.ph.hihg", "topics.data.grase", "nme"} <= {p.key for p in problems}


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such folder"):
        Catalogue.load(tmp_path / "nowhere")


def test_a_builtin_profile_is_not_replaced_by_accident(tmp_path: Path) -> None:
    text = (BUILTIN / "house-tank.toml").read_text(encoding="utf-8")
    assert "set replaces = true" in _problem(tmp_path, text, "house-tank")[1]


def test_a_builtin_profile_is_replaced_on_purpose(tmp_path: Path) -> None:
    text = (BUILTIN / "house-tank.toml").read_text(encoding="utf-8")
    text = text.replace('name = "house-tank"', 'name = "house-tank"\nreplaces = true', 1)
    text = text.replace("high = 20", "high = 25")
    metrics = _load(tmp_path, text, "house-tank").profile("house-tank").metrics
    assert [m.high for m in metrics if m.metric == "do"] == [25]
