"""Which profile is proposed for a device nobody registered."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.suggest import suggest
from device_profiles.trial import address_of
from domain.message import Message

NOON = 1_795_237_200_000
OUTLET = b'{"ph": 7.2, "temperature": 29.4, "tss": 21, "cod": 80, "nh3n": 1.5}'
WIDE = """
name = "wide"
title = { id = "apa saja", en = "anything" }
discover = false
[topics.main]
template = "{device}/{place}/{kind}/{rest}"
[metrics.ph]
name = { id = "pH", en = "pH" }
[metrics.tss]
name = { id = "TSS", en = "TSS" }
[metrics.extra]
name = { id = "COD", en = "COD" }
path = "cod"
[metrics.another]
name = { id = "NH3", en = "NH3" }
path = "nh3n"
[metrics.temperature]
name = { id = "suhu", en = "temperature" }
[metrics.twice]
name = { id = "pH lagi", en = "pH again" }
path = "ph"
"""


def names(catalogue: Catalogue, topic: str, *payloads: bytes) -> list[str]:
    """The profiles proposed, best first."""
    return [fit.profile for fit in suggest(catalogue, [Message(topic, one, NOON) for one in payloads])]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def test_the_profile_that_finds_the_most_metrics_comes_first(catalogue: Catalogue) -> None:
    assert names(catalogue, "pantau/batik/baru/telemetry", OUTLET)[0] == "house-ipal-outlet"


def test_a_press_is_not_taken_for_a_tank(catalogue: Catalogue) -> None:
    found = names(catalogue, "pantau/alas-kaki/press-9/telemetry", b'{"run": true, "cycle_count": 12, "power": 3.2}')
    assert "house-tank" not in found[:3]


def test_impossible_values_speak_against_a_profile(catalogue: Catalogue) -> None:
    (fit,) = [
        fit
        for fit in suggest(catalogue, [Message("pantau/a/b/telemetry", b'{"ph": 721}', NOON)])
        if fit.profile == "house-tank"
    ]
    assert (fit.metrics, fit.in_range) == (1, 0.0)


def test_a_topic_with_more_fixed_levels_goes_before_more_metrics(tmp_path: Path) -> None:
    (tmp_path / "wide.toml").write_text(WIDE, "utf-8")
    found = names(Catalogue.load(tmp_path), "pantau/batik/baru/telemetry", OUTLET)
    assert (found[0], "wide" in found) == ("house-ipal-outlet", True)


def test_a_topic_on_which_no_profile_speaks_has_no_proposal(catalogue: Catalogue) -> None:
    assert [name for name in names(catalogue, "pantau", OUTLET) if name.startswith("house-")] == []


def test_the_device_is_what_stands_in_the_topic(catalogue: Catalogue) -> None:
    found = address_of(catalogue.get("house-tank"), "pantau/batik/Probe 7/status")
    assert found is not None
    assert (found.device, found.site, found.topic) == ("Probe 7", "batik", "status")


def test_an_address_may_span_several_levels(tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text(
        WIDE.replace("wide", "deep").replace("{device}/{place}/{kind}/{rest}", "plant/{device}/data"), "utf-8"
    )
    found = address_of(Catalogue.load(tmp_path).get("deep"), "plant/north/probe-7/data")
    assert found is not None
    assert found.device == "north/probe-7"
