"""Reads the messages of one topic of one device: decode, find the items, stamp, judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from msgspec import Struct, field

from device_profiles.clock import Clock
from device_profiles.extraction import ItemSource, PathReader, PathSource
from device_profiles.formats import FORMATS
from device_profiles.judge import FlagReader, Judge, too_far_ahead
from device_profiles.path import Document, fetcher
from device_profiles.profile import Profile, Topic
from device_profiles.refusal import Refused
from domain.message import Message, Outcome, Rejection, RejectReason
from domain.reading import GOOD, Millis, Reading, Series
from domain.registry import Device

MAX_ITEMS = 10_000  # values or documents in one message


class Bounds(Struct, frozen=True):
    """What a message may be. `max_future` in ms, `max_payload` in bytes."""

    max_future: Millis
    max_payload: int


class _Gathered(Struct):
    """What a message has become so far."""

    readings: list[Reading] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    stale: bool = False

    def add(self, found: Reading | Rejection) -> None:
        """One judged value."""
        if type(found) is Reading:
            self.readings.append(found)
        else:
            self.rejections.append(found)  # type: ignore[arg-type]


class TopicReader:
    """One (device, topic); the profile is compiled into it once."""

    def __init__(self, device: str, topic: Topic, source: ItemSource, clock: Clock, bounds: Bounds) -> None:
        self._device = device
        self._decode = FORMATS[topic.format].decode
        self._source = source
        self._clock = clock
        self._flag = FlagReader(topic.quality) if topic.quality else None
        self._fetch_flag = fetcher(topic.quality.path) if topic.quality else None
        self._retained = topic.retained
        self._bounds = bounds

    def read(self, message: Message) -> Outcome:
        """What the message became."""
        payload = message.payload
        if len(payload) > self._bounds.max_payload:
            return self._refuse(RejectReason.TOO_LARGE, _too_large(len(payload), self._bounds.max_payload))
        if not payload or payload.isspace():
            return self._refuse(RejectReason.EMPTY_PAYLOAD, "nothing in it")
        try:
            documents = self._decode(payload)
        except Refused as refused:
            return self._refuse(refused.reason, refused.detail)
        outcome = _Gathered()
        for document in documents:
            if len(outcome.readings) >= MAX_ITEMS or (type(document) is list and len(document) > MAX_ITEMS):
                return self._refuse(RejectReason.TOO_MANY_ITEMS, f"more than {MAX_ITEMS:,} values in one message")
            self._read_document(document, message, outcome)
        if not (outcome.readings or outcome.rejections or outcome.stale):
            return self._refuse(*_nothing_found(documents))
        return Outcome(self._device, outcome.readings, outcome.rejections, outcome.stale)

    def _read_document(self, document: Document, message: Message, outcome: _Gathered) -> None:
        items = self._source.items(document)
        if not items:
            return
        received_at = message.received_at
        stamp = self._clock.read(document, received_at)
        flag = GOOD
        if self._flag is not None and self._fetch_flag is not None:
            flag = self._flag.quality(self._fetch_flag(document))
        latest = received_at + self._bounds.max_future
        refused_ahead = False
        for item in items:
            own = stamp if item.clock is None else item.clock.read(item.timed, received_at)
            if own.time > latest:
                if item.clock is not None:
                    outcome.rejections.append(too_far_ahead(own, received_at, item.judge.series.metric))
                elif not refused_ahead:
                    refused_ahead = True
                    outcome.rejections.append(too_far_ahead(own, received_at))
            elif message.retained and not (own.own or self._retained or item.retained):
                outcome.stale = True
            else:
                outcome.add(item.judge.judge(item.raw, item.unit, max(flag, item.flag), own, received_at))

    def _refuse(self, reason: RejectReason, detail: str) -> Outcome:
        return Outcome(self._device, rejections=[Rejection(reason, detail)])


def compile_reader(
    profile: Profile, topic: str, captured: Mapping[str, str], device: Device, zone: tzinfo, bounds: Bounds
) -> TopicReader:
    """The reader of one topic of one device. `captured`: what stood for the placeholders in this very topic."""
    spoken = profile.topics[topic]
    whole = FORMATS[spoken.format].whole
    readers = []
    for name, metric in profile.metrics_of(topic):
        if captured.get("metric", metric.id or name) != (metric.id or name):
            continue
        if any(captured.get(placeholder) != value for placeholder, value in metric.where.items()):
            continue
        series = Series(device.site, device.id, name, metric.unit, device.stage)
        clock = Clock(metric.time, zone) if metric.time else None
        readers.append(PathReader(name, metric, Judge(series, metric), whole=whole, clock=clock))
    return TopicReader(device.id, spoken, PathSource(readers), Clock(spoken.time, zone), bounds)


def _too_large(size: int, limit: int) -> str:
    return f"{size:,} bytes, at most {limit:,} are read"


def _nothing_found(documents: Sequence[Document]) -> tuple[RejectReason, str]:
    """Why a payload that could be decoded gave nothing, with the keys that are in it."""
    first = documents[0] if documents else None
    if type(first) is dict:
        keys = ", ".join(str(key)[:24] for key in list(first)[:8]) or "none"
        return RejectReason.NO_METRIC, f"nothing the profile knows is in it; its keys: {keys}"
    if type(first) is list or type(first) is str:
        return RejectReason.NO_METRIC, "nothing the profile knows is in it"
    return RejectReason.PATH_MISMATCH, f"expected an object or an array, got {type(first).__name__}"
