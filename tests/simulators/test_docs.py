"""docs/simulators.md says what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from simulators import scenario
from simulators.drill_scripts import DRILLS
from simulators.faults import FAULTS
from simulators.local_time import MINUTE
from simulators.mapping import Mapping, TimeColumn

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "simulators.md").read_text(encoding="utf-8")
FAULT_TABLE = TEXT.partition("## Faults")[2].partition("## ")[0]


@pytest.mark.parametrize("fault", list(FAULTS))
def test_every_fault_is_documented(fault: str) -> None:
    assert f"| `{fault}` |" in TEXT


@pytest.mark.parametrize("fault", list(FAULTS))
def test_what_a_fault_causes_is_documented(fault: str) -> None:
    made = FAULTS[fault](start=0, duration=10**7, target="ipal-outlet", **MORE.get(fault, {}))
    row = next(line for line in FAULT_TABLE.splitlines() if line.startswith(f"| `{fault}` |"))
    caused = row.split("|")[3]
    expected = made.expectation
    said = [*expected.flags, *expected.dead_letters, *expected.checks]
    assert [word for word in said if f"`{word}`" not in caused and "as of `" not in caused] == []
    for alert in expected.alerts:
        assert ("no-data" if alert.kind == "no_data" else "alert") in caused or "as of `" in caused


MORE: dict[str, dict[str, Any]] = {"gateway_down": {"targets": ("ipal-outlet",)}}


@pytest.mark.parametrize("drill", list(DRILLS))
def test_every_drill_is_documented(drill: str) -> None:
    assert f"| `{drill}` | {DRILLS[drill].title.en[0].lower()}{DRILLS[drill].title.en[1:]} |" in TEXT


@pytest.mark.parametrize(("model", "prefix"), [(Mapping, ""), (TimeColumn, "time.")])
def test_every_key_of_a_mapping_is_documented(model: type[BaseModel], prefix: str) -> None:
    for key in model.model_fields:
        if key != "time":
            assert f"| `{prefix}{key}` |" in TEXT


def test_every_example_mapping_is_documented() -> None:
    for path in (ROOT / "examples" / "replay").glob("*.toml"):
        if not path.stem.endswith("-installation"):
            assert f"`{path.name}`" in TEXT


def test_every_module_stands_in_the_table() -> None:
    named = set(re.findall(r"(\w+)\.py", TEXT))
    helpers = {"__init__", "local_time", "randomness", "source"}
    assert {path.stem for path in (ROOT / "simulators").glob("*.py")} - helpers == named


def test_the_script_is_the_one_described() -> None:
    def clock(ms: int) -> str:
        return f"{ms // MINUTE}:{ms % MINUTE // 1000:02d}"

    for at, lasts in (
        (scenario.DUMP_AT, scenario.DUMP_LASTS),
        (scenario.DROPOUT_AT, scenario.DROPOUT_LASTS),
        (scenario.BROKEN_AT, scenario.BROKEN_LASTS),
    ):
        assert f"| {clock(at)} | {clock(lasts)} |" in TEXT
