"""From a topic to the device that speaks on it. One dictionary look-up where the topic was seen before."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from device_profiles.profile import Profile
from device_profiles.topic import Template
from domain.message import Rejection, RejectReason
from domain.registry import Device


@dataclass(frozen=True)
class Speaker:
    """One topic of one profile: `key` is its name in the profile."""

    profile: str
    key: str


@dataclass(frozen=True)
class Route:
    """Where a topic leads: the device, the topic of its profile, and what stood for the placeholders."""

    device: Device
    key: str
    captured: Mapping[str, str]


@dataclass(frozen=True)
class Gateway:
    """A topic on which many devices speak: each is named in the payload. `speakers`: profile and key of its topic."""

    speakers: Mapping[str, str]
    captured: Mapping[str, str]


@dataclass(frozen=True)
class NoRoute:
    """Why a topic leads nowhere. `device`: the registered device of a wrong profile."""

    rejection: Rejection
    device: str | None = None


class Routes:
    """Resolves topics. Costs one pattern per distinct template and never grows with the devices."""

    def __init__(self, profiles: Mapping[str, Profile], devices: Iterable[Device]) -> None:
        self._devices: dict[str, list[Device]] = defaultdict(list)
        used: set[str] = set()
        for device in devices:
            self._devices[device.topic_name].append(device)
            used.add(device.profile)
        levels = {address.count("/") + 1 for address in self._devices} | {1}
        speakers: dict[Template, list[Speaker]] = defaultdict(list)
        for name, profile in profiles.items():
            if not profile.discover and name not in used:
                continue  # its topics are so wide that they would claim everybody's
            for key, topic in profile.topics.items():
                speakers[topic.template].append(Speaker(name, key))
        ordered = sorted(speakers.items(), key=lambda pair: -pair[0].literal_levels)
        self._patterns: list[tuple[re.Pattern[str], dict[str, str]]] = [
            (template.matcher(count), {speaker.profile: speaker.key for speaker in reversed(spoken)})
            for template, spoken in ordered
            for count in sorted(levels)
        ]

    def resolve(self, topic: str) -> Route | Gateway | NoRoute:
        """The device and its topic, or the best reason why there is none."""
        refusal: NoRoute | None = None
        for pattern, speakers in self._patterns:
            found = pattern.fullmatch(topic)
            if found is None:
                continue
            captured = found.groupdict()
            if "device" not in captured:
                return Gateway(speakers, captured)
            device = self.device(captured["device"], captured, speakers)
            if device is not None and device.profile in speakers:
                return Route(device, speakers[device.profile], captured)
            if device is not None:
                refusal = wrong_profile(device)
            elif refusal is None:
                refusal = unknown_device(captured["device"])
        return refusal or NoRoute(Rejection(RejectReason.UNKNOWN_TOPIC, "no profile speaks on this topic"))

    def device(self, address: str, captured: Mapping[str, str], speakers: Collection[str]) -> Device | None:
        """The device of an address (and site), before all one whose profile speaks here."""
        site = captured.get("site")
        named = [d for d in self._devices.get(address, ()) if site is None or d.site == site]
        return next((d for d in named if d.profile in speakers), named[0] if named else None)


def wrong_profile(device: Device) -> NoRoute:
    detail = f"{device.id} has the profile {device.profile!r}, which does not speak on this topic"
    return NoRoute(Rejection(RejectReason.WRONG_PROFILE, detail), device.id)


def unknown_device(address: str) -> NoRoute:
    return NoRoute(Rejection(RejectReason.UNKNOWN_DEVICE, f"no device {address[:64]!r} is registered here"))
