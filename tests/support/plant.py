"""A small plant for proofs: outlets that publish a known set of readings, and the set itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping

from domain.registry import Device, Installation, Site, SiteKind, Stage
from domain.text import Text
from support.publishing import publishing

SECOND = 1_000
METRICS = ("ph", "temperature")


def named(name: str) -> Text:
    """The same name in both languages."""
    return Text(id=name, en=name)


def outlets(count: int) -> Installation:
    """One IPAL with so many outlets of the house profile."""
    stage = Stage(id="outlet", name=named("Outlet"))
    site = Site(id="batik", name=named("Batik"), kind=SiteKind.IPAL, stages=(stage,))
    devices = tuple(
        Device(id=f"outlet-{n}", site="batik", stage="outlet", profile="house-ipal-outlet", name=named(f"Outlet {n}"))
        for n in range(count)
    )
    return Installation(sites=(site,), devices=devices)


class Stream:
    """`messages` messages of `devices` outlets, one a second each, ending now; every one different."""

    def __init__(self, devices: int, messages: int, now: int) -> None:
        self.devices, self.messages = devices, messages
        self.start = (now // SECOND - messages // devices) * SECOND

    def payloads(self) -> Iterator[tuple[str, bytes]]:
        """Topic and payload of every message."""
        for number in range(self.messages):
            device, second = number % self.devices, number // self.devices
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.start // SECOND + second))
            ph, temperature = self.values(second)
            payload = f'{{"time":"{at}","ph":{ph},"temperature":{temperature}}}'
            yield f"pantau/batik/outlet-{device}/telemetry", payload.encode()

    @staticmethod
    def values(second: int) -> tuple[float, float]:
        """pH and temperature of one second."""
        return 6 + second % 300 / 100, 25 + second % 100 / 10

    def expected(self) -> Mapping[int, tuple[float, float]]:
        """Time → (pH, temperature): the same for every outlet."""
        return {self.start + s * SECOND: self.values(s) for s in range(self.messages // self.devices)}


class BackgroundPublisher:
    """Publishes a stream from a thread at a bounded rate, through whatever happens to the broker."""

    def __init__(self, stream: Stream, port: int, rate: int) -> None:
        self._stream, self._port, self._rate = stream, port, rate
        self.acknowledged = 0
        self._thread = threading.Thread(target=self._publish)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, within: float) -> None:
        """Wait until the broker acknowledged everything."""
        self._thread.join(within)
        assert not self._thread.is_alive(), f"only {self.acknowledged} messages acknowledged within {within} s"

    def _publish(self) -> None:
        with publishing(self._port, "proof-publisher") as client:
            client.on_publish = self._count
            begun = time.monotonic()
            for number, (topic, payload) in enumerate(self._stream.payloads()):
                client.publish(topic, payload, qos=1)
                ahead = number / self._rate - (time.monotonic() - begun)
                if ahead > 0.02:
                    time.sleep(ahead)
            while self.acknowledged < self._stream.messages:
                time.sleep(0.02)

    def _count(self, *_: object) -> None:
        self.acknowledged += 1
