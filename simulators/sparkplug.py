"""A Sparkplug B edge node: born, its device born, then data that say only aliases (Sparkplug 3.0, section 6.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from device_profiles.sparkplug_pb2 import Payload
from device_profiles.sparkplug_topic import Edge, Kind
from domain.reading import Millis
from simulators.fault import Outgoing

GROUP: Final = "pantau"
NODE: Final = "simulator"
_DOUBLE, _STRING = 10, 12  # section 6.4.16


def session(address: str, named: Mapping[str, Any], time: Millis, *, node: bool) -> list[Outgoing]:
    """Births and one message of data. `node`: the speaker is an edge node, not a device behind one."""
    edge = Edge(GROUP, address if node else NODE)
    kinds = (Kind.NBIRTH, Kind.NDATA) if node else (Kind.NBIRTH, Kind.DBIRTH, Kind.DDATA)
    speaker = "" if node else address
    return [
        Outgoing(time, topic_of(edge, kind, speaker), _payload(kind, seq, named, time, node=node))
        for seq, kind in enumerate(kinds)
    ]


def topic_of(edge: Edge, kind: Kind, device: str) -> str:
    """Where such a message is sent."""
    return f"spBv1.0/{edge.group}/{kind}/{edge.node}" + (f"/{device}" if kind.of_device else "")


def _payload(kind: Kind, seq: int, named: Mapping[str, Any], time: Millis, *, node: bool) -> bytes:
    payload = Payload(timestamp=time, seq=seq)
    if kind is Kind.NBIRTH:
        payload.metrics.add(name=b"bdSeq", timestamp=time, datatype=8, long_value=0)
    if kind is not Kind.NBIRTH or node:
        for alias, (name, raw) in enumerate(named.items(), 1):
            metric = payload.metrics.add(alias=alias, timestamp=time)
            if kind in (Kind.NBIRTH, Kind.DBIRTH):
                metric.name = name.encode()
                metric.datatype = _datatype(raw)
            _put(metric, raw)
    return payload.SerializeToString()


def _datatype(raw: Any) -> int:
    return _STRING if isinstance(raw, str) else _DOUBLE


def _put(metric: Payload.Metric, raw: Any) -> None:
    if isinstance(raw, str):
        metric.string_value = raw.encode()
    else:
        metric.double_value = float(raw)
