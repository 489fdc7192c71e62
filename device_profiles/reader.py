"""Reads the messages of one topic of one device: decode, find the items, stamp, judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from device_profiles.compression import unpack
from device_profiles.extraction import ItemSource
from device_profiles.judge import too_far_ahead
from device_profiles.path import Document
from device_profiles.refusal import MAX_ITEMS, Refused, excerpt
from device_profiles.shape import Shape
from domain.message import Message, Outcome, Rejection, RejectReason
from domain.reading import Millis, Reading, Series

_DAY = 86_400_000  # ms


class Bounds(Struct, frozen=True):
    """What a message may be. `max_future` in ms, `max_payload` in bytes."""

    max_future: Millis
    max_payload: int


class Gathered(Struct):
    """What a message has become so far."""

    readings: list[Reading] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    stale: bool = False
    undated: list[Reading] = field(default_factory=list)  # those that had a time which cannot be used

    @property
    def size(self) -> int:
        """How many values were read or refused."""
        return len(self.readings) + len(self.rejections)

    @property
    def empty(self) -> bool:
        """Whether nothing was found so far, not even something old."""
        return not (self.readings or self.rejections or self.stale)

    def add(self, found: Reading | Rejection) -> None:
        """One judged value."""
        if isinstance(found, Reading):
            self.readings.append(found)
        else:
            self.rejections.append(found)

    def outcome(self, device: str | None) -> Outcome:
        """What came of the message. A history without usable times is refused: at the one time of receipt its
        values would replace each other.
        """
        if len(self.undated) > 1:
            self._refuse_undated_histories()
        return Outcome(device, self.readings, self.rejections, self.stale)

    def _refuse_undated_histories(self) -> None:
        counts = Counter(reading.series for reading in self.undated)
        histories = {series: count for series, count in counts.items() if count > 1}
        refused = {id(reading) for reading in self.undated if reading.series in histories}
        self.readings = [reading for reading in self.readings if id(reading) not in refused]
        for series, count in histories.items():
            detail = f"{count:,} values of one metric, and their times cannot be used"
            self.rejections.append(Rejection(RejectReason.BAD_TIME, detail, series.metric))


def opened(payload: bytes, shape: Shape, bounds: Bounds) -> Sequence[Document | Refused]:
    """The documents in a payload. Raises Refused."""
    if len(payload) > bounds.max_payload:
        detail = f"{len(payload):,} bytes, at most {bounds.max_payload:,} are read"
        raise Refused(RejectReason.TOO_LARGE, detail)
    if not payload or payload.isspace():
        raise Refused(RejectReason.EMPTY_PAYLOAD, "nothing in it")
    if shape.compression != "none":
        payload = unpack(payload, shape.compression, bounds.max_payload)
        if not payload or payload.isspace():
            raise Refused(RejectReason.EMPTY_PAYLOAD, "nothing in it, once decompressed")
    return shape.decode(payload)


class TopicReader:
    """One topic of one device.

    `foreign`: the topic is of an entity that the profile does not ask for. Its first message of a day is read like
    any other and ends as a letter that tells of it; the others are stale, for they would fill the dead letters.
    """

    __slots__ = ("_bounds", "_foreign", "_series", "_shape", "_told_on", "device")

    def __init__(
        self, device: str, series: dict[str, Series], shape: Shape, bounds: Bounds, *, foreign: bool = False
    ) -> None:
        self.device = device
        self._foreign = foreign
        self._told_on: int | None = None  # the day (UTC) of the last letter
        self._series = series
        self._shape = shape
        self._bounds = bounds

    def read(self, message: Message) -> Outcome:
        """What the message became."""
        if self._foreign:
            if message.received_at // _DAY == self._told_on:
                return Outcome(self.device, stale=True)
            self._told_on = message.received_at // _DAY
        outcome = Gathered()
        try:
            documents = opened(message.payload, self._shape, self._bounds)
            for document in documents:
                if isinstance(document, Refused):
                    outcome.rejections.append(Rejection(document.reason, document.detail))
                else:
                    self.read_parts(self._shape.parts(document), message, outcome)
        except Refused as refused:
            return self._refuse(refused.reason, refused.detail)
        if outcome.empty:
            return self._refuse(*nothing_found(documents, self._shape.source))
        return outcome.outcome(self.device)

    def read_parts(self, parts: Iterable[Document], message: Message, outcome: Gathered) -> None:
        """Add what stands in some documents. Raises Refused where it is too much for one message."""
        for part in parts:
            if type(part) is list and len(part) > MAX_ITEMS:
                raise _too_many()
            self._read_document(part, message, outcome)
            if outcome.size > MAX_ITEMS:
                raise _too_many()

    def _read_document(self, document: Document, message: Message, outcome: Gathered) -> None:
        shape = self._shape
        if shape.announcing is not None and shape.announcing(document):
            outcome.stale = True
        items = shape.source.items(document)
        if not items:
            return
        received_at = message.received_at
        stamp, flag = shape.clock.read(document, received_at), shape.flag(document)
        latest = received_at + self._bounds.max_future
        told = False
        for item in items:
            if isinstance(item, Rejection):
                outcome.rejections.append(item)
                continue
            own = stamp if item.clock is None else item.clock.read(item.timed, received_at, stamp)
            if own.time > latest:
                if own is not stamp:
                    outcome.rejections.append(too_far_ahead(own, received_at, item.metric))
                elif not told:
                    outcome.rejections.append(too_far_ahead(stamp, received_at))
                    told = True
            elif message.retained and not (own.own or shape.retained or item.retained):
                outcome.stale = True
            else:
                series, judge = self._series[item.metric], shape.judges[item.metric]
                found = judge.judge(series, item, max(flag, item.flag), own, received_at)
                outcome.add(found)
                if own.reason is not None and not own.own and isinstance(found, Reading):
                    outcome.undated.append(found)

    def _refuse(self, reason: RejectReason, detail: str) -> Outcome:
        return Outcome(self.device, rejections=[Rejection(reason, detail)])


def _too_many() -> Refused:
    return Refused(RejectReason.TOO_MANY_ITEMS, f"more than {MAX_ITEMS:,} values in one message")


def nothing_found(documents: Sequence[Document], source: ItemSource) -> tuple[RejectReason, str]:
    """Why a payload that could be decoded gave nothing, with the names that are in it."""
    first = documents[0] if documents else None
    names = source.names(first)
    if names:
        shown = ", ".join(excerpt(name) for name in names[:5])
        return RejectReason.NO_METRIC, f"nothing the profile knows is in it; it has: {shown}"
    if type(first) is dict:
        keys = ", ".join(excerpt(key) for key in list(first)[:5]) or "none"
        return RejectReason.NO_METRIC, f"nothing the profile knows is in it; its keys: {keys}"
    if type(first) is list or type(first) is str:
        return RejectReason.NO_METRIC, "nothing the profile knows is in it"
    return RejectReason.PATH_MISMATCH, f"expected an object or an array, got {type(first).__name__}"
