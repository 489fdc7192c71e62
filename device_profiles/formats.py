"""The formats a payload can have: `FORMATS`. A new one is one small file with a function, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from device_profiles import (
    format_binary,
    format_cbor,
    format_json,
    format_line,
    format_senml,
    format_sparkplug,
    format_text,
    format_value,
)
from device_profiles.path import Document
from device_profiles.refusal import Refused

Decode = Callable[[bytes], Sequence[Document | Refused]]
"""Turns a payload into the documents in it, with a `Refused` in the place of a part that cannot be read.

Raises `Refused`, and nothing else, where nothing can be read.
"""


@dataclass(frozen=True)
class Format:
    """How payloads are decoded. `whole`: a document is one value, so the default path is the whole of it.

    `shape`: keys of a topic that go without saying, because the format says where values, ids and times stand.
    `tagged`: metrics may ask for `tags`.
    """

    decode: Decode
    whole: bool = False
    shape: Mapping[str, Any] = field(default_factory=dict)
    tagged: bool = False


FORMATS: dict[str, Format] = {
    "json": Format(format_json.decode),
    "ndjson": Format(format_json.decode_lines),
    "value": Format(format_value.decode, shape=format_value.SHAPE),
    "text": Format(format_text.decode, whole=True),
    "binary": Format(format_binary.decode, whole=True),
    "line": Format(format_line.decode, shape=format_line.SHAPE, tagged=True),
    "cbor": Format(format_cbor.decode),
    "senml": Format(format_senml.decode, shape=format_senml.SHAPE),
    "sparkplug_b": Format(format_sparkplug.decode, shape=format_sparkplug.SHAPE),
}
