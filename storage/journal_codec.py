"""How the journal's rows are packed: a `batch` per append, later a `block` of many appends.

A batch is MessagePack with one list per column, differences where neighbours resemble each other: small, and
encoded in a fraction of the time of a row at a time. A block holds the same columns as numpy arrays, so that
one series is found in a hundred thousand rows in a few milliseconds.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from domain.counters import Tally
from domain.reading import GOOD, Millis, Reading, Series

Row = tuple[int, int, Millis, float | None, int, str | None, Millis]
"""seq, series id, time, value, quality, reason, received_at."""

Flag = tuple[int, int, str | None]
"""index in the batch, quality, reason: only of readings that are not simply good."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Batch(msgspec.Struct, array_like=True):
    """One append. Integer columns hold the first value, then differences."""

    series: list[int]
    time: list[int]
    received: list[int]
    value: list[float | None]
    flags: list[Flag]
    devices: dict[str, tuple[int, ...]]
    reasons: dict[str, int]
    receipts: list[int]


class BlockHead(msgspec.Struct, array_like=True):
    """What stands before a block's columns."""

    rows: int
    flags: list[Flag]


_encode = msgspec.msgpack.Encoder().encode
decode_batch = msgspec.msgpack.Decoder(Batch).decode
_decode_head = msgspec.msgpack.Decoder(BlockHead).decode


def encode_batch(ids: Mapping[Series, int], readings: Sequence[Reading], tally: Tally) -> bytes:
    """Pack one append. Raises KeyError for a series without an id."""
    return _encode(
        Batch(
            _differences([ids[r.series] for r in readings]),
            _differences([r.time for r in readings]),
            _differences([r.received_at for r in readings]),
            [r.value for r in readings],
            [(i, r.quality, r.reason) for i, r in enumerate(readings) if r.quality != GOOD or r.reason is not None],
            {name: msgspec.structs.astuple(of) for name, of in tally.devices.items()},
            tally.reasons,
            tally.receipts,
        )
    )


def _differences(column: list[int]) -> list[int]:
    return [column[0], *map(sub, column[1:], column)] if column else column


def rows_of_batch(first: int, batch: Batch) -> list[Row]:
    """The rows of an append, the first having the number `first`."""
    quality, reason = _flag_columns(len(batch.value), batch.flags)
    columns: tuple[Iterable[Any], ...] = (
        range(first, first + len(batch.value)), accumulate(batch.series), accumulate(batch.time), batch.value,
        quality, reason, accumulate(batch.received),
    )  # fmt: skip
    return list(zip(*columns, strict=True))


def _flag_columns(count: int, flags: list[Flag]) -> tuple[list[int], list[str | None]]:
    quality: list[int] = [GOOD] * count
    reason: list[str | None] = [None] * count
    for index, code, why in flags:
        quality[index] = code
        reason[index] = why
    return quality, reason


@dataclass(frozen=True)
class Block:
    """Many appends in columns. `value` is NaN where there was none."""

    first: int
    series: Ints
    time: Ints
    received: Ints
    value: Floats
    flags: list[Flag]

    def rows(self, start: int, stop: int) -> list[Row]:
        """Rows by index, half open."""
        return self._rows(slice(start, stop), range(self.first + start, self.first + stop))

    def matching(self, ids: Ints, start: Millis, stop: Millis) -> list[Row]:
        """Rows of some series with start <= time < stop, in order of arrival."""
        wanted = np.isin(self.series, ids) & (self.time >= start) & (self.time < stop)
        index = np.flatnonzero(wanted)
        return self._rows(index, (index + self.first).tolist()) if len(index) else []

    def newest(self) -> list[Row]:
        """The newest row of each series by time; of equal times the last to arrive."""
        order = np.lexsort((self.time, self.series))  # stable: arrival decides between equal times
        ordered = self.series[order]
        index = order[np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))]
        return self._rows(index, (index + self.first).tolist())

    def _rows(self, index: slice | Ints, seqs: Iterable[int]) -> list[Row]:
        quality, reason = _flag_columns(len(self.value), self.flags)
        if isinstance(index, slice):
            quality, reason = quality[index], reason[index]
        else:
            quality, reason = [quality[i] for i in index], [reason[i] for i in index]
        values = [None if value != value else value for value in self.value[index].tolist()]
        columns = (
            seqs, self.series[index].tolist(), self.time[index].tolist(), values, quality, reason,
            self.received[index].tolist(),
        )  # fmt: skip
        return list(zip(*columns, strict=True))


def block_of(batches: Sequence[tuple[int, Batch]]) -> Block:
    """Several consecutive appends, with the number of each one's first row, as one block."""
    flags: list[Flag] = []
    values: list[float | None] = []
    for _, batch in batches:
        flags += [(index + len(values), quality, reason) for index, quality, reason in batch.flags]
        values += batch.value
    return Block(
        batches[0][0],
        _column([accumulate(batch.series) for _, batch in batches], len(values)),
        _column([accumulate(batch.time) for _, batch in batches], len(values)),
        _column([accumulate(batch.received) for _, batch in batches], len(values)),
        np.array(values, dtype=np.float64),  # None becomes NaN
        flags,
    )


def _column(parts: Iterable[Iterable[int]], count: int) -> Ints:
    return np.fromiter((number for part in parts for number in part), dtype=np.int64, count=count)


def encode_block(block: Block) -> bytes:
    """Head, then the columns byte-shuffled, deflated (zlib carries an Adler-32 of it all)."""
    head = _encode(BlockHead(len(block.value), block.flags))
    integers = [_shuffle(np.diff(column, prepend=0)) for column in (block.series, block.time, block.received)]
    return zlib.compress(b"".join([len(head).to_bytes(4, "little"), head, *integers, _shuffle(block.value)]), 1)


def decode_block(first: int, data: bytes) -> Block:
    """The reverse of `encode_block`. Raises zlib.error where the bytes were damaged."""
    plain = zlib.decompress(data)
    start = 4 + int.from_bytes(plain[:4], "little")
    head = _decode_head(plain[4:start])
    columns = np.frombuffer(plain, dtype=np.uint8, offset=start).reshape(4, 8, head.rows)
    series, time, received = (
        np.cumsum(np.ascontiguousarray(column.T).view("<i8").reshape(-1)) for column in columns[:3]
    )
    value = np.ascontiguousarray(columns[3].T).view("<f8").reshape(-1)
    return Block(first, series, time, received, value, head.flags)


def _shuffle(column: Ints | Floats) -> bytes:
    """All first bytes, then all second bytes…: like bytes stand together and deflate well."""
    width = column.dtype.itemsize
    return column.view(np.uint8).reshape(-1, width).T.tobytes()
