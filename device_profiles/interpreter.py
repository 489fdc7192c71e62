"""From a message to readings: the one way in for everything that devices send."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, tzinfo
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from device_profiles.announcements import Announcements
from device_profiles.catalogue import Catalogue
from device_profiles.compiler import Compiler
from device_profiles.gateway import GatewayReader
from device_profiles.reader import Bounds, TopicReader
from device_profiles.routing import Gateway, NoRoute, Route, Routes
from device_profiles.sparkplug_host import SparkplugHost
from device_profiles.sparkplug_reader import NO_SPEAKER, SparkplugReader
from device_profiles.sparkplug_topic import NAMESPACE
from device_profiles.sparkplug_topic import filters as sparkplug_filters
from device_profiles.topic import without_covered
from domain.errors import ConfigurationError
from domain.message import Message, Outcome, Rejection, RejectReason
from domain.reading import Millis
from domain.registry import Device, Site

T = TypeVar("T")
Read = Callable[[Message], Outcome]

log = structlog.get_logger()

_REFUSED_TOPICS = 4_096  # how many topics that lead nowhere are remembered
_SPARE_TOPICS = 16_384  # how many readers are kept beyond one per topic of each device

SPARKPLUG = "sparkplug_b"
_LONGEST_KEPT = 512  # characters


class Interpreter:
    """Knows the profiles and the registered devices; make a new one when either changed."""

    def __init__(
        self,
        catalogue: Catalogue,
        devices: Iterable[Device],
        sites: Iterable[Site],
        *,
        max_future: Millis = 300_000,
        max_payload: int = 262_144,
        announcements: Announcements | None = None,
        sparkplug: SparkplugHost | None = None,
    ) -> None:
        """Raises ConfigurationError for a time zone that does not exist.

        `announcements`, `sparkplug`: those of the interpreter this one takes the place of.
        """
        devices = list(devices)
        self._profiles = {name: catalogue.get(name) for name in catalogue.names()}
        self._compiler = Compiler(
            Bounds(max_future=max_future, max_payload=max_payload),
            Announcements() if announcements is None else announcements,
        )
        self._devices = devices
        self._zones = _zones(devices, list(sites))
        self._routes = Routes(self._profiles, devices)
        self._sparkplug = SparkplugReader(sparkplug or SparkplugHost(), self._speaker, self._compiler.bounds)
        self._speakers: dict[str, TopicReader | Outcome] = {}
        self._readers: dict[str, Read] = {}
        self._refused: dict[str, Outcome] = {}
        self._room = _SPARE_TOPICS + 4 * len(devices)
        self._warn_of_doubtful_devices()

    def interpret(self, message: Message) -> Outcome:
        """What the message becomes. Never raises, whatever the bytes and the topic."""
        try:
            read = self._readers.get(message.topic)
            if read is None:
                found = self._find(message.topic)
                if isinstance(found, Outcome):
                    return found
                read = found
            return read(message)
        except Exception as error:
            log.exception("message could not be interpreted", topic=message.topic[:256])
            detail = f"could not be interpreted: {type(error).__name__}"
            return Outcome(None, rejections=[Rejection(RejectReason.BAD_PAYLOAD, detail)])

    def subscriptions(self) -> list[str]:
        """MQTT filters of what wants to discover devices and of every registered device; none covers another."""
        filters = {
            topic.template.filter()
            for profile in self._profiles.values()
            for topic in profile.topics.values()
            if profile.discover and topic.discover
        }
        for device in self._devices:
            if device.profile in self._profiles:
                topics = self._profiles[device.profile].topics.values()
                filters |= {topic.template.with_device(device.topic_name) for topic in topics}
        return without_covered({heard for narrow in filters for heard in sparkplug_filters(narrow)})

    def _warn_of_doubtful_devices(self) -> None:
        """They stop nobody else's readings, but somebody should know."""
        first: dict[tuple[str, str, str], str] = {}
        for device in self._devices:
            if device.profile not in self._profiles:
                log.warning("device without a profile", device=device.id, profile=device.profile)
            other = first.setdefault((device.site, device.profile, device.topic_name), device.id)
            if other != device.id:
                log.warning("two devices with one address", device=device.id, other=other, address=device.topic_name)

    def _find(self, topic: str) -> Read | Outcome:
        """The reader of a topic not seen lately, or why there is none; both remembered, both bounded."""
        refused = self._refused.get(topic)
        if refused is not None:
            return refused
        if topic.startswith(NAMESPACE) and any(profile.speaks(SPARKPLUG) for profile in self._profiles.values()):
            _remember(self._readers, topic, self._sparkplug.read, self._room)
            return self._sparkplug.read
        route = self._routes.resolve(topic)
        if isinstance(route, NoRoute):
            outcome = Outcome(route.device, rejections=[route.rejection])
            _remember(self._refused, topic, outcome, _REFUSED_TOPICS)
            return outcome
        read = (
            self._gateway(route)
            if isinstance(route, Gateway)
            else self._reader(route.device, route.key, route.captured).read
        )
        _remember(self._readers, topic, read, self._room)
        return read

    def _speaker(self, topic: str) -> TopicReader | Outcome:
        """Who speaks on a data topic of Sparkplug's."""
        known = self._speakers.get(topic)
        if known is None:
            route = self._routes.resolve(topic)
            if isinstance(route, Route):
                known = self._reader(route.device, route.key, route.captured)
            else:
                refused = route if isinstance(route, NoRoute) else NO_SPEAKER
                known = Outcome(refused.device, rejections=[refused.rejection])
            _remember(self._speakers, topic, known, self._room)
        return known

    def _reader(self, device: Device, key: str, captured: Mapping[str, str]) -> TopicReader:
        profile = self._profiles[device.profile]
        return self._compiler.reader(profile, key, captured, device, self._zones[device.id])

    def _gateway(self, route: Gateway) -> Read:
        """The profile that opens the payload: the first that a device uses, else the first there is."""
        used = {device.profile for device in self._devices}
        name = next((name for name in route.speakers if name in used), next(iter(route.speakers)))
        profile = self._profiles[name]
        shape = self._compiler.shape(profile, route.speakers[name], (), UTC, route.captured)
        reader = GatewayReader(route, profile, shape, self._routes, self._reader)
        return partial(reader.read, bounds=self._compiler.bounds)


def _remember(known: dict[str, T], topic: str, found: T, room: int) -> None:
    """Keep the newest; the oldest goes when there is no room. A topic of unusual length is not worth the memory."""
    if len(topic) > _LONGEST_KEPT:
        return
    while len(known) >= room:
        del known[next(iter(known))]
    known[topic] = found


def _zones(devices: list[Device], sites: list[Site]) -> dict[str, tzinfo]:
    """The zone of each device's local times: its own, or that of its site."""
    of_site = {site.id: site.timezone for site in sites}
    return {device.id: _zone(device.timezone or of_site.get(device.site, "UTC"), device.id) for device in devices}


def _zone(name: str, device: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigurationError.one(
            "registry", f"devices.{device}.timezone", f"unknown time zone {name!r}"
        ) from None
