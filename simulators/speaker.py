"""A device of any built-in profile that says plausible values: for rehearsing a device before it is bought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from device_profiles.profile import Profile
from domain.metrics import MetricInfo, MetricKind, ProfileInfo
from domain.reading import Millis
from simulators.dialect import Dialect
from simulators.fault import Fault, Outgoing
from simulators.local_time import HOUR, MINUTE
from simulators.randomness import key, noise

_ORDINARY: Final = {  # unit: value at which such a metric usually stands
    "pH": 7.2, "Cel": 29.0, "mg/L": 30.0, "m3/h": 1.8, "L/h": 3.5, "%": 60.0, "V": 225.0, "A": 2.4, "W": 540.0,
    "kW": 0.54, "Hz": 50.0, "uS/cm": 850.0, "mV": 180.0, "NTU": 12.0, "bar": 2.5, "1": 0.9,
}  # fmt: skip
_SWING: Final = 0.03  # share of the value by which a gauge swings in half an hour
_PER_HOUR: Final = 120.0  # of a counter without a unit


def values_at(info: ProfileInfo, seed: int, time: Millis) -> dict[str, float]:
    """A value for every metric of a profile: a function of seed and time, within what the profile calls possible."""
    return {metric.metric: _value(metric, key(seed, metric.metric), time) for metric in info.metrics}


def _value(metric: MetricInfo, seed: int, time: Millis) -> float:
    if metric.kind is MetricKind.STATE:
        return 1.0 if metric.metric == "online" or (time // (20 * MINUTE) + seed) % 3 else 0.0
    if metric.kind is MetricKind.COUNTER:
        hours = time / HOUR % 8_760.0
        return _possible(metric, hours * (_PER_HOUR if metric.unit == "1" else 1.0))
    ordinary = _ORDINARY.get(metric.unit, 10.0)
    wave = float(np.sin(2 * np.pi * time / HOUR)) + 0.2 * float(noise(seed, np.array([time]))[0])
    return _possible(metric, ordinary * (1.0 + _SWING * wave))


def _possible(metric: MetricInfo, value: float) -> float:
    """Brought into the profile's range, to its resolution."""
    if metric.high is not None and value > metric.high:
        value = metric.high - 0.3 * (metric.high - (metric.low or 0.0))
    if metric.low is not None and value < metric.low:
        value = metric.low + 0.3 * ((metric.high if metric.high is not None else metric.low + 10) - metric.low)
    return round(value, metric.decimals)


class Speaker:
    """A device of a profile, as a source of messages."""

    def __init__(self, profile: Profile, address: str, site: str, seed: int) -> None:
        self._info, self._dialect, self._seed = profile.info(), Dialect(profile, address, site), seed

    def live(self, now: Millis) -> Speaker:
        """It has no past."""
        return self

    def statuses(self, word: str) -> Iterator[Outgoing]:
        """Where its dialect has a status, it is among its messages."""
        return iter(())

    def faults(self, start: Millis, stop: Millis) -> Sequence[Fault]:
        """It is always well."""
        return ()

    def messages(self, start: Millis, stop: Millis, step: Millis) -> Iterator[Outgoing]:
        """Everything it says from `start` until before `stop`."""
        for time in range(start, stop, step):
            yield from self._dialect.messages(values_at(self._info, self._seed, time), time)
