"""What the demo's devices said before the demo began."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from domain.reading import Millis
from simulators.ensemble import Fleet
from simulators.fault import Outgoing
from simulators.randomness import Times, Values
from simulators.scenario import demo_fleet


def history(seed: int, start: Millis, stop: Millis, step: Millis) -> Iterator[Outgoing]:
    """The telemetry of the demo fleet from `start` until before `stop`, one message per device and step."""
    return demo_fleet(seed).messages(start, stop, step)


def history_columns(
    seed: int, start: Millis, stop: Millis, step: Millis
) -> dict[tuple[str, str], tuple[Times, Values]]:
    """The same as arrays: (device, metric) to its times (ms, int64) and values (float64)."""
    return columns_of(demo_fleet(seed), start, stop, step)


def columns_of(
    fleet: Fleet, start: Millis, stop: Millis, step: Millis
) -> dict[tuple[str, str], tuple[Times, Values]]:
    """What a fleet says, as arrays; metrics of one device share their array of times."""
    blocks = list(fleet.blocks(start, stop, step))
    columns: dict[tuple[str, str], tuple[Times, Values]] = {}
    for device in fleet.devices:
        times = np.concatenate([block[device][0] for block in blocks])
        for metric in blocks[0][device][1]:
            values = np.concatenate([block[device][1][metric] for block in blocks])
            columns[device, metric] = (times, values)
    return columns
