"""The Telegraf examples fit the profiles beside them, byte for byte as Telegraf writes.

Telegraf itself is not installed here. The bytes are those of its serializers by its own documentation: line
protocol as in plugins/inputs/modbus/testcases/*/expected.out with a time in ns and a line feed, JSON as the
standard form of plugins/serializers/json/README.md, which Go writes without blanks and with its keys sorted.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.topic import Template
from device_profiles.trial import try_profile
from domain.message import Message, Outcome

FOLDER = Path(__file__).parents[2] / "examples" / "telegraf"
NAMES = ["telegraf-line", "telegraf-json"]
AT = 1_795_242_600_000
LINES = {
    "ph-inlet": b"modbus,device=ph-inlet,name=ipal-gateway,slave_id=3,type=holding_register"
    b" ph=7.21,temperature=29.400000000000002 1795242600000000000\n",
    "flow-outlet": b"modbus,device=flow-outlet,name=ipal-gateway,slave_id=4,type=holding_register"
    b" flow_rate=3.5,flow_total=10482.300000000001 1795242600000000000\n",
}
DOCUMENTS = {
    "ph-inlet": b'{"fields":{"ph":7.21,"temperature":29.400000000000002},"name":"modbus","tags":{"device":"ph-inlet",'
    b'"name":"ipal-gateway","slave_id":"3","type":"holding_register"},"timestamp":1795242600000}\n',
    "flow-outlet": b'{"fields":{"flow_rate":3.5,"flow_total":10482.300000000001},"name":"modbus","tags":{"device":'
    b'"flow-outlet","name":"ipal-gateway","slave_id":"4","type":"holding_register"},"timestamp":1795242600000}\n',
}
WRITTEN = {"telegraf-line": LINES, "telegraf-json": DOCUMENTS}


def config(name: str) -> dict[str, Any]:
    """Telegraf's settings; they are TOML."""
    return tomllib.loads((FOLDER / f"{name}.conf").read_text("utf-8"))


def requests(name: str) -> list[dict[str, Any]]:
    """The Modbus requests, one for each device."""
    found: list[dict[str, Any]] = config(name)["inputs"]["modbus"][0]["request"]
    return found


def topic_of(name: str, tags: dict[str, str]) -> str:
    """The topic of a metric with these tags, as outputs.mqtt fills its template."""
    template = config(name)["outputs"]["mqtt"][0]["topic"]
    return re.sub(r'\{\{ \.Tag "(\w+)" \}\}', lambda found: tags[found[1]], template)


def tried(name: str, device: str) -> Outcome:
    """What the profile makes of Telegraf's bytes."""
    profile = Catalogue.load(FOLDER / "profiles").get(name)
    (outcome,) = try_profile(profile, [Message(topic_of(name, {"device": device}), WRITTEN[name][device], AT + 400)])
    return outcome


@pytest.mark.parametrize("name", NAMES)
def test_what_telegraf_writes_becomes_readings_at_their_own_time(name: str) -> None:
    found = {
        reading.series.metric: (reading.value, reading.series.unit, reading.time, reading.quality)
        for device in WRITTEN[name]
        for reading in tried(name, device).readings
    }
    assert found == {
        "ph": (7.21, "pH", AT, 1),
        "temperature": (29.400000000000002, "Cel", AT, 1),
        "flow_rate": (3.5, "m3/h", AT, 1),
        "flow_total": (10482.300000000001, "m3", AT, 1),
    }


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_telegraf_writes_is_refused(name: str) -> None:
    assert [tried(name, device).rejections for device in WRITTEN[name]] == [[], []]


@pytest.mark.parametrize("name", NAMES)
def test_every_field_that_is_asked_of_the_bus_is_a_metric_of_the_profile(name: str) -> None:
    fields = {field["name"] for request in requests(name) for field in request["fields"]}
    assert fields == set(Catalogue.load(FOLDER / "profiles").get(name).metrics)


@pytest.mark.parametrize("name", NAMES)
def test_every_request_is_a_device_of_the_profiles_topic(name: str) -> None:
    template = next(iter(Catalogue.load(FOLDER / "profiles").get(name).topics.values())).template
    assert isinstance(template, Template)
    matched = [template.matcher().fullmatch(topic_of(name, request["tags"])) for request in requests(name)]
    assert [found["device"] for found in matched if found] == list(WRITTEN[name])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_or_read_by_others_on_the_way(name: str) -> None:
    out = config(name)["outputs"]["mqtt"][0]
    assert out["qos"] == 1
    assert out["keep_alive"] > 0  # Mosquitto from 2.0.12 refuses 0 (plugins/outputs/mqtt/README.md)
    assert out["servers"][0].startswith("mqtts://")
    assert out["topic"].split("/")[1] == out["username"]  # what the broker's access list asks for
    assert out["password"] == "${MQTT_PASSWORD}"
