"""The first draft of a profile loads, reads its own sample, and invents nothing."""

from __future__ import annotations

import base64
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.profile import Profile
from device_profiles.skeleton import skeleton
from device_profiles.trial import try_profile
from domain.errors import Invalid
from domain.message import Message
from domain.reading import Reading

NOON = 1_795_237_200_000
LINES = (Path(__file__).parents[1] / "data" / "payloads" / "payloads.jsonl").read_text("utf-8").splitlines()
SAMPLES: dict[str, dict[str, Any]] = {line["id"]: line for line in map(json.loads, LINES)}
WITHOUT_NUMBERS = {"p031", "p036", "p039"}  # a fault word, aliases without their birth, an operating mode


def message_of(sample: dict[str, Any]) -> Message:
    """The message of one line of the set."""
    text = sample["payload"]
    payload = base64.b64decode(text) if sample["encoding"] == "base64" else text.encode()
    return Message(sample["topic"], payload, NOON + 3_600_000)  # later than the time of day in one of them


def draft(topic: str, payload: str) -> tuple[Profile, list[Reading]]:
    """The profile drafted from a message, and what the message becomes with it."""
    message = Message(topic, payload.encode(), NOON)
    profile = Profile.model_validate(tomllib.loads(skeleton("draft", [message])))
    (outcome,) = try_profile(profile, [message])
    assert not outcome.rejections
    return profile, outcome.readings


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - WITHOUT_NUMBERS))
def test_the_draft_of_a_real_payload_reads_that_payload_without_a_refusal(name: str) -> None:
    message = message_of(SAMPLES[name])
    profile = Profile.model_validate(tomllib.loads(skeleton("draft", [message])))
    (outcome,) = try_profile(profile, [message])
    assert outcome.readings
    assert outcome.rejections == []


@pytest.mark.parametrize("name", sorted(WITHOUT_NUMBERS))
def test_a_payload_without_a_number_has_no_draft(name: str) -> None:
    with pytest.raises(Invalid, match="no number"):
        skeleton("draft", [message_of(SAMPLES[name])])


def test_what_keys_usually_mean_gives_the_house_names_and_units() -> None:
    _, readings = draft("plant/probe-7/data", '{"PH": 7.2, "Suhu": 29, "debit": 3.5, "DO": 4.1, "kekeruhan": 12}')
    found = [(r.series.metric, r.series.unit) for r in readings]
    assert found == [
        ("ph", "pH"),
        ("temperature", "Cel"),
        ("flow_rate", "m3/h"),
        ("do", "mg/L"),
        ("turbidity", "NTU"),
    ]


def test_a_unit_and_a_decimal_comma_in_the_text_are_taken_over() -> None:
    profile, readings = draft("plant/probe-7/data", '{"tekanan": "2,75 kPa"}')
    assert (readings[0].value, readings[0].series.unit) == (2.75, "kPa")
    assert profile.metrics["pressure"].decimal_comma


def test_a_machine_word_becomes_a_state() -> None:
    profile, readings = draft("mesin/jahit-7/state", '{"status_mesin": "RUN"}')
    assert (readings[0].value, profile.metrics["status_mesin"].words) == (1.0, {"run": 1, "stop": 0})


@pytest.mark.parametrize(
    ("written", "format_"),
    [
        ('"2026-11-21T12:00:00+07:00"', "rfc3339"),
        ('"2026-11-21 12:00:00"', "local"),
        ('"12:00:00"', "time_of_day"),
        ("1795237200", "epoch_s"),
        ("1795237200000", "epoch_ms"),
        ("1795237200000000000", "epoch_ns"),
    ],
)
def test_the_time_is_found_however_it_is_written(written: str, format_: str) -> None:
    profile, readings = draft("plant/probe-7/data", f'{{"ts": {written}, "ph": 7.2}}')
    assert (profile.topics["main"].time[0].format, readings[0].time) == (format_, NOON)


def test_of_two_times_the_one_with_a_zone_is_taken() -> None:
    profile, _ = draft("tele/plug/SENSOR", '{"Time": "2026-11-21T12:00:00", "Epoch": 1795237200, "Power": 5}')
    assert profile.topics["main"].time[0].format == "epoch_s"


def test_figures_of_the_transport_start_commented_out() -> None:
    text = skeleton("draft", [Message("plant/probe-7/data", b'{"ph": 7.2, "rssi": -71}', NOON)])
    assert "# [metrics.rssi]" in text
    assert "[metrics.ph]" in text


def test_a_serial_number_with_leading_zeros_is_no_measurement() -> None:
    _, readings = draft("plant/probe-7/data", '{"ph": 7.2, "serie": "00123"}')
    assert [r.series.metric for r in readings] == ["ph"]


def test_values_in_a_json_text_are_found() -> None:
    _, readings = draft("plant/probe-7/data", json.dumps({"objectJSON": '{"ph": 7.2}'}))
    assert [(r.series.metric, r.value) for r in readings] == [("ph", 7.2)]


def test_keys_that_would_break_a_path_are_written_as_a_list() -> None:
    _, readings = draft("plant/probe-7/data", json.dumps({"a'b\"c": {"x.y[0]": 3.5}, "@json": 4}))
    assert sorted(r.value or 0 for r in readings) == [3.5, 4.0]


def test_an_array_of_ids_and_values_becomes_items() -> None:
    payload = {"timestamp": 1795237200000, "values": [{"id": "PLC1.PH", "v": 7.2, "q": True, "t": 1795237190000}]}
    profile, readings = draft("iotgateway/kolam-1", json.dumps(payload))
    assert (profile.metrics["ph"].id, readings[0].value, readings[0].time) == ("PLC1.PH", 7.2, NOON - 10_000)


def test_fields_of_line_protocol_are_named_not_placed() -> None:
    profile, readings = draft("telegraf/ipal-7/modbus", "modbus,slave=3 ph=7.21,debit=3i 1795237200000000000")
    assert (profile.topics["main"].format, profile.metrics["flow_rate"].id) == ("line", "debit")
    assert [(r.series.metric, r.time) for r in readings] == [("ph", NOON), ("flow_rate", NOON)]


def test_a_senml_pack_is_known_by_its_labels() -> None:
    profile, readings = draft("senml/probe-7", '[{"bn": "urn:x:", "bt": 1795237200, "n": "ph", "u": "pH", "v": 7.2}]')
    assert (profile.topics["main"].format, readings[0].series.metric, readings[0].time) == ("senml", "ph", NOON)


def test_two_values_never_share_a_name() -> None:
    profile, readings = draft("plant/x1-55/data", '{"a": {"temp": 1}, "b": {"temp": 2}, "temp": 3, "temperature": 4}')
    assert len(profile.metrics) == len(readings) == 4


@pytest.mark.parametrize(
    ("topic", "template"),
    [
        ("pantau/batik/ipal-outlet/telemetry", "pantau/{site}/{device}/telemetry"),
        ("tele/plug/SENSOR", "tele/{device}/SENSOR"),
        ("zigbee2mqtt/stopcontact", "zigbee2mqtt/{device}"),
        ("application/17c82e96/device/a84041/event/up", "application/17c82e96/device/{device}/event/up"),
        ("ph", "{device}"),
        ("/plant//probe-7/", "/plant//{device}/"),
        ("plant/{x}/probe-7", "plant/{level_2}/{device}"),
    ],
)
def test_the_level_that_names_the_device_is_found(topic: str, template: str) -> None:
    profile, _ = draft(topic, '{"ph": 7.2}')
    assert profile.topics["main"].template.text == template


def test_a_topic_for_each_value_keeps_its_last_level() -> None:
    profile, readings = draft("plant/probe-7/ph", "7.2")
    assert profile.topics["main"].template.text == "plant/{device}/ph"
    assert readings[0].series.metric == "ph"


def test_a_payload_whose_every_value_is_refused_says_why() -> None:
    with pytest.raises(Invalid, match="2\\^53"):
        skeleton("draft", [Message("plant/probe-7/ph", b'{"value": 9007199254740993}', NOON)])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4),
    max_leaves=12,
)


@given(
    topic=st.text(min_size=1, max_size=30), payload=JSON.map(lambda value: json.dumps(value).encode()) | st.binary()
)
@settings(max_examples=150, deadline=None)
def test_any_payload_has_a_draft_that_loads_or_a_reason_why_not(topic: str, payload: bytes) -> None:
    try:
        text = skeleton("draft", [Message(topic, payload, NOON)])
    except Invalid:
        return
    assert Profile.model_validate(tomllib.loads(text)).metrics
