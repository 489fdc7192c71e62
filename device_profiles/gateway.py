"""Reads topics on which many devices speak: each part of a message goes to the device that is named in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from typing import Any

from device_profiles.path import Document, fetcher
from device_profiles.profile import Profile
from device_profiles.reader import Bounds, Gathered, TopicReader, nothing_found, opened
from device_profiles.refusal import Refused
from device_profiles.routing import Gateway, Routes, unknown_device, wrong_profile
from device_profiles.shape import Shape
from domain.message import Message, Outcome, Rejection, RejectReason
from domain.registry import Device

ReaderOf = Callable[[Device, str, Mapping[str, str]], TopicReader]


class GatewayReader:
    """One topic of one gateway. Readers of its devices are made when first heard of; others are not remembered."""

    def __init__(self, route: Gateway, profile: Profile, shape: Shape, routes: Routes, readers: ReaderOf) -> None:
        path = profile.topics[route.speakers[profile.name]].device
        self._address = fetcher(path if path is not None else ())
        self._route = route
        self._shape = shape
        self._routes = routes
        self._reader_of = readers
        self._readers: dict[str, TopicReader] = {}

    def read(self, message: Message, bounds: Bounds) -> Outcome:
        """What the message became; `device` is the first of the devices in it."""
        outcome, heard = Gathered(), dict[str, None]()
        try:
            documents = opened(message.payload, self._shape, bounds)
            for document in documents:
                if isinstance(document, Refused):
                    outcome.rejections.append(Rejection(document.reason, document.detail))
                else:
                    self._read(self._shape.parts(document), message, outcome, heard)
        except Refused as refused:
            return Outcome(next(iter(heard), None), rejections=[Rejection(refused.reason, refused.detail)])
        if outcome.empty:
            outcome.rejections.append(Rejection(*nothing_found(documents, self._shape.source)))
        return outcome.outcome(next(iter(heard), None))

    def _read(self, parts: Sequence[Document], message: Message, outcome: Gathered, heard: dict[str, None]) -> None:
        for part in parts:
            address = _text(self._address(part))
            if address is None:
                outcome.rejections.append(Rejection(RejectReason.UNKNOWN_DEVICE, "no device is named in the payload"))
                continue
            found = self._reader(address)
            if isinstance(found, Rejection):
                outcome.rejections.append(found)
            else:
                heard.setdefault(found.device)
                found.read_parts((part,), message, outcome)

    def _reader(self, address: str) -> TopicReader | Rejection:
        known = self._readers.get(address)
        if known is not None:
            return known
        speakers, captured = self._route.speakers, self._route.captured
        device = self._routes.device(address, captured, speakers)
        if device is None:
            return unknown_device(address).rejection
        if device.profile not in speakers:
            return wrong_profile(device).rejection
        reader = self._readers[address] = self._reader_of(device, speakers[device.profile], captured)
        return reader


def named_in(profile: Profile, key: str, payload: bytes) -> list[str]:
    """The devices that are named in a payload, registered or not; none where it cannot be read."""
    path = profile.topics[key].device
    shape = Shape(profile, key, (), UTC)
    try:
        documents = shape.decode(payload)
    except Refused:
        return []
    parts = [part for found in documents if not isinstance(found, Refused) for part in shape.parts(found)]
    named = (_text(fetcher(path)(part)) for part in parts) if path is not None else ()
    return list(dict.fromkeys(address for address in named if address is not None))


def _text(raw: Any) -> str | None:
    if type(raw) is str:
        return raw or None
    return str(raw) if type(raw) is int else None
