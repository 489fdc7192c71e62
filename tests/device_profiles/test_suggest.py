"""Which profile is proposed for a device nobody registered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.suggest import suggest
from device_profiles.trial import address_of
from domain.message import Message

NOON = 1_795_237_200_000
LINES = (Path(__file__).parents[1] / "data" / "payloads" / "payloads.jsonl").read_text("utf-8").splitlines()
SAMPLES: dict[str, dict[str, Any]] = {line["id"]: line for line in map(json.loads, LINES)}
MEANT = {
    "p001": "tasmota-energy",
    "p004": "tasmota-analog",
    "p005": "tasmota-switch",
    "p011": "shelly-gen1-3em",
    "p012": "shelly-gen1-3em",
    "p013": "shelly-gen1-3em",
    "p015": "shelly-em1-2",
    "p017": "zigbee2mqtt",
    "p021": "chirpstack-v4",
    "p022": "milesight-em300-di",
    "p023": "dragino-water-quality",
    "p024": "dragino-flow",
    "p026": "dragino-lht65-tts",
    "p027": "dragino-ph-tts",
    "p030": "milesight-ct101",
    "p031": "milesight-ct101",
    "p041": "advantech-wise-4000",
    "p055": "wmbusmeters",
    "p056": "wmbusmeters",
    "p057": "rtl-433-pipe",
    "p061": "node-red",
    "p062": "thingsboard-device",
    "p068": "influx-line",
    "p072": "senml",
    "p081": "plain-topics",
}  # the other products of the set have tags or sensor names of the installation's own: no profile can know them
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


@pytest.mark.parametrize(("sample", "profile"), MEANT.items())
def test_the_profile_of_a_product_comes_first_for_its_own_payload(
    catalogue: Catalogue, sample: str, profile: str
) -> None:
    said = SAMPLES[sample]
    assert names(catalogue, said["topic"], said["payload"].encode())[0] == profile


def test_all_topics_of_a_device_decide_together(catalogue: Catalogue) -> None:
    said = [SAMPLES[name] for name in ("p010", "p011", "p012", "p013")]  # the relay alone could be that of a plug
    fits = suggest(catalogue, [Message(one["topic"], one["payload"].encode(), NOON) for one in said])
    assert (fits[0].profile, fits[0].metrics) == ("shelly-gen1-3em", 4)


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
