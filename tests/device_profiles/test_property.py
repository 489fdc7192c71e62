"""Whatever is sent on whatever topic: readings with finite values, or a named reason; never an exception."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from device_profiles.formats import FORMATS
from device_profiles.interpreter import Interpreter
from device_profiles.path import ABSENT, fetcher, parse_path, show_path
from domain.message import Message, Outcome
from domain.registry import Device, Site, SiteKind
from domain.text import Text
from support.device_cases import Sample, broken_rule, catalogue, interpreters, samples

NAME = Text(id="uji", en="test")
NOW = 1_750_000_000_000
TOPICS = [
    "pantau/batik/outlet/telemetry",
    "pantau/batik/outlet/status",
    "values/gateway",
    "times/clock",
    "keys/keys",
    "plant/batik/text/ph",
    "plant/batik/lines/ph",
    "application/a/device/lora/event/up",
]
PROFILES = {
    "outlet": "house-ipal-outlet",
    "gateway": "values-gateway",
    "clock": "times-patterns",
    "keys": "structure-paths",
    "text": "nasty-text",
    "lines": "nasty-lines",
    "lora": "nasty-lorawan",
}
KEYS = [
    *("time", "ph", "temperature", "tss", "cod", "nh3n", "q", "level", "energy", "door", "factor", "t"),
    *("temperature_quality", "temperature_time", "utc", "local", "s", "ms", "us", "ns", "any", "clock"),
    *("compact", "german", "zoned", "object", "objectJSON", "PH", "history", "v", "value", "ts"),
]


def _interpreter() -> Interpreter:
    cast = [Device(id=i, site="batik", stage="outlet", profile=p, name=NAME) for i, p in PROFILES.items()]
    return Interpreter(catalogue(), cast, [Site(id="batik", name=NAME, kind=SiteKind.IPAL)])


INTERPRETER = pytest.fixture(scope="module", name="interpreter")(_interpreter)

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.from_regex(r"[+-]?[0-9]{0,20}[.,]?[0-9]{0,20}([eE][+-]?[0-9]{1,5})? ?[a-z%°/]{0,6}", fullmatch=True),
    st.datetimes().map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.times().map(str),
)
documents = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=12),
    max_leaves=20,
)
json_payloads = documents.map(lambda document: json.dumps(document).encode())
payloads = st.one_of(
    st.binary(max_size=200), json_payloads, leaves.map(lambda leaf: str(leaf).encode("utf-8", "replace"))
)


def _check(outcome: Outcome) -> None:
    assert broken_rule(outcome) is None


@settings(max_examples=800, deadline=None)
@given(topic=st.sampled_from(TOPICS), payload=payloads, retained=st.booleans())
@example(topic=TOPICS[0], payload=b'{"ph":' + b"9" * 200_000 + b"}", retained=False)
@example(topic=TOPICS[0], payload=b'{"ph":-' + b"9" * 250_000 + b".0}", retained=False)
@example(topic=TOPICS[0], payload=b'{"ph":"' + b"9" * 250_000 + b'"}', retained=False)
@example(topic=TOPICS[0], payload=b'{"a":' * 40_000, retained=False)
@example(topic=TOPICS[2], payload=b'{"q":[1],"ph":{"a":1},"t":[]}', retained=False)
@example(topic=TOPICS[7], payload=json.dumps({"objectJSON": "[" * 100_000}).encode(), retained=False)
def test_any_payload_becomes_readings_or_a_named_reason(
    interpreter: Interpreter, topic: str, payload: bytes, retained: bool
) -> None:
    _check(interpreter.interpret(Message(topic, payload, NOW, retained=retained)))


@settings(max_examples=200, deadline=None)
@given(topic=st.text(max_size=80), payload=st.binary(max_size=50))
def test_any_topic_becomes_readings_or_a_named_reason(interpreter: Interpreter, topic: str, payload: bytes) -> None:
    _check(interpreter.interpret(Message(topic, payload, NOW)))


@pytest.fixture(scope="module")
def speakers() -> dict[str, Interpreter]:
    return interpreters()


@settings(max_examples=500, deadline=None)
@given(
    sample=st.sampled_from(samples()),
    start=st.integers(0, 2_000),
    gone=st.integers(0, 60),
    inside=st.binary(max_size=40),
    retained=st.booleans(),
)
def test_a_broken_payload_of_any_format_becomes_readings_or_a_named_reason(
    speakers: dict[str, Interpreter], sample: Sample, start: int, gone: int, inside: bytes, retained: bool
) -> None:
    profile, topic, payload = sample
    start = min(start, len(payload))
    broken = payload[:start] + inside + payload[start + gone :]
    _check(speakers[profile].interpret(Message(topic, broken, NOW, retained=retained)))


@settings(max_examples=300, deadline=None)
@given(sample=st.sampled_from(samples()), payload=payloads)
def test_any_payload_on_the_topic_of_any_format_becomes_readings_or_a_named_reason(
    speakers: dict[str, Interpreter], sample: Sample, payload: bytes
) -> None:
    profile, topic, _ = sample
    _check(speakers[profile].interpret(Message(topic, payload, NOW)))


def test_every_format_is_among_the_payloads_that_are_broken() -> None:
    known, profiles = catalogue(), {profile for profile, _, _ in samples()}
    spoken = {topic.format for name in profiles for topic in known.get(name).topics.values()}
    assert spoken == set(FORMATS)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"ph":' + b"1" * 260_000 + b"}",
        b'{"ph":1' + b"e" * 260_000 + b"}",
        b"[" * 262_000,
        b'{"ph":"' + b"0" * 262_000 + b'"}',
        b'{"x":"\\ud800' + b"\xff" * 262_000 + b'"}',
        b"{" + b'"a":NaN,' * 32_000 + b'"ph":1}',
        b"7,\n" * 80_000,
        b"7,\n" * 10_000,
    ],
    ids=["digits", "exponents", "brackets", "text", "bad-bytes", "nans", "too-many-lines", "bad-lines"],
)
@pytest.mark.parametrize("topic", ["pantau/batik/outlet/telemetry", "plant/batik/text/ph", "plant/batik/lines/ph"])
def test_the_worst_payload_of_the_largest_size_takes_less_than_two_seconds(
    interpreter: Interpreter, topic: str, payload: bytes
) -> None:
    started = time.process_time()
    _check(interpreter.interpret(Message(topic, payload, NOW)))
    assert time.process_time() - started < 2


@given(st.lists(st.text(st.characters(exclude_characters="'\""), min_size=1) | st.integers(-99, 99), max_size=5))
def test_a_path_is_read_as_it_is_shown(steps: list[str | int]) -> None:
    path = parse_path(steps)
    assert not path or parse_path(show_path(path)) == path


@pytest.mark.parametrize("written", [".a", "a.", "a..b", "a[", "a[x]", "a]b", "'a", "a'b'"])
def test_a_path_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="at character"):
        parse_path(written)


def test_a_path_that_leads_nowhere_is_absent() -> None:
    assert fetcher(parse_path("a[3].b"))({"a": [1]}) is ABSENT
