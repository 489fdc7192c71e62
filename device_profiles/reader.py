"""Reads the messages of one topic of one device: decode, find the items, stamp, judge."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import tzinfo

from msgspec import Struct, field

from device_profiles.clock import Clock
from device_profiles.extraction import ItemSource, PathReader, PathSource
from device_profiles.formats import FORMATS
from device_profiles.judge import FlagReader, Judge, too_far_ahead
from device_profiles.path import Document, fetcher
from device_profiles.profile import Metric, Profile
from device_profiles.refusal import MAX_ITEMS, Refused, excerpt
from domain.message import Message, Outcome, Rejection, RejectReason
from domain.reading import GOOD, Millis, Reading, Series
from domain.registry import Device


class Bounds(Struct, frozen=True):
    """What a message may be. `max_future` in ms, `max_payload` in bytes."""

    max_future: Millis
    max_payload: int


class _Gathered(Struct):
    """What a message has become so far."""

    readings: list[Reading] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    stale: bool = False

    @property
    def size(self) -> int:
        """How many values were read or refused."""
        return len(self.readings) + len(self.rejections)

    def add(self, found: Reading | Rejection) -> None:
        """One judged value."""
        if isinstance(found, Reading):
            self.readings.append(found)
        else:
            self.rejections.append(found)


class Shape:
    """One topic of one profile, compiled once for all devices that speak so in one time zone."""

    def __init__(self, profile: Profile, topic: str, metrics: Collection[str], zone: tzinfo) -> None:
        spoken = profile.topics[topic]
        kind = FORMATS[spoken.format]
        self.decode = kind.decode
        self.clock = Clock(spoken.time, zone)
        self.retained = spoken.retained
        self._flag = FlagReader(spoken.quality) if spoken.quality else None
        self._fetch_flag = fetcher(spoken.quality.path) if spoken.quality else None
        chosen = {name: profile.metrics[name] for name in metrics}
        self.judges = {name: Judge(name, metric) for name, metric in chosen.items()}
        self.source: ItemSource = PathSource(
            PathReader(
                self.judges[name],
                metric,
                whole=kind.whole,
                clock=Clock(metric.time, zone) if metric.time else None,
            )
            for name, metric in chosen.items()
        )

    def flag(self, document: Document) -> int:
        """The quality the device gives the whole document."""
        if self._flag is None or self._fetch_flag is None:
            return GOOD
        return self._flag.quality(self._fetch_flag(document))


class TopicReader:
    """One topic of one device."""

    __slots__ = ("_bounds", "_device", "_series", "_shape")

    def __init__(self, device: str, series: dict[str, Series], shape: Shape, bounds: Bounds) -> None:
        self._device = device
        self._series = series
        self._shape = shape
        self._bounds = bounds

    def read(self, message: Message) -> Outcome:
        """What the message became."""
        payload = message.payload
        if len(payload) > self._bounds.max_payload:
            return self._refuse(RejectReason.TOO_LARGE, _too_large(len(payload), self._bounds.max_payload))
        if not payload or payload.isspace():
            return self._refuse(RejectReason.EMPTY_PAYLOAD, "nothing in it")
        try:
            documents = self._shape.decode(payload)
        except Refused as refused:
            return self._refuse(refused.reason, refused.detail)
        outcome = _Gathered()
        for document in documents:
            if outcome.size >= MAX_ITEMS or (type(document) is list and len(document) > MAX_ITEMS):
                return self._refuse(RejectReason.TOO_MANY_ITEMS, f"more than {MAX_ITEMS:,} values in one message")
            if isinstance(document, Refused):
                outcome.rejections.append(Rejection(document.reason, document.detail))
            else:
                self._read_document(document, message, outcome)
        if not (outcome.readings or outcome.rejections or outcome.stale):
            return self._refuse(*_nothing_found(documents))
        return Outcome(self._device, outcome.readings, outcome.rejections, outcome.stale)

    def _read_document(self, document: Document, message: Message, outcome: _Gathered) -> None:
        shape = self._shape
        items = shape.source.items(document)
        if not items:
            return
        received_at = message.received_at
        stamp, flag = shape.clock.read(document, received_at), shape.flag(document)
        latest = received_at + self._bounds.max_future
        if stamp.time > latest and any(item.clock is None for item in items):
            outcome.rejections.append(too_far_ahead(stamp, received_at))
        for item in items:
            own = stamp if item.clock is None else item.clock.read(item.timed, received_at)
            if own.time > latest:
                if own is not stamp:
                    outcome.rejections.append(too_far_ahead(own, received_at, item.metric))
            elif message.retained and not (own.own or shape.retained or item.retained):
                outcome.stale = True
            else:
                series, judge = self._series[item.metric], shape.judges[item.metric]
                outcome.add(judge.judge(series, item, max(flag, item.flag), own, received_at))

    def _refuse(self, reason: RejectReason, detail: str) -> Outcome:
        return Outcome(self._device, rejections=[Rejection(reason, detail)])


class Compiler:
    """Makes the readers of topics. What devices have in common is compiled once and shared."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._shapes: dict[tuple[str, str, tuple[str, ...], str], Shape] = {}

    def reader(
        self, profile: Profile, topic: str, captured: Mapping[str, str], device: Device, zone: tzinfo
    ) -> TopicReader:
        """The reader of one topic of a device. `captured`: what stood for the placeholders in this very topic."""
        metrics = tuple(name for name, metric in profile.metrics_of(topic) if _asked_for(name, metric, captured))
        key = (profile.name, topic, metrics, str(zone))
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = Shape(profile, topic, metrics, zone)
        series = {
            name: Series(device.site, device.id, name, profile.metrics[name].unit, device.stage) for name in metrics
        }
        return TopicReader(device.id, series, shape, self._bounds)


def _asked_for(name: str, metric: Metric, captured: Mapping[str, str]) -> bool:
    identity = metric.id or name
    return captured.get("metric", identity) == identity and all(
        captured.get(placeholder) == value for placeholder, value in metric.where.items()
    )


def _too_large(size: int, limit: int) -> str:
    return f"{size:,} bytes, at most {limit:,} are read"


def _nothing_found(documents: Sequence[Document]) -> tuple[RejectReason, str]:
    """Why a payload that could be decoded gave nothing, with the keys that are in it."""
    first = documents[0] if documents else None
    if type(first) is dict:
        keys = ", ".join(excerpt(key) for key in list(first)[:5]) or "none"
        return RejectReason.NO_METRIC, f"nothing the profile knows is in it; its keys: {keys}"
    if type(first) is list or type(first) is str:
        return RejectReason.NO_METRIC, "nothing the profile knows is in it"
    return RejectReason.PATH_MISMATCH, f"expected an object or an array, got {type(first).__name__}"
