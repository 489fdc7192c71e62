"""SenML (RFC 8428), in JSON and in CBOR: records resolved with their base fields, units and times.

Which of the two it is shows in the first byte. RFC 8428 4.5.4: a time below 2**28 counts from now, and the
payload does not know when that is, so it stays as it is (times.parse_senml reads it).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct

from device_profiles import format_cbor, format_json
from device_profiles.path import Document
from device_profiles.refusal import MAX_ITEMS, Refused, excerpt
from domain.message import RejectReason

SHAPE: dict[str, Any] = {
    "items": [
        {
            "id": identity,
            "values": ["v", "vb", "vs", "s", "vd"],
            "unit": "u",
            "time": [{"path": "t", "format": "senml"}],
        }
        for identity in ("n", "name")
    ]
}
"""Where the values stand in the documents made here: by their whole name, and by the name without its base."""

_VERSION = 10  # RFC 8428 4.4
_LABELS = {  # RFC 8428 6, table 4: what stands for the labels in CBOR
    **{-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs"},
    **{0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd"},
}
_BASES = frozenset(("bver", "bn", "bt", "bu", "bv", "bs"))
_TEXTS, _NUMBERS = ("bn", "bu", "n", "u"), ("bt", "bv", "bs", "t", "s", "bver")


class _Base(Struct):
    """What the base fields of the records so far add to the following ones."""

    name: str = ""
    unit: str | None = None
    time: float = 0
    value: float | None = None
    sum: float | None = None

    def learn(self, record: dict[str, Any]) -> None:
        """Base fields hold for their own record and all after it."""
        self.name = record.get("bn", self.name)
        self.unit = record.get("bu", self.unit)
        self.time = record.get("bt", self.time)
        self.value = record.get("bv", self.value)
        self.sum = record.get("bs", self.sum)


def decode(payload: bytes) -> Sequence[Document | Refused]:
    """One document: an array of resolved records. A record that cannot be read is refused alone."""
    pack = _pack(payload)
    if len(pack) > MAX_ITEMS:
        raise Refused(RejectReason.TOO_MANY_ITEMS, f"more than {MAX_ITEMS:,} records in one message")
    base = _Base()
    resolved: list[Document] = []
    refused: list[Refused] = []
    for number, record in enumerate(pack, 1):
        try:
            resolved += _resolved(_checked(record), base)
        except ValueError as error:
            refused.append(Refused(RejectReason.BAD_PAYLOAD, f"record {number}: {error}"))
    return [resolved, *refused] if resolved else refused or [resolved]


def _pack(payload: bytes) -> list[Any]:
    """The records; one without an array around it is a pack of one."""
    in_json = payload.lstrip()[:1] in (b"[", b"{") or payload.startswith(b"\xef\xbb\xbf")
    pack = format_json.decode(payload)[0] if in_json else format_cbor.loads(payload)
    if isinstance(pack, dict):
        return [pack]
    if isinstance(pack, list):
        return pack
    raise Refused(RejectReason.BAD_PAYLOAD, f"expected an array of records, got {excerpt(payload)}")


def _checked(written: Any) -> dict[str, Any]:
    """The record with its labels as texts. Raises ValueError for one that must not be read."""
    if not isinstance(written, dict):
        raise ValueError("expected an object")
    record: dict[str, Any] = {}
    for label, value in written.items():
        name = _LABELS.get(label) if type(label) is int else label
        if isinstance(name, str):
            record[name] = float(value) if isinstance(value, Decimal | Fraction) else format_cbor.scalar(value)
    for name in record:
        if name.endswith("_"):
            raise ValueError(f"{excerpt(name)} must be understood, and is not")
    if any(type(record[name]) is not str for name in _TEXTS if name in record):
        raise ValueError("names and units are texts")
    if any(type(record[name]) not in (int, float) for name in _NUMBERS if name in record):
        raise ValueError("times, sums and base values are numbers")
    if record.get("bver", _VERSION) > _VERSION:
        raise ValueError(f"version {record['bver']}, only {_VERSION} and below are read")
    return record


def _resolved(record: dict[str, Any], base: _Base) -> list[Document]:
    """RFC 8428 4.6: the record with everything said in it; none where it holds base fields only."""
    base.learn(record)
    found: dict[str, Any] = {key: record[key] for key in ("vb", "vs", "vd") if key in record}
    if "v" in record:
        found["v"] = _sum(base.value, record["v"])
    if "s" in record or base.sum is not None:
        found["s"] = (base.sum or 0) + record.get("s", 0)
    own = record.get("n", "")
    if not found or not record.keys() - _BASES:
        return []
    found["n"] = base.name + own
    if base.name and own:
        found["name"] = own
    unit = record.get("u", base.unit)
    time = base.time + record.get("t", 0)
    return [found | ({"u": unit} if unit is not None else {}) | ({"t": time} if time else {})]


def _sum(base: float | None, value: Any) -> Any:
    """The value on top of its base; what is no number is judged as it is."""
    return base + value if base is not None and type(value) in (int, float) else value
