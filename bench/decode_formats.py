"""What decoding alone costs in each format: five values in one message. Run `python -m bench.decode_formats`."""

from __future__ import annotations

import statistics
import time

import cbor2
import msgspec

from device_profiles.formats import FORMATS
from device_profiles.sparkplug_pb2 import Payload

VALUES = {"ph": 7.21, "temperature": 29.4, "tss": 38.5, "cod": 121.7, "nh3n": 2.64}
ROUNDS, MESSAGES = 7, 5_000


def payloads() -> dict[str, bytes]:
    """The same five values in each format."""
    metrics = [Payload.Metric(name=name.encode(), datatype=10, double_value=v) for name, v in VALUES.items()]
    records = [{"n": name, "v": value} for name, value in VALUES.items()]
    return {
        "json": msgspec.json.encode(VALUES),
        "line": ("m " + ",".join(f"{name}={value}" for name, value in VALUES.items())).encode(),
        "cbor": cbor2.dumps(VALUES),
        "senml": msgspec.json.encode(records),
        "sparkplug_b": Payload(metrics=metrics, seq=1, timestamp=1).SerializeToString(),
    }


def measure() -> dict[str, float]:
    """CPU microseconds per message, median of the rounds, by format."""
    found = {}
    for name, payload in payloads().items():
        decode, rounds = FORMATS[name].decode, []
        for _ in range(ROUNDS):
            started = time.process_time_ns()
            for _ in range(MESSAGES):
                decode(payload)
            rounds.append((time.process_time_ns() - started) / 1000 / MESSAGES)
        found[name] = statistics.median(rounds)
    return found


if __name__ == "__main__":
    for name, cost in measure().items():
        print(f"{name}: {cost:.1f} us")
