"""The bytes of a chunk: one series' readings of one hour. Described byte by byte in docs/storage-format.md.

Times are differences, values are differences of decimal-scaled integers wherever that is exact (up to four
decimals) and raw float64 otherwise, quality and reason a dictionary that costs nothing while all readings are
alike. What comes out is bit for bit what went in.

A chunk of a few readings is packed in plain Python, which is quicker there than numpy; both ways give the same
bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import copysign, isfinite

import msgspec
import numpy as np
import numpy.typing as npt

from domain.reading import Millis

VERSION = 1
PLAIN, DEFLATED = 0, 1
RAW = 255  # the kind of a value column that is float64; 0 to 4 are decimals
MAX_DECIMALS = 4
MAX_SCALED = 1 << 53
SMALL = 48  # readings; below this plain Python is quicker, and deflate gains nothing
MAX_READINGS = 1 << 24  # beyond what an hour of milliseconds holds: no file makes us reserve memory without end

Point = tuple[float | None, int, str | None]
"""value, quality, reason."""

State = tuple[int, str | None, bool]
"""quality, reason, whether the value is missing."""

_WIDTHS = {0: "", 1: "B", 2: "H", 4: "I", 8: "Q"}
_HEAD = struct.Struct("<BBI")  # version, plain or deflated, CRC-32 of what follows
_INTS = struct.Struct("<qqB")  # first value, smallest difference, bytes per difference
_states = msgspec.msgpack.Decoder(list[State]).decode
_pack_states = msgspec.msgpack.Encoder().encode


class DamagedChunk(Exception):
    """The bytes are not what was written."""


@dataclass(frozen=True)
class Columns:
    """Readings of one series by time. `value` is NaN where there was none."""

    time: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    quality: npt.NDArray[np.int64]
    states: list[State]
    codes: npt.NDArray[np.int64] | None  # index into states; None while there is one state only

    def points(self) -> dict[Millis, Point]:
        """By time, as the merge wants them."""
        values = [None if value != value else value for value in self.value.tolist()]
        quality, reason, _ = self.states[0]
        if self.codes is None:
            return {at: (value, quality, reason) for at, value in zip(self.time.tolist(), values, strict=True)}
        rows = zip(self.time.tolist(), values, self.codes.tolist(), strict=True)
        return {at: (value, self.states[code][0], self.states[code][1]) for at, value, code in rows}


def encode(times: Sequence[Millis], points: Sequence[Point]) -> bytes:
    """Pack readings sorted by time, none twice, at least one."""
    small = len(times) < SMALL
    states, codes = _state_codes(points)
    values = _filled([point[0] for point in points])
    body = b"".join(
        (
            len(times).to_bytes(4, "little"),
            _pack_ints(times, small),
            _pack_values(values, small),
            _pack_codes(states, codes),
        )
    )
    kind = PLAIN
    if not small:
        deflated = zlib.compress(body, 1)
        if len(deflated) < len(body):
            kind, body = DEFLATED, deflated
    return _HEAD.pack(VERSION, kind, zlib.crc32(body)) + body


def _state_codes(points: Sequence[Point]) -> tuple[list[State], list[int]]:
    known: dict[State, int] = {}
    codes = [
        known.setdefault((quality, reason, value is None or value != value), len(known))
        for value, quality, reason in points
    ]
    return list(known), codes


def _filled(values: list[float | None]) -> list[float]:
    """Missing values take the neighbour's place holder, which packs to nothing; the state says they are missing."""
    last = next((value for value in values if value is not None and value == value), 0.0)
    filled = []
    for value in values:
        if value is not None and value == value:
            last = value
        filled.append(last)
    return filled


def _pack_codes(states: list[State], codes: list[int]) -> bytes:
    width = 0 if len(states) == 1 else 1 if len(states) <= 256 else 2
    table = _pack_states(states)
    packed = struct.pack(f"<{len(codes)}{_WIDTHS[width]}", *codes) if width else b""
    return struct.pack("<HB", len(table), width) + table + packed


def _pack_ints(column: Sequence[int], small: bool) -> bytes:
    if small:
        steps = [after - before for before, after in pairwise(column)]
        least = min(steps, default=0)
        width = _width(max(steps, default=0) - least)
        packed = struct.pack(f"<{len(steps)}{_WIDTHS[width]}", *[s - least for s in steps]) if width else b""
        return _INTS.pack(column[0], least, width) + b"".join(packed[lane::width] for lane in range(width))
    deltas = np.diff(np.array(column, dtype=np.int64))
    least = int(deltas.min())
    width = _width(int(deltas.max()) - least)
    offsets = (deltas - least).astype(f"<u{width}") if width else np.zeros(0, np.uint8)
    return _INTS.pack(int(column[0]), least, width) + (_shuffled(offsets) if width else b"")


def _width(span: int) -> int:
    return 0 if span == 0 else 1 if span < 1 << 8 else 2 if span < 1 << 16 else 4 if span < 1 << 32 else 8


def _shuffled(column: npt.NDArray[np.generic]) -> bytes:
    return column.view(np.uint8).reshape(-1, column.dtype.itemsize).T.tobytes()


def _pack_values(values: list[float], small: bool) -> bytes:
    scaled = _scaled_small(values) if small else _scaled(np.array(values))
    if scaled is not None:
        return bytes((scaled[0],)) + _pack_ints(scaled[1], small)
    packed = struct.pack(f"<{len(values)}d", *values)
    return bytes((RAW,)) + b"".join(packed[lane::8] for lane in range(8))


def _scaled_small(values: list[float]) -> tuple[int, list[int]] | None:
    """The least number of decimals that gives every value back exactly, and the scaled integers."""
    if not all(isfinite(value) and (value or copysign(1.0, value) > 0) for value in values):
        return None
    for decimals in range(MAX_DECIMALS + 1):
        factor = 10.0**decimals
        if all(abs(v) * factor < MAX_SCALED and round(v * factor) / factor == v for v in values):
            return decimals, [round(value * factor) for value in values]
    return None


def _scaled(values: npt.NDArray[np.float64]) -> tuple[int, Sequence[int]] | None:
    if not np.isfinite(values).all() or (np.signbit(values) & (values == 0)).any():
        return None
    for decimals in range(MAX_DECIMALS + 1):
        factor = 10.0**decimals
        if (np.abs(values) >= MAX_SCALED / factor).any():
            continue
        scaled = np.rint(values * factor)
        if (np.abs(scaled) < MAX_SCALED).all() and (scaled / factor == values).all():
            return decimals, scaled.astype(np.int64)  # type: ignore[return-value]
    return None


def decode(data: bytes) -> Columns:
    """Unpack. Raises DamagedChunk where the bytes were changed, or are of a newer version."""
    try:
        version, kind, crc = _HEAD.unpack_from(data)
        body = data[_HEAD.size :]
        if version != VERSION:
            raise DamagedChunk(f"chunk format {version} is not known")
        if zlib.crc32(body) != crc:
            raise DamagedChunk("the checksum does not agree")
        return _decode_body(zlib.decompress(body) if kind == DEFLATED else body)
    except (struct.error, zlib.error, ValueError, msgspec.MsgspecError) as error:
        raise DamagedChunk(str(error)) from error


def _decode_body(body: bytes) -> Columns:
    count = int.from_bytes(body[:4], "little")
    if not 1 <= count <= MAX_READINGS:
        raise DamagedChunk(f"{count} readings cannot be in one chunk")
    time, at = _unpack_ints(body, 4, count)
    value, at = _unpack_values(body, at, count)
    length, width = struct.unpack_from("<HB", body, at)
    at += 3
    states = _states(body[at : at + length])
    if width == 0:
        quality = np.full(count, states[0][0], dtype=np.int64)
        return Columns(time, np.full(count, np.nan) if states[0][2] else value, quality, states, None)
    codes = np.frombuffer(body, dtype=f"<u{width}", count=count, offset=at + length).astype(np.int64)
    quality = np.array([state[0] for state in states])[codes]
    missing = np.array([state[2] for state in states])[codes]
    return Columns(time, np.where(missing, np.nan, value), quality, states, codes)


def _unpack_ints(body: bytes, at: int, count: int) -> tuple[npt.NDArray[np.int64], int]:
    first, least, width = _INTS.unpack_from(body, at)
    at += _INTS.size
    column = np.empty(count, dtype=np.int64)
    column[0] = first
    if width == 0:
        column[1:] = least
        return column.cumsum(), at
    size = (count - 1) * width
    column[1:] = _lanes(body, at, width, count - 1).view(f"<u{width}").reshape(-1)
    column[1:] += least
    return column.cumsum(), at + size


def _lanes(body: bytes, at: int, width: int, count: int) -> npt.NDArray[np.uint8]:
    lanes = np.frombuffer(body, dtype=np.uint8, count=count * width, offset=at).reshape(width, count)
    return np.ascontiguousarray(lanes.T)


def _unpack_values(body: bytes, at: int, count: int) -> tuple[npt.NDArray[np.float64], int]:
    decimals = body[at]
    if decimals == RAW:
        return _lanes(body, at + 1, 8, count).view("<f8").reshape(-1), at + 1 + 8 * count
    scaled, at = _unpack_ints(body, at + 1, count)
    return scaled / 10.0**decimals, at
