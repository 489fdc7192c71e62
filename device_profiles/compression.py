"""Compressed payloads: gzip (RFC 1952), zlib (RFC 1950) and bare deflate (RFC 1951), recognised by how they begin.

Nothing is unpacked beyond the size a payload may have, so a small message cannot fill the memory.
"""

from __future__ import annotations

import zlib
from typing import Literal

from device_profiles.refusal import Refused, excerpt
from domain.message import RejectReason

Compression = Literal["none", "auto", "gzip", "deflate"]

GZIP_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _BARE = 31, 15, -15  # the `wbits` of zlib


def unpack(payload: bytes, compression: Compression, limit: int) -> bytes:
    """The payload unpacked, at most `limit` bytes of it. Raises Refused, and nothing else.

    `auto` takes gzip, zlib, and what is neither as it is; `deflate` is zlib, or deflate without a header.
    """
    if compression == "gzip" or (compression == "auto" and payload.startswith(GZIP_MAGIC)):
        return _unpack(payload, _GZIP, limit)
    if compression == "deflate":
        return _unpack(payload, _ZLIB if _is_zlib(payload) else _BARE, limit)
    if compression == "auto" and _is_zlib(payload):
        return _unpack(payload, _ZLIB, limit)
    return payload


def _is_zlib(payload: bytes) -> bool:
    """RFC 1950 2.2: method 8, a window of at most 32 KiB, and both bytes together a multiple of 31."""
    return len(payload) >= 2 and payload[0] & 0x8F == 0x08 and int.from_bytes(payload[:2]) % 31 == 0


def _unpack(payload: bytes, kind: int, limit: int) -> bytes:
    """All members of a gzip file, one after the other; zeros behind the last are padding."""
    unpacked, rest = b"", payload
    while True:
        part, rest = _unpack_one(rest, kind, limit - len(unpacked), payload)
        unpacked += part
        if not rest.strip(b"\0"):
            return unpacked
        if kind != _GZIP:
            raise Refused(RejectReason.BAD_PAYLOAD, f"{len(rest):,} bytes too many behind the compressed ones")


def _unpack_one(rest: bytes, kind: int, room: int, payload: bytes) -> tuple[bytes, bytes]:
    stream = zlib.decompressobj(kind)
    try:
        part = stream.decompress(rest, room + 1)
    except zlib.error as error:
        detail = f"cannot be decompressed ({error}): {excerpt(payload)}"
        raise Refused(RejectReason.BAD_PAYLOAD, detail) from None
    if len(part) > room:
        raise Refused(RejectReason.TOO_LARGE, f"decompressed it is larger than may be read ({len(payload):,} bytes)")
    if not stream.eof:
        raise Refused(RejectReason.BAD_PAYLOAD, "the compressed payload ends too early")
    return part, stream.unused_data
