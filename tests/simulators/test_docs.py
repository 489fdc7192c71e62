"""docs/simulators.md says what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from simulators import scenario
from simulators.faults import FAULTS
from simulators.local_time import MINUTE
from simulators.mapping import Mapping, TimeColumn

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "simulators.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", list(FAULTS))
def test_every_fault_is_documented(fault: str) -> None:
    assert f"| `{fault}` |" in TEXT


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
