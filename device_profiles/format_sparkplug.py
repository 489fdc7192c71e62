"""Sparkplug B payloads (Sparkplug 3.0, section 6.4), by protobuf. Nothing is remembered here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from google.protobuf.message import DecodeError
from msgspec import Struct

from device_profiles.compression import Compression, unpack
from device_profiles.path import Document
from device_profiles.refusal import MAX_ITEMS, Refused, excerpt, with_resemblance
from device_profiles.sparkplug_pb2 import Payload
from domain.message import RejectReason
from domain.reading import Millis

SHAPE: dict[str, Any] = {
    "items": [
        {
            "path": "metrics",
            "id": "name",
            "value": "value",
            "time": [{"path": "time", "format": "epoch_ms"}],
            "quality": {"path": "quality", "good": [192], "suspect": [500], "bad": [0]},
        }
    ]
}
"""Where the values stand in the documents made here. 192, 500 (stale) and 0 are the codes of section 6.4.8."""

MAX_UNPACKED = 1_048_576
_COMPRESSED = "SPBV1.0_COMPRESSED"
_ALGORITHMS: dict[str, Compression] = {"GZIP": "gzip", "DEFLATE": "deflate"}
_BITS = {1: 8, 2: 16, 3: 32, 4: 64}  # Int8 to Int64
_WIDTH = {"int_value": 32, "long_value": 64}
_DEEPEST = 8  # templates in templates


class Sent(Struct):
    """One metric as it was sent. `value` is as sent: `number` says what it is, once its type is known."""

    name: str | None
    alias: int | None
    time: Millis | None
    datatype: int | None
    value: Any
    width: int = 0  # bits of an integer, which is sent unsigned
    quality: int | None = None
    historical: bool = False

    def typed(self, datatype: int | None) -> Any:
        """The value, negative where its type says so. Raises Refused where that cannot be told without a type."""
        if not self.width or self.value is None:
            return self.value
        bits = _BITS.get(datatype or 0)
        if bits is not None:
            number = self.value & ((1 << bits) - 1)
            return number - (1 << bits) if number >> (bits - 1) else number
        if datatype is None and self.value >> (self.width - 1):
            raise Refused(RejectReason.UNANNOUNCED, f"{self.value} may be negative: only the birth tells")
        return self.value


class Report(Struct):
    """A whole payload."""

    time: Millis | None
    seq: int | None
    metrics: list[Sent]

    def of(self, name: str) -> Any:
        """The value of one metric by its name; None where it is not there."""
        return next((sent.value for sent in self.metrics if sent.name == name), None)


def decode(payload: bytes) -> Sequence[Document | Refused]:
    """One document, for payloads that are read by themselves: an alias without a name is refused."""
    report = read(payload)
    documents, unknown = [], []
    for sent in report.metrics:
        if sent.name is None:
            unknown.append(str(sent.alias))
        else:
            documents.append(document_of(sent.name, sent, sent.datatype, report.time))
    refused = [Refused(RejectReason.UNANNOUNCED, f"aliases without a birth: {', '.join(unknown[:5])}")]
    return [{"metrics": documents}, *(refused if unknown else [])]


def document_of(name: str, sent: Sent, datatype: int | None, time: Millis | None) -> dict[str, Any]:
    """One metric under its name. Raises Refused for a value of the past without the time when it was."""
    time = sent.time or time
    if sent.historical and not time:
        raise Refused(RejectReason.BAD_TIME, "a value of the past without its time")
    document = {"name": name, "value": sent.typed(datatype), "time": time or None}
    if sent.quality is not None:
        document["quality"] = sent.quality
    return document


def read(payload: bytes, limit: int = MAX_UNPACKED) -> Report:
    """What the payload says, unpacked where it is compressed (section 6.4.2). Raises Refused, and nothing else."""
    parsed = _parsed(payload)
    if parsed.uuid == _COMPRESSED:
        seq = parsed.seq if parsed.HasField("seq") else None
        name = next((_text(m.string_value).upper() for m in parsed.metrics if m.name == b"algorithm"), "DEFLATE")
        parsed = _parsed(unpack(parsed.body, _ALGORITHMS.get(name, "auto"), limit))
        if seq is not None:
            parsed.seq = seq
    if len(parsed.metrics) > MAX_ITEMS:
        raise Refused(RejectReason.TOO_MANY_ITEMS, f"more than {MAX_ITEMS:,} metrics in one message")
    metrics = [sent for metric in parsed.metrics for sent in _sent(metric, "", 0)]
    if len(metrics) > MAX_ITEMS:
        raise Refused(RejectReason.TOO_MANY_ITEMS, f"more than {MAX_ITEMS:,} metrics in one message")
    return Report(
        parsed.timestamp if parsed.HasField("timestamp") else None,
        parsed.seq & 0xFF if parsed.HasField("seq") else None,
        metrics,
    )


def _parsed(payload: bytes) -> Payload:
    try:
        return Payload.FromString(payload)
    except (DecodeError, ValueError, RecursionError):
        detail = f"no Sparkplug B payload: {excerpt(payload)}"
        raise Refused(RejectReason.BAD_PAYLOAD, with_resemblance(detail, payload)) from None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")


def _sent(metric: Payload.Metric, prefix: str, depth: int) -> Iterator[Sent]:
    """The metric; for a template the metrics in it, `TEMPLATE/METRIC`."""
    name = prefix + _text(metric.name) if metric.HasField("name") else None
    kind = metric.WhichOneof("value")
    if kind == "template_value" and not metric.is_null:
        if name is not None and depth < _DEEPEST:
            for inner in metric.template_value.metrics:
                yield from _sent(inner, f"{name}/", depth + 1)
        return
    yield Sent(
        name,
        metric.alias if metric.HasField("alias") else None,
        metric.timestamp if metric.HasField("timestamp") else None,
        metric.datatype if metric.HasField("datatype") else None,
        None if kind is None or metric.is_null else _value(metric, kind),
        0 if metric.is_null else _WIDTH.get(kind or "", 0),
        _quality(metric),
        metric.is_historical,
    )


def _value(metric: Payload.Metric, kind: str) -> Any:
    """A number, boolean or text; what is none of them becomes an object, which no metric takes for a number."""
    value = getattr(metric, kind)
    if kind == "string_value":
        return _text(value)
    return value if kind not in ("bytes_value", "dataset_value", "extension_value") else {kind: len(value)}


def _quality(metric: Payload.Metric) -> int | None:
    """The property `Quality`, where there is one."""
    if not metric.HasField("properties"):
        return None
    pairs = zip(metric.properties.keys, metric.properties.values, strict=False)
    return next((int(value.int_value or value.long_value) for key, value in pairs if key == b"Quality"), None)
