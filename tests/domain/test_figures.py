"""Figures, units and metric names as they are printed."""

from __future__ import annotations

import pytest

from domain.figures import localised, symbol
from domain.metrics import name_of
from domain.text import Language


@pytest.mark.parametrize(("language", "shown"), [(Language.ID, "1.234,5"), (Language.EN, "1,234.5")])
def test_a_figure_has_the_marks_of_its_language(language: Language, shown: str) -> None:
    assert localised("1,234.5", language) == shown


@pytest.mark.parametrize(
    ("unit", "indonesian", "english"),
    [
        ("m3/h", "m³/jam", "m³/h"),
        ("h", "jam", "h"),
        ("Cel", "°C", "°C"),
        ("pH", "", ""),
        ("1", "", ""),
        ("mg/L", "mg/L", "mg/L"),
    ],
)
def test_a_unit_is_printed_as_people_write_it(unit: str, indonesian: str, english: str) -> None:
    assert (symbol(unit, Language.ID), symbol(unit, Language.EN)) == (indonesian, english)


def test_a_metric_we_have_no_word_for_keeps_its_own() -> None:
    assert name_of("orp").in_language(Language.ID) == "orp"
