"""From a document to the bytes of a payload, in each format there is."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import cbor2
import msgspec

from device_profiles.profile_topic import Topic
from domain.reading import Millis

Encode = Callable[[Any, Mapping[str, str], Millis], bytes]
"""(document, tags its metrics ask for, time) to bytes."""


def encode(topic: Topic, document: Any, tags: Mapping[str, str], time: Millis) -> bytes:
    """The payload, compressed where the topic wants it."""
    payload = ENCODERS[topic.format](document, tags, time)
    if topic.compression == "gzip":
        return gzip.compress(payload, mtime=0)
    return zlib.compress(payload) if topic.compression == "deflate" else payload


def _json(document: Any, tags: Mapping[str, str], time: Millis) -> bytes:
    return msgspec.json.encode(document)


def _text(document: Any, tags: Mapping[str, str], time: Millis) -> bytes:
    return document.encode() if isinstance(document, str) else msgspec.json.encode(document)


def _line(document: Any, tags: Mapping[str, str], time: Millis) -> bytes:
    """One line: the measurement and the tags that are asked for, then the fields."""
    named = {key: value for key, value in tags.items() if key != "measurement"}
    head = ",".join([tags.get("measurement", "simulator"), *(f"{key}={value}" for key, value in named.items())])
    fields = ",".join(f"{_escaped(key)}={_field(value)}" for key, value in document["fields"].items())
    return f"{head} {fields} {time * 1_000_000}".encode()


def _escaped(key: str) -> str:
    return key.replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")


def _field(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{value}i" if isinstance(value, int) else repr(value)


def _cbor(document: Any, tags: Mapping[str, str], time: Millis) -> bytes:
    encoded: bytes = cbor2.dumps(document)
    return encoded


ENCODERS: Final[dict[str, Encode]] = {
    "json": _json,
    "ndjson": _json,
    "text": _text,
    "value": _json,
    "line": _line,
    "senml": _json,
    "cbor": _cbor,
}
