"""The bytes of a chunk give back bit for bit what was put in."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import chunk_codec
from storage.chunk_codec import DamagedChunk, Point, decode, encode
from support.cast import NOON

VALUES = st.one_of(
    st.none(),
    st.floats(allow_nan=False),
    st.sampled_from([0.0, -0.0, 7.0, -9999.0, 1e308, 5e-324, float("inf"), 9007199254740993.0]),
    st.decimals(-10_000, 10_000, places=2).map(float),
    st.integers(-(10**15), 10**15).map(float),
)
POINTS = st.tuples(VALUES, st.sampled_from([1, 2, 3, 4, 9]), st.sampled_from([None, "stuck", "clock", "no_value"]))
TIMES = st.integers(-(2**52), 2**52)
CHUNKS = st.dictionaries(TIMES, POINTS, min_size=1, max_size=120)


def _bits(points: dict[int, Point]) -> dict[int, tuple[bytes | None, int, str | None]]:
    """With values as bytes, so that 0.0 and -0.0 differ."""
    return {at: (None if v is None else struct.pack("<d", v), q, why) for at, (v, q, why) in points.items()}


@settings(deadline=None)
@given(chunk=CHUNKS)
def test_round_trip_is_exact(chunk: dict[int, Point]) -> None:
    times = sorted(chunk)
    assert _bits(decode(encode(times, [chunk[at] for at in times])).points()) == _bits(chunk)


@settings(deadline=None, max_examples=40)
@given(chunk=st.dictionaries(TIMES, POINTS, min_size=2, max_size=40))
def test_the_small_and_the_large_way_give_the_same_readings(chunk: dict[int, Point]) -> None:
    times = sorted(chunk)
    points = [chunk[at] for at in times]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunk_codec, "SMALL", 0)
        large = encode(times, points)
    assert _bits(decode(large).points()) == _bits(decode(encode(times, points)).points())


def test_regular_data_of_two_decimals_takes_under_two_bytes_a_reading() -> None:
    points: list[Point] = [(round(7.0 + (n * 37 % 11) / 100, 2), 1, None) for n in range(1800)]
    assert len(encode([NOON + n * 2000 for n in range(1800)], points)) < 2 * 1800


def test_a_machine_that_runs_all_hour_takes_almost_nothing() -> None:
    assert len(encode([NOON + n * 2000 for n in range(1800)], [(1.0, 1, None)] * 1800)) < 100


@pytest.mark.parametrize("position", [0, 3, 10, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    data = bytearray(encode([NOON, NOON + 1], [(7.0, 1, None), (8.0, 1, None)]))
    data[position] ^= 0xFF
    with pytest.raises(DamagedChunk):
        decode(bytes(data))


@pytest.mark.parametrize("count", [0, chunk_codec.MAX_READINGS + 1])
def test_a_number_of_readings_that_no_chunk_holds_is_refused(count: int) -> None:
    body = count.to_bytes(4, "little") + encode([NOON], [(7.0, 1, None)])[10:]
    with pytest.raises(DamagedChunk, match=f"{count} readings"):
        decode(struct.pack("<BBI", 1, 0, zlib.crc32(body)) + body)
