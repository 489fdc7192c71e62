"""Reads the messages of Sparkplug's topics: what concerns the session goes to the host, the rest to the devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from device_profiles import format_sparkplug
from device_profiles.format_sparkplug import Report
from device_profiles.reader import Bounds, Gathered, TopicReader
from device_profiles.refusal import Refused
from device_profiles.routing import NoRoute
from device_profiles.sparkplug_host import SparkplugHost, lifeline
from device_profiles.sparkplug_topic import COMMANDS, Address, Kind, parse
from domain.message import Message, Outcome, Rejection, RejectReason

Find = Callable[[str], TopicReader | Outcome]
"""The reader of a speaker's data topic, or why there is none."""

_DEATHS = (Kind.NDEATH, Kind.DDEATH)
_OWN_AFFAIRS = ("bdSeq", "Node Control/", "Node Info/", "Properties/")
NO_SPEAKER = NoRoute(Rejection(RejectReason.UNKNOWN_TOPIC, "no profile speaks on this topic"))
_SILENT = Outcome(None, stale=True)


class SparkplugReader:
    """One for all topics of the namespace."""

    def __init__(self, host: SparkplugHost, find: Find, bounds: Bounds) -> None:
        self._host = host
        self._find = find
        self._bounds = bounds

    def read(self, message: Message) -> Outcome:
        """What the message became."""
        address = parse(message.topic)
        if address is None:
            detail = "no topic of Sparkplug's: spBv1.0/GROUP/MESSAGE/NODE/DEVICE"
            return Outcome(None, rejections=[Rejection(RejectReason.UNKNOWN_TOPIC, detail)])
        if address.kind in COMMANDS:
            return _SILENT
        try:
            report = self._opened(message.payload, address.kind)
        except Refused as refused:
            return _refusal(self._find(address.data_topic), refused)
        if address.kind in _DEATHS:
            return self._death(address, report, message)
        if address.kind in (Kind.NBIRTH, Kind.DBIRTH):
            return self._birth(address, report, message)
        return self._data(address, report, message)

    def _opened(self, payload: bytes, kind: Kind) -> Report:
        limit = self._bounds.max_payload
        if len(payload) > limit:
            raise Refused(RejectReason.TOO_LARGE, f"{len(payload):,} bytes, at most {limit:,} are read")
        if not payload and kind not in _DEATHS:  # a death says all there is to say by its topic
            raise Refused(RejectReason.EMPTY_PAYLOAD, "nothing in it")
        return format_sparkplug.read(payload, limit)

    def _birth(self, address: Address, report: Report, message: Message) -> Outcome:
        self._host.born(address, report, message.received_at, retained=message.retained)
        found = self._find(address.data_topic)
        if isinstance(found, Outcome):
            return found if address.device or _has_readings(report) else _SILENT
        self._host.reborn.append(found.device)
        return _read(found, self._host.birth_documents(address, report), message, _nothing(report))

    def _data(self, address: Address, report: Report, message: Message) -> Outcome:
        documents = self._host.resolved(address, report, message.received_at, retained=message.retained)
        found = self._find(address.data_topic)
        if isinstance(found, Outcome):
            return found if address.device else _SILENT
        return _read(found, documents, message)

    def _death(self, address: Address, report: Report, message: Message) -> Outcome:
        """`online` = 0 for all that are gone: at the time of receipt, because a will is written long before."""
        gone = self._host.died(address, report, message.received_at)
        gathered, device = Gathered(), None
        document = {"metrics": [lifeline(False, report if address.device else None)]}
        for name in gone:
            found = self._find(address.edge.data_topic(name))
            if isinstance(found, TopicReader):
                device = device or found.device
                found.read_parts([document], message, gathered)
        if gathered.readings or gathered.rejections:
            return Outcome(device, gathered.readings, gathered.rejections)
        return Outcome(device, stale=True)


def _read(reader: TopicReader, documents: Sequence[Any], message: Message, nothing: Refused | None = None) -> Outcome:
    """A report of other metrics than those of the profile is no fault: devices report what changed."""
    gathered = Gathered()
    try:
        for document in documents:
            if isinstance(document, Refused):
                gathered.rejections.append(Rejection(document.reason, document.detail))
            else:
                reader.read_parts([document], message, gathered)
    except Refused as refused:
        return _refusal(reader, refused)
    if gathered.empty and nothing is not None:
        return _refusal(reader, nothing)
    gathered.stale = gathered.stale or gathered.empty
    return gathered.outcome(reader.device)


def _nothing(report: Report) -> Refused:
    """A birth names everything there is, so it is the place to say that the profile knows none of it."""
    shown = ", ".join(repr(sent.name) for sent in report.metrics[:5])
    return Refused(RejectReason.NO_METRIC, f"nothing the profile knows is in the birth; it has: {shown[:200]}")


def _refusal(found: TopicReader | Outcome, refused: Refused) -> Outcome:
    rejection = Rejection(refused.reason, refused.detail)
    return Outcome(found.device, rejections=[rejection])


def _has_readings(report: Report) -> bool:
    return any(sent.name is not None and not sent.name.startswith(_OWN_AFFAIRS) for sent in report.metrics)
