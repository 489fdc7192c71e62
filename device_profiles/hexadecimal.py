"""Numbers inside a hexadecimal text, such as the process data of IO-Link sensors (`"01A4"`, `"0BEBC2000000"`).

The bytes of a payload that is no text, and of base64 (`@base64` in a path), come as such a text too.
"""

from __future__ import annotations

import re
import struct
from typing import Any

from device_profiles.path import Document, Fetch

_HEXADECIMAL = re.compile("[0-9A-Fa-f]{1,512}")  # 256 bytes; IO-Link process data has at most 32


def bits_fetcher(
    fetch: Fetch, first: int, count: int, *, signed: bool, floating: bool = False, little: bool = False
) -> Fetch:
    """A function that takes `count` bits from the text that `fetch` finds, `first` counted from its left.

    `little`: their bytes stand in reverse. `floating`: they are an IEEE 754 number of 32 or 64 bits.
    A text that is not hexadecimal, or too short, stays as it is, and is refused as no number.
    """
    sign = 1 << (count - 1) if signed else 0

    def fetch_bits(document: Document) -> Any:
        raw = fetch(document)
        if type(raw) is not str or not _HEXADECIMAL.fullmatch(raw):
            return raw
        width = len(raw) * 4
        if first + count > width:
            return f"{raw} (too short)"
        number = (int(raw, 16) >> (width - first - count)) & ((1 << count) - 1)
        if little:
            number = int.from_bytes(number.to_bytes(count // 8, "little"), "big")
        if floating:
            return struct.unpack(">f" if count == 32 else ">d", number.to_bytes(count // 8, "big"))[0]
        return (number ^ sign) - sign

    return fetch_bits
