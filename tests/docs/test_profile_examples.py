"""The second and third example of `docs/device-profiles.md` become the readings that stand beneath them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.trial import try_profile
from domain.message import Message
from domain.reading import Reading

PAGE = (Path(__file__).parents[2] / "docs" / "device-profiles.md").read_text("utf-8")
GATEWAY = PAGE.split("\n## A second example", 1)[1].split("\n## ", 1)[0]
PLUG = PAGE.split("\n## A third example", 1)[1].split("\n## ", 1)[0]
AT = 1_795_242_606_000
ROW = re.compile(r"^\| `(\w+)` \| ([-\d.]+) \| (\S+) \| (\d) \|$", re.MULTILINE)
MESSAGE = re.compile(r"^\| `(\S+)` \| `([^`]+)` \| `(\w+)` \| ([-\d.]+) \| (\S+) \| (\d) \|$", re.MULTILINE)


def read(section: str, folder: Path, *messages: tuple[str, str]) -> list[Reading]:
    """What the profile of a section makes of messages; nothing may be refused."""
    text = re.findall(r"^```toml\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[0]
    name = tomllib.loads(text)["name"]
    (folder / f"{name}.toml").write_text(text, "utf-8")
    sent = [Message(topic, payload.encode(), AT) for topic, payload in messages]
    outcomes = try_profile(Catalogue.load(folder).get(name), sent)
    assert [outcome.rejections for outcome in outcomes] == [[] for _ in sent]
    return [reading for outcome in outcomes for reading in outcome.readings]


def shown(reading: Reading) -> tuple[str, str, str, str]:
    """As it stands in a table."""
    return reading.series.metric, f"{reading.value:g}", reading.series.unit, str(reading.quality)


def test_tags_with_ids_become_what_the_page_says(tmp_path: Path) -> None:
    payload = re.findall(r"^```json\n(.*?)^```", GATEWAY, re.MULTILINE | re.DOTALL)[0]
    readings = read(GATEWAY, tmp_path, ("plc/line-1/bak-2/tags", payload))
    assert [shown(reading) for reading in readings] == ROW.findall(GATEWAY)
    assert {reading.time for reading in readings} == {1_795_242_600_000}


@pytest.mark.parametrize("row", MESSAGE.findall(PLUG), ids=lambda row: f"{row[0]}-{row[1]}")
def test_one_value_per_topic_becomes_what_the_page_says(tmp_path: Path, row: tuple[str, ...]) -> None:
    (reading,) = read(PLUG, tmp_path, (row[0], row[1]))
    assert shown(reading) == row[2:]
