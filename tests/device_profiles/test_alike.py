"""Names in any spelling mean the same metric, and two tags never become one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.alike import Alike, fits, folded


def _names() -> Alike[str]:
    return Alike({"ph": "ph", "flow_rate": "flow_rate", "debit": "flow_rate"}, str)


@pytest.mark.parametrize(
    "name", ["ph", "pH", "PH", " pH ", "Channel1.PLC1.PH", "Effluent/pH", "ns=2;s=PLC1.PH", "a:pH"]
)
def test_a_name_fits_in_any_spelling_and_by_its_last_part(name: str) -> None:
    assert _names().get(name, "") == "ph"


@pytest.mark.parametrize("name", ["", "phi", "ph_2", "PH1", "x" * 200])
def test_another_name_does_not_fit(name: str) -> None:
    assert _names().get(name, "") == ""


def test_the_same_tag_in_two_spellings_is_one() -> None:
    names = _names()
    assert [names.get("PH", ""), names.get("pH", "")] == ["ph", "ph"]
    assert names.clashes() == []


def test_two_tags_that_fit_one_metric_are_refused_from_then_on() -> None:
    names = _names()
    assert [names.get(name, "") for name in ("Tank1.PH", "Tank2.PH", "Tank1.PH")] == ["ph", "", ""]
    [clash] = names.clashes()
    assert "'Tank1.PH' and 'Tank2.PH' both fit" in clash.detail
    assert names.clashes() == []


def test_another_metric_is_not_harmed_by_a_clash() -> None:
    names = _names()
    names.get("Tank1.PH", "")
    names.get("Tank2.PH", "")
    assert names.get("Tank1.Debit", "") == "flow_rate"


@given(st.text())
def test_a_name_always_fits_itself(name: str) -> None:
    assert fits(name, [name])
    assert folded(folded(name)) == folded(name) or not folded(name).isascii()
