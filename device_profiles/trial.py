"""What messages would become with one profile: their device is taken from the topic, nothing is registered.

The messages go in order through one interpreter, so formats that learn from earlier messages (birth certificates,
tables of ids) see them as the collector would.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct, structs

from device_profiles.catalogue import Catalogue
from device_profiles.gateway import named_in
from device_profiles.interpreter import Interpreter
from device_profiles.profile import Profile
from device_profiles.sparkplug_topic import data_topic
from device_profiles.topic import Template
from domain.message import Message, Outcome
from domain.registry import Device, Site, SiteKind
from domain.text import Text

HOME_ZONE = "Asia/Jakarta"
_MAX_LEVELS = 32  # of a topic; more is no device's address


class Address(Struct, frozen=True):
    """A device as its topic names it. `literal`: how many levels of the template are fixed."""

    device: str
    site: str | None
    topic: str  # key of the topic in the profile
    literal: int


def address_of(profile: Profile, topic: str, payload: bytes = b"") -> Address | None:
    """The device that speaks on a topic, if the profile speaks there: most fixed levels first, then the shortest.

    Where devices are named in the payload, the first of them.
    """
    return next(iter(addresses_of(profile, topic, payload)), None)


def addresses_of(profile: Profile, topic: str, payload: bytes) -> list[Address]:
    """All devices that speak in a message; more than one only where they are named in the payload."""
    topic = data_topic(topic)
    levels = topic.count("/") + 1
    spoken = sorted(profile.topics.items(), key=lambda pair: -pair[1].template.literal_levels)
    for key, said in spoken:
        count = levels - said.template.text.count("/")  # what is left for the device
        if not 1 <= count <= _MAX_LEVELS:
            continue
        found = matcher(said.template, count).fullmatch(topic)
        if found is not None:
            captured = found.groupdict()
            names = [captured["device"]] if "device" in captured else named_in(profile, key, payload) or ["?"]
            return [Address(name, captured.get("site"), key, said.template.literal_levels) for name in names]
    return []


@lru_cache(maxsize=8_192)
def matcher(template: Template, device_levels: int) -> re.Pattern[str]:
    """`Template.matcher`, remembered: many topics are held against the same few templates."""
    return template.matcher(device_levels)


def stand_in(profile: Profile, address: Address, zone: str) -> tuple[Device, Site]:
    """A device and a site that exist for the trial only; their names are those of the topic, whatever they are."""
    name = Text(id=address.device, en=address.device)
    site = Site.model_construct(
        id=address.site or "trial", name=name, kind=SiteKind.IPAL, timezone=zone, training=True, stages=()
    )
    device = Device.model_construct(
        id=address.device, site=site.id, stage="", profile=profile.name, name=name, address=address.device
    )
    return device, site


def interpreter_for(profile: Profile, messages: Iterable[Message], zone: str = HOME_ZONE) -> Interpreter:
    """An interpreter that knows this profile and a stand-in for every device that speaks."""
    addresses = {found for sent in messages for found in addresses_of(profile, sent.topic, sent.payload)}
    chosen = {(found.site, found.device): found for found in addresses}
    pairs = [stand_in(profile, found, zone) for found in chosen.values()]
    sites = {site.id: site for _, site in pairs}
    return Interpreter(Catalogue({profile.name: profile}), [device for device, _ in pairs], sites.values())


def try_profile(profile: Profile, messages: Sequence[Message], zone: str = HOME_ZONE) -> list[Outcome]:
    """The outcome of each message, in order. Raises ConfigurationError for a zone that does not exist.

    Only what was retained is stale: names that were announced make no reading, and nothing is wrong with them.
    """
    interpreter = interpreter_for(profile, messages, zone)
    outcomes = [(message, interpreter.interpret(message)) for message in messages]
    return [structs.replace(outcome, stale=outcome.stale and message.retained) for message, outcome in outcomes]
