"""Whose letters unknown ones are: what is looked at, and what is not."""

from __future__ import annotations

from collections.abc import Sequence

from device_profiles.catalogue import Catalogue
from device_profiles.newcomers import NewcomerDesk
from domain.message import DeadLetter, UnreadTopic
from domain.registry import Device, Installation
from domain.text import Text

NAME = Text(id="uji", en="test")


class Payload(bytes):
    """Counts how often it was searched."""

    searches = 0

    def __contains__(self, part: object) -> bool:
        Payload.searches += 1
        return super().__contains__(part)  # type: ignore[operator]


class Letters:
    """One topic that nobody registered."""

    def __init__(self, topic: str, payload: bytes) -> None:
        self._letter = DeadLetter(topic, payload, 1_750_000_000_000, "unknown_device", "nobody")

    def unread_topics(self, reasons: Sequence[str], limit: int) -> list[UnreadTopic]:
        return [UnreadTopic(1, self._letter.received_at, self._letter)]


class Devices:
    """A registry of 100 devices of one profile."""

    def __init__(self, profile: str) -> None:
        self._devices = tuple(
            Device(id=f"device-{number}", site="batik", stage="outlet", profile=profile, name=NAME)
            for number in range(100)
        )

    def installation(self) -> Installation:
        return Installation(devices=self._devices)


def searched(profile: str, topic: str) -> int:
    """How often the payload was searched for a device's name."""
    Payload.searches = 0
    letters = Letters(topic, Payload(b'{"ph": 7.2}'))
    catalogue = Catalogue.load()
    desk = NewcomerDesk(Devices(profile), letters, None, lambda: catalogue)  # type: ignore[arg-type]
    desk.unknown(1)
    return Payload.searches


def test_payloads_are_not_searched_for_devices_that_topics_name() -> None:
    assert searched("house-ipal-outlet", "pantau/batik/new/telemetry") == 0


def test_payloads_of_gateways_are_searched_for_their_devices() -> None:
    assert searched("thingsboard-gateway", "v1/gateway/telemetry") == 100
