"""What a message costs to decode and judge, beside a bare msgspec decode of the same bytes.

Run `python -m bench.decode`. Interleaved rounds in one process; the figure is the median of the rounds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import msgspec

from device_profiles.catalogue import Catalogue
from device_profiles.interpreter import Interpreter
from domain.message import Message
from domain.registry import Device, Site, SiteKind
from domain.text import Text

ROUNDS = 9
MESSAGES = 20_000
NOW = 1_795_242_600_500  # 2026-11-21T06:30:00.500Z
HOUSE = b'{"time":"2026-11-21T06:30:00Z","ph":7.21,"temperature":29.4,"tss":38.5,"cod":121.7,"nh3n":2.64}'
_NAME = Text(id="outlet", en="outlet")


def interpreter(devices: int) -> tuple[Interpreter, list[str]]:
    """An interpreter that knows so many IPAL outlets, and their telemetry topics."""
    site = Site(id="batik", name=_NAME, kind=SiteKind.IPAL)
    cast = [
        Device(id=f"outlet-{n}", site="batik", stage="outlet", profile="house-ipal-outlet", name=_NAME)
        for n in range(devices)
    ]
    topics = [f"pantau/batik/{device.id}/telemetry" for device in cast]
    return Interpreter(Catalogue.load(), cast, [site]), topics


def _cpu_us(work: Callable[[], None], count: int) -> float:
    """CPU microseconds per message of one round."""
    started = time.process_time_ns()
    work()
    return (time.process_time_ns() - started) / 1000 / count


def measure(devices: int = 1_000, rounds: int = ROUNDS, count: int = MESSAGES) -> dict[str, float]:
    """`house_us` (decode and judge of a five-metric house message), `bare_us` (msgspec alone), `ratio`."""
    judged, topics = interpreter(devices)
    messages = [Message(topics[n % devices], HOUSE, NOW) for n in range(count)]
    interpret, bare = judged.interpret, msgspec.json.Decoder().decode

    def house() -> None:
        for message in messages:
            interpret(message)

    def decode() -> None:
        for message in messages:
            bare(message.payload)

    outcome = interpret(messages[0])
    assert len(outcome.readings) == 5, outcome
    assert all(reading.quality == 1 for reading in outcome.readings), outcome
    house()
    pairs = [(_cpu_us(decode, count), _cpu_us(house, count)) for _ in range(rounds)]
    return {
        "bare_us": statistics.median(bare_us for bare_us, _ in pairs),
        "house_us": statistics.median(house_us for _, house_us in pairs),
        "ratio": statistics.median(house_us / bare_us for bare_us, house_us in pairs),
    }


if __name__ == "__main__":
    for figure, value in measure().items():
        print(f"{figure}: {value:.2f}")
