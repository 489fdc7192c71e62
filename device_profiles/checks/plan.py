"""Which checks one metric gets, out of its profile: plain numbers in milliseconds and in the metric's unit."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from device_profiles.profile import Profile
from device_profiles.profile_metric import Metric
from domain.reading import Millis

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

DEFAULT_SPACING: Final[Millis] = 60_000  # where the profile does not say how often the device speaks


class SpikePlan(Struct, frozen=True):
    """See `device_profiles.checks.config.SpikeConfig`."""

    k: float
    half: int
    floor: float
    longest: int


class Plan(Struct, frozen=True):
    """The checks of one metric. `spacing` is the longest time between two readings that still belong together
    (interval plus grace); `gap` is the same where the profile declares it, None where silence means nothing.
    """

    spacing: Millis = DEFAULT_SPACING
    gap: Millis | None = None
    max_same: Millis | None = None
    max_rate: float | None = None
    decimals: int = 9
    spike: SpikePlan | None = None

    @property
    def context(self) -> Millis:
        """How far in time a new reading can change the verdict on another one, at most."""
        reach = self.spacing
        if self.max_same is not None:
            reach = max(reach, self.max_same + self.spacing)
        if self.spike is not None:
            reach = max(reach, (self.spike.half + self.spike.longest + 2) * self.spacing)
        return reach

    @property
    def judges_values(self) -> bool:
        """Whether any check looks at the values."""
        return self.max_same is not None or self.max_rate is not None or self.spike is not None


def plan_of(profile: Profile, name: str) -> Plan:
    """The plan of one metric of a profile."""
    metric, info = profile.metrics[name], next(one for one in profile.info().metrics if one.metric == name)
    expected = round((info.interval + (info.grace or 0.0)) * 1000) if info.interval else None
    return Plan(
        spacing=expected or DEFAULT_SPACING,
        gap=expected,
        max_same=None if metric.max_same is None else round(metric.max_same * 1000),
        max_rate=metric.max_rate,
        decimals=metric.decimals,
        spike=_spike(metric),
    )


def _spike(metric: Metric) -> SpikePlan | None:
    asked = metric.spike
    if asked is None:
        return None
    floor = asked.floor if asked.floor is not None else 10.0 * 10.0**-metric.decimals
    return SpikePlan(asked.k, asked.window // 2, floor, asked.longest)
