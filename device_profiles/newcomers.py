"""Devices that speak and nobody registered: gathered from the dead letters, with the profiles that fit them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from device_profiles.catalogue import Catalogue
from device_profiles.gateway import named_in
from device_profiles.profile import Profile
from device_profiles.sparkplug_topic import data_topic
from device_profiles.suggest import Fit, suggest
from device_profiles.trial import HOME_ZONE, address_of, matcher
from domain.errors import Conflict, Invalid, NotFound
from domain.message import DeadLetter, Message, RejectReason, UnreadTopic
from domain.newcomer import Proposal, UnknownDevice, Welcome
from domain.ports import DeadLetterBox, Registry, Replayer
from domain.reading import Millis
from domain.registry import Device, Installation

UNKNOWN = (RejectReason.UNKNOWN_DEVICE.value, RejectReason.UNKNOWN_TOPIC.value)
MOST_TOPICS = 500
MOST_SAMPLES = 20  # topics of one device on which profiles are tried
MOST_PROPOSALS = 8


class NewcomerDesk:
    """Implements `domain.ports.Newcomers`. `catalogue` gives the profiles as they are now."""

    def __init__(
        self, registry: Registry, letters: DeadLetterBox, replayer: Replayer, catalogue: Callable[[], Catalogue]
    ) -> None:
        self._registry = registry
        self._letters = letters
        self._replayer = replayer
        self._catalogue = catalogue

    def unknown(self, limit: int) -> list[UnknownDevice]:
        """Those heard last first. A topic that leads to a registered device by now is left out."""
        catalogue = self._catalogue()
        devices = self._registry.installation().devices
        groups: dict[str, list[UnreadTopic]] = {}
        for unread in self._letters.unread_topics(UNKNOWN, MOST_TOPICS):
            if not any(_leads_to(catalogue, device, unread.last) for device in devices):
                groups.setdefault(_name_of(catalogue, unread.last), []).append(unread)
        return [_unknown(catalogue, name, heard) for name, heard in list(groups.items())[:limit]]

    def register(self, device: Device, who: str, now: Millis) -> Welcome:
        """Add the device (the registry writes the audit log), then read what it sent before."""
        catalogue = self._catalogue()
        self._refuse_taken(device)
        try:
            profile = catalogue.get(device.profile)
        except NotFound as error:
            raise Invalid(str(error), "profile") from None
        self._registry.apply(Installation(devices=(device,)), who, now)
        heard = self._letters.unread_topics(UNKNOWN, MOST_TOPICS)
        topics = [unread.topic for unread in heard if speaks_on(profile, device, unread.last)]
        replayed, refused = self._replayer.replay(None, None, topics) if topics else (0, 0)
        return Welcome(device, replayed, refused)

    def catch_up(self) -> tuple[int, int]:
        """For letters that came while a registration was on its way to the collector."""
        catalogue, devices = self._catalogue(), self._registry.installation().devices
        heard = self._letters.unread_topics(UNKNOWN, MOST_TOPICS)
        topics = [one.topic for one in heard if any(_leads_to(catalogue, device, one.last) for device in devices)]
        return self._replayer.replay(None, None, topics) if topics else (0, 0)

    def _refuse_taken(self, device: Device) -> None:
        for other in self._registry.installation().devices:
            if other.id == device.id:
                raise Conflict(f"there is a device {device.id} already", "registered")
            if (other.site, other.profile, other.topic_name) == (device.site, device.profile, device.topic_name):
                raise Conflict(f"{other.id} has the address {device.topic_name} already", "registered")


def draft_command(topic: str) -> str:
    """The command that drafts a profile for a topic, safe to paste into a shell whatever a stranger called it."""
    shown = shlex.quote(topic) if topic.isprintable() else "TOPIC"
    return f"pantau profile new --topic {shown} --payload message.json --output my-device.toml"


def speaks_on(profile: Profile, device: Device, letter: DeadLetter) -> bool:
    """Whether a letter is of this device, by a profile: its topic names the device, or its payload does."""
    levels = device.topic_name.count("/") + 1
    for key, spoken in profile.topics.items():
        found = matcher(spoken.template, levels).fullmatch(data_topic(letter.topic))
        if found is not None:
            captured = found.groupdict()
            names = [captured["device"]] if "device" in captured else named_in(profile, key, letter.payload)
            if device.topic_name in names:
                return captured.get("site", device.site) == device.site
    return False


def _leads_to(catalogue: Catalogue, device: Device, letter: DeadLetter) -> bool:
    if device.profile not in catalogue.names():
        return False
    profile = catalogue.get(device.profile)
    # looked for in the text first: most devices have nothing to do with most letters
    if device.topic_name in letter.topic:
        return speaks_on(profile, device, letter)
    return (
        _names_in_payloads(profile)
        and device.topic_name.encode() in letter.payload
        and speaks_on(profile, device, letter)
    )


def _names_in_payloads(profile: Profile) -> bool:
    """Whether a topic of the profile is a gateway's, so that payloads (which may be large) have to be searched."""
    return any(topic.device is not None for topic in profile.topics.values())


def _name_of(catalogue: Catalogue, letter: DeadLetter) -> str:
    """What the device is called on the broker: by the template with the most fixed levels; else the topic."""
    addresses = (address_of(catalogue.get(name), letter.topic, letter.payload) for name in catalogue.names())
    best = max((found for found in addresses if found), key=lambda one: (one.literal, -len(one.device)), default=None)
    return best.device if best else letter.topic


def _unknown(catalogue: Catalogue, name: str, heard: Sequence[UnreadTopic]) -> UnknownDevice:
    letters = [unread.last for unread in heard[:MOST_SAMPLES]]
    samples = [Message(one.topic, one.payload, one.received_at, one.retained) for one in reversed(letters)]
    fits = [fit for fit in suggest(catalogue, samples, HOME_ZONE) if fit.reads]
    return UnknownDevice(
        address=name,
        topics=[unread.topic for unread in heard],
        count=sum(unread.count for unread in heard),
        first_at=min(unread.first_at for unread in heard),
        last=heard[0].last,
        proposals=[_proposal(fit) for fit in fits[:MOST_PROPOSALS]],
    )


def _proposal(fit: Fit) -> Proposal:
    return Proposal(
        profile=fit.profile,
        address=fit.address.device,
        site=fit.address.site,
        read=fit.read,
        readings=[reading for outcome in fit.outcomes for reading in outcome.readings],
        rejections=[refused for outcome in fit.outcomes for refused in outcome.rejections],
    )
