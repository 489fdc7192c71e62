"""Stuck: the same value for longer than a living sensor shows it.

QARTOD's flat line test (IOOS Manual for Real-Time Quality Control of Water Quality Data, test "Flat Line"), with the
bound in time instead of in readings, and with the whole run marked instead of its end only.
"""

from __future__ import annotations

import numpy as np

from device_profiles.checks.plan import Marks, Times, Values
from domain.reading import Millis


def stuck(times: Times, values: Values, max_same: Millis, spacing: Millis, decimals: int) -> Marks:
    """The readings of runs of equal values, `decimals` digits counting, that last `max_same` ms or longer.

    `times` ascend. A silence longer than `spacing` ms ends a run: nobody saw the value stand.
    """
    if not len(times):
        return np.zeros(0, dtype=np.bool_)
    shown = np.round(values, decimals)
    starts = np.flatnonzero(np.append(True, (shown[1:] != shown[:-1]) | (np.diff(times) > spacing)))
    ends = np.append(starts[1:], len(times)) - 1
    return np.repeat(times[ends] - times[starts] >= max_same, ends - starts + 1)
