"""The words of a message."""

from __future__ import annotations

import pytest

from alerts.actions import ADVICE
from alerts.figures import number
from domain.metrics import NAMES
from domain.text import Language


@pytest.mark.parametrize(
    ("value", "shown"),
    [(9.5, "9,5"), (7.0, "7"), (1234.0, "1.234"), (21_233.0, "21.233"), (-0.5, "-0,5"), (0.000012, "0,000012")],
)
def test_a_value_is_shown_without_an_exponent(value: float, shown: str) -> None:
    assert number(value, Language.ID) == shown


def test_every_metric_with_an_action_has_a_name() -> None:
    assert ADVICE.keys() <= NAMES.keys()
