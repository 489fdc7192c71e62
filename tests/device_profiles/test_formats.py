"""What the encoders of the libraries write is read back as it was; what nobody wrote never raises."""

from __future__ import annotations

import contextlib
import gzip
import math
import re
import time
import zlib
from decimal import Decimal
from typing import Any

import cbor2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from influxdb_client import Point

from device_profiles.compression import unpack
from device_profiles.format_cbor import decode as decode_cbor
from device_profiles.format_line import decode as decode_line
from device_profiles.format_senml import decode as decode_senml
from device_profiles.format_sparkplug import read as read_sparkplug
from device_profiles.formats import FORMATS
from device_profiles.refusal import Refused
from device_profiles.sparkplug_pb2 import Payload
from domain.message import RejectReason

LIMIT = 262_144
NEW = ["line", "cbor", "senml", "sparkplug_b"]

# what influxdb-client writes as it is, or escapes as the protocol says: no line breaks, backslashes, empty names
names = st.text(st.characters(codec="utf-8", exclude_characters='\\\n\r\t"#'), min_size=1, max_size=12).filter(
    lambda name: not name.startswith((" ", "_")) and name.strip() == name
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\\\r\0"), max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
fields = st.dictionaries(
    names, st.one_of(numbers, st.integers(-(2**63), 2**63 - 1), st.booleans(), texts), min_size=1, max_size=6
)


@settings(max_examples=200, deadline=None)
@given(
    measurement=names,
    tags=st.dictionaries(names, names, max_size=4),
    fields=fields,
    moment=st.integers(1, 2**62) | st.none(),
)
def test_a_line_is_read_as_it_was_written(
    measurement: str, tags: dict[str, str], fields: dict[str, Any], moment: int | None
) -> None:
    point = Point.from_dict({"measurement": measurement, "tags": tags, "fields": fields})
    if moment is not None:
        point.time(moment)
    (document,) = decode_line(point.to_line_protocol().encode())
    expected: dict[str, Any] = {"measurement": measurement, "tags": tags, "fields": fields}
    assert document == (expected if moment is None else expected | {"time": moment})


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | numbers | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(plain)
def test_cbor_is_read_as_it_was_written(document: Any) -> None:
    assert decode_cbor(cbor2.dumps(document)) == (document,)


@settings(max_examples=200, deadline=None)
@given(
    base=st.floats(-1e6, 1e6),
    values=st.lists(
        st.tuples(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9:./_-]{0,9}", fullmatch=True), numbers), max_size=6
    ),
)
def test_senml_says_the_same_in_json_and_in_cbor(base: float, values: list[tuple[str, float]]) -> None:
    written = [{"bn": "x:", "bt": base}] + [{"n": name, "v": value} for name, value in values]
    packed = [{-2: "x:", -3: base}] + [{0: name, 2: value} for name, value in values]
    assert decode_senml(msgspec.json.encode(written)) == decode_senml(cbor2.dumps(packed))


def test_a_decimal_beyond_any_float_is_infinite_and_no_work() -> None:
    assert decode_cbor(cbor2.dumps({"a": Decimal("1e999999")})) == ({"a": math.inf},)


metrics = st.builds(
    lambda name, alias, moment, number: (name, alias, moment, number),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**63),
    st.integers(-(2**63), 2**63 - 1),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(metrics, max_size=8), st.integers(0, 255))
def test_sparkplug_is_read_as_it_was_written(sent: list[tuple[str, int, int, int]], seq: int) -> None:
    payload = Payload(seq=seq, timestamp=5)
    for name, alias, moment, number in sent:
        payload.metrics.add(name=name.encode(), alias=alias, timestamp=moment, datatype=4, long_value=number % 2**64)
    report = read_sparkplug(payload.SerializeToString())
    assert [(m.name, m.alias, m.time, m.typed(m.datatype)) for m in report.metrics] == sent
    assert (report.seq, report.time) == (seq, 5)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500), st.sampled_from(["gzip", "deflate", "auto"]))
def test_what_is_compressed_is_unpacked(payload: bytes, compression: Any) -> None:
    packed = zlib.compress(payload) if compression == "deflate" else gzip.compress(payload, mtime=0)
    assert unpack(packed, compression, LIMIT) == payload


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "auto"]))
def test_bytes_nobody_compressed_are_refused_or_left_as_they_are(payload: bytes, compression: Any) -> None:
    unpacked = b""
    with contextlib.suppress(Refused):
        unpacked = unpack(payload, compression, LIMIT)
    assert len(unpacked) <= LIMIT


def test_a_bomb_of_a_hundred_megabytes_is_refused_before_it_fills_the_memory() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    started = time.process_time()
    with pytest.raises(Refused, match="too_large"):
        unpack(bomb, "auto", LIMIT)
    assert time.process_time() - started < 2


lineish = st.lists(
    st.sampled_from(["m", "a", "=", ",", " ", "\\", '"', "\n", "1", "i", "-", "e", ".", "t", "#", "\r", "\0", "ä"]),
    max_size=40,
).map("".join)
garbage = st.one_of(st.binary(max_size=120), lineish.map(str.encode), plain.map(cbor2.dumps))


@settings(max_examples=1_000, deadline=None)
@given(name=st.sampled_from(NEW), payload=garbage)
def test_any_bytes_become_documents_or_a_named_reason(name: str, payload: bytes) -> None:
    try:
        documents = FORMATS[name].decode(payload)
    except Refused as refused:
        documents = [refused]
    for document in documents:
        if isinstance(document, Refused):
            assert document.reason in set(RejectReason)
            assert re.search(r"\w", document.detail)


@pytest.mark.parametrize(
    "payload",
    [
        b"m," + b",".join(b"t%d=1" % n for n in range(28_000)) + b" a=1",
        b"m " + b",".join(b"f%d=1" % n for n in range(28_000)),
        b'm a="\n' * 9_999,
        b"\\" * 262_000,
        b'm a="' + b'\\"' * 131_000,
        b"\n#" * 131_000,
        b"m a=" + b"1" * 262_000 + b"i",
        b"[" + b'{"n":"a","v":1},' * 9_999 + b"{}]",
        b"\x99\xff\xff" + b"\xa2\x00\x61a\x02\x01" * 43_000,
        b"\x12\x02\x10\x01" * 65_000,
        b"\x9f" * 262_000,
        b"\xc2\x5a\x00\x03\xff\xf0" + b"\xff" * 262_100,
    ],
    ids=[
        *("tags", "fields", "open-texts", "backslashes", "quotes", "comments", "digits"),
        *("records", "cbor-records", "metrics", "arrays", "bignum"),
    ],
)
@pytest.mark.parametrize("name", NEW)
def test_the_worst_payload_of_the_largest_size_takes_less_than_two_seconds(name: str, payload: bytes) -> None:
    started = time.process_time()
    with contextlib.suppress(Refused):
        FORMATS[name].decode(payload)
    assert time.process_time() - started < 2
