"""How a profile says what tells a machine's state."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from domain.errors import ConfigurationError
from domain.machine import RunSignal, RunSource

EXAMPLES = Path(__file__).parents[2] / "examples" / "profiles"


def test_a_run_metric_needs_no_table_and_is_as_patient_as_its_interval_and_grace() -> None:
    assert Catalogue.load().profile("house-hot-press").run == RunSource(patience=60.0)


def test_a_profile_without_run_metric_or_table_is_no_machine() -> None:
    assert Catalogue.load().profile("tasmota-energy").run is None


def test_the_examples_know_their_machine_by_its_power() -> None:
    found = Catalogue.load(EXAMPLES)
    sewing, press = found.profile("jahit-tasmota").run, found.profile("press-shelly").run
    assert sewing is not None
    assert press is not None
    assert (sewing.signal, sewing.on, sewing.off, sewing.patience) == (RunSignal.POWER, 60.0, 40.0, 25.0)
    assert (press.signal, press.metric, press.patience) == (RunSignal.POWER, "power", 180.0)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('metric = "pwr"', "no metric pwr"),
        ('signal = "power"\nmetric = "power"\non = 40', "power needs on and off"),
        ('signal = "power"\nmetric = "power"\non = 40\noff = 60', "off not above on"),
        ("patient = 3", "patient"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(tmp_path: Path, table: str, said: str) -> None:
    (tmp_path / "aneh.toml").write_text(
        f'name = "aneh"\nextends = "tasmota-energy"\ntitle = {{ id = "a", en = "a" }}\n[machine]\n{table}\n'
    )
    with pytest.raises(ConfigurationError, match=said):
        Catalogue.load(tmp_path)
