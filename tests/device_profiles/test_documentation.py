"""The page on device profiles names everything there is, and its example does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from device_profiles.catalogue import BUILTIN, Catalogue
from device_profiles.checks.config import SpikeConfig
from device_profiles.formats import FORMATS
from device_profiles.interpreter import Interpreter
from device_profiles.profile import Profile
from device_profiles.profile_fields import TimeFormat
from device_profiles.profile_metric import Metric
from device_profiles.profile_topic import Items, QualityMark, TimeSource, Topic
from domain.message import Message
from domain.registry import Device, Site, SiteKind
from domain.text import Text

PAGE = (Path(__file__).parents[2] / "docs" / "device-profiles.md").read_text(encoding="utf-8")
NAME = Text(id="uji", en="test")
SECTIONS = {
    Profile: "The file",
    Topic: "Topics",
    Items: "Values with ids",
    Metric: "Metrics",
    SpikeConfig: "Spikes",
    TimeSource: "Times",
    QualityMark: "The device's own quality",
}


def _section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("model", SECTIONS)
def test_every_key_has_a_row_in_its_section(model: type[BaseModel]) -> None:
    rows = set(re.findall(r"^\| `([a-z_]+)`", _section(SECTIONS[model]), re.MULTILINE))
    assert set(model.model_fields) <= rows


def test_every_time_format_is_explained() -> None:
    explained = set(re.findall(r"`([a-z0-9_]+)`", _section("Times")))
    assert set(get_args(TimeFormat)) <= explained


def test_every_format_is_explained() -> None:
    assert set(FORMATS) <= set(re.findall(r"^\| `([a-z_]+)`", _section("Topics"), re.MULTILINE))


def test_the_builtin_profiles_are_listed_with_their_metrics() -> None:
    listed = set(re.findall(r"^\| `([a-z0-9-]+)` \|", _section("Built-in profiles"), re.MULTILINE))
    assert listed == {file.stem for file in BUILTIN.glob("*.toml")}


def test_the_worked_example_becomes_the_readings_that_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "gateway-probe.toml").write_text(_block("toml"), encoding="utf-8")
    device = Device(id="probe", site="batik", stage="outlet", profile="gateway-probe", name=NAME, address="ph-outlet")
    site = Site(id="batik", name=NAME, kind=SiteKind.IPAL)
    message = Message("gateway/unit-7/probe/ph-outlet", _block("json").encode(), 1_795_242_600_000)
    readings = Interpreter(Catalogue.load(tmp_path), [device], [site]).interpret(message).readings
    shown = re.findall(r"^\| `(\w+)` \| ([\d.]+) \| (\S+) \| (\d) \|$", _section("A worked example"), re.MULTILINE)
    assert [(r.series.metric, f"{r.value:g}", r.series.unit, str(r.quality)) for r in readings] == shown
    assert {r.time for r in readings} == {1_795_242_600_000}  # 2026-11-21T06:30:00Z
