"""The formats a payload can have: `FORMATS`. A new one is one small file with a function, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from device_profiles import format_json, format_text
from device_profiles.path import Document
from device_profiles.refusal import Refused

Decode = Callable[[bytes], Sequence[Document | Refused]]
"""Turns a payload into the documents in it, with a `Refused` in the place of a part that cannot be read.

Raises `Refused`, and nothing else, where nothing can be read.
"""


@dataclass(frozen=True)
class Format:
    """How payloads are decoded. `whole`: a document is one value, so the default path is the whole of it."""

    decode: Decode
    whole: bool = False


FORMATS: dict[str, Format] = {
    "json": Format(format_json.decode),
    "ndjson": Format(format_json.decode_lines),
    "text": Format(format_text.decode, whole=True),
}
