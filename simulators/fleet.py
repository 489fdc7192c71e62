"""Load: thousands of house devices over a few connections, at a fixed rate, counted to the last message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from threading import Event
from typing import Final

import tomli_w

from domain.reading import Millis
from simulators.publisher import Publisher

SITE: Final = "beban"
STAGE: Final = "beban"
PROFILE: Final = "house-ipal-outlet"
METRICS: Final = ("ph", "temperature", "tss", "cod", "nh3n")

_BODIES: Final = 997  # different sets of values; a prime, so that a device does not repeat one soon


@dataclass(frozen=True, slots=True)
class Load:
    """How much: `rate` messages per second of each device, until `seconds` or `messages` are reached."""

    devices: int
    rate: float = 1.0
    seconds: float | None = None
    messages: int | None = None
    seed: int = 1
    paced: bool = True  # False: as fast as the broker acknowledges

    def total(self) -> int | None:
        """Messages to send; None without end."""
        by_time = None if self.seconds is None else int(self.seconds * self.rate * self.devices)
        bounds = [bound for bound in (by_time, self.messages) if bound is not None]
        return min(bounds) if bounds else None


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What was sent and what the broker took, and in how many seconds."""

    published: int
    acknowledged: int
    seconds: float


def device_name(number: int) -> str:
    """The id of a device of the load, from 1."""
    return f"beban-{number:05d}"


def installation(devices: int) -> str:
    """TOML in the form `pantau apply` reads, which registers the devices of a load."""
    named = {"id": "Uji beban", "en": "Load test"}
    site = {"id": SITE, "name": named, "kind": "ipal", "training": True, "stages": [{"id": STAGE, "name": named}]}
    entries = [
        {"id": name, "site": SITE, "stage": STAGE, "profile": PROFILE, "name": {"id": name, "en": name}}
        for name in (device_name(number) for number in range(1, devices + 1))
    ]
    return tomli_w.dumps({"sites": [site], "devices": entries})


def messages(load: Load, start: Millis) -> Iterator[tuple[Millis, str, bytes]]:
    """Time, topic and payload in order of time, spread evenly; every device's times are its own and distinct."""
    topics = [f"pantau/{SITE}/{device_name(number)}/telemetry" for number in range(1, load.devices + 1)]
    bodies, spacing, total = _bodies(load.seed), 1000.0 / (load.rate * load.devices), load.total()
    second, stamp, number = -1, b"", 0
    while total is None or number < total:
        time = start + int(number * spacing)
        if time // 1000 != second:
            second = time // 1000
            stamp = datetime.fromtimestamp(second, UTC).strftime('{"time":"%Y-%m-%dT%H:%M:%S.').encode()
        yield time, topics[number % load.devices], b"%b%03d%b" % (stamp, time % 1000, bodies[number % _BODIES])
        number += 1


def _bodies(seed: int) -> list[bytes]:
    """The part of the payload after its time."""
    random = Random(f"{seed}/load")
    form = 'Z","ph":%.2f,"temperature":%.1f,"tss":%.1f,"cod":%.1f,"nh3n":%.2f}'
    ranges = ((6.5, 8.5), (26, 32), (15, 45), (60, 140), (0.5, 7))
    return [(form % tuple(random.uniform(low, high) for low, high in ranges)).encode() for _ in range(_BODIES)]


def drive(load: Load, publishers: Sequence[Publisher], clock: Callable[[], Millis], stop: Event) -> LoadReport:
    """Send the load over started publishers (device n always over the same one) and wait for acknowledgements.

    Blocks. Raises `Unavailable` when the broker acknowledges nothing for 30 s.
    """
    begin, before = clock(), [publisher.published for publisher in publishers]
    taken_before, count = [publisher.acknowledged for publisher in publishers], len(publishers)
    due = begin
    for number, (time, topic, payload) in enumerate(messages(load, begin)):
        if load.paced and time > due:
            due = clock()
            if time > due and stop.wait((time - due) / 1000):
                break
        elif stop.is_set():
            break
        publishers[number % load.devices % count].publish(topic, payload)
    for publisher in publishers:
        publisher.wait_for_acknowledged(30.0)
    published = sum(publisher.published for publisher in publishers) - sum(before)
    acknowledged = sum(publisher.acknowledged for publisher in publishers) - sum(taken_before)
    return LoadReport(published, acknowledged, (clock() - begin) / 1000)
