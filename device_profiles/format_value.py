"""One value, bare or in JSON, as it comes: `7.21`, `"RUN"`, `{"value": 7.21, "ts": 1750000000}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from device_profiles import format_json, format_text
from device_profiles.path import Document

_JSON: Final = (b"{", b"[", b"\xef\xbb\xbf{", b"\xef\xbb\xbf[")
SHAPE: Final[Mapping[str, Any]] = {
    "values": ["value", "Value", "v", "val"],
    "time": [{"path": key} for key in ("ts", "time", "timestamp", "Time", "Timestamp", "t", "datetime")],
}


def decode(payload: bytes) -> Sequence[Document]:
    """An object with the value at `value`; an object that the device made stays as it is."""
    if payload.lstrip().startswith(_JSON):
        [document] = format_json.decode(payload)
    else:
        [document] = format_text.decode(payload)
    return (document if type(document) is dict else {"value": document},)
