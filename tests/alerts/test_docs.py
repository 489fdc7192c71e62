"""docs/alert-rules.md names every key, kind, state and event there is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from alerts.notifiers import NOTIFIERS
from alerts.state_diagram import STATES
from domain.alert import AlertEvent, AlertState, Priority
from domain.rule import LimitRule, NoDataRule, Scope

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "alert-rules.md").read_text(encoding="utf-8")
KEYS = sorted({*LimitRule.model_fields, *NoDataRule.model_fields, *Scope.model_fields})


@pytest.mark.parametrize("key", [*KEYS, "limit", "no_data", *Priority, *NOTIFIERS])
def test_every_key_and_word_is_explained(key: str) -> None:
    assert f"`{key}`" in TEXT


@pytest.mark.parametrize("word", [*AlertState, *(e for e in AlertEvent if e not in ("commented", "found_late"))])
def test_every_state_and_event_is_in_the_table(word: str) -> None:
    assert word in TEXT


def test_every_arrow_of_the_diagram_stands_in_the_table() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ")]
    for state, arrows in STATES.items():
        for event in arrows:
            named = state in (AlertState.SUPPRESSED,) or event is AlertEvent.OUT_OF_SERVICE
            assert named or any(state in row and event in row for row in rows), f"{state} {event}"


def test_the_example_is_a_rule() -> None:
    example = TEXT.split("```toml")[1].split("```")[0]
    (rule,) = tomllib.loads(example)["rules"]

    assert LimitRule.model_validate(rule).below == 1.5
