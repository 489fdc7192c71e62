"""Spike: one or two readings far from all their neighbours, before and after.

QARTOD's spike test with the robust z of Iglewicz and Hoaglin (1993): the distance from the median, in units of
1.4826 x the median absolute deviation (MAD), which estimates the standard deviation of normal noise and is not moved
by the spike itself. The window is centred: a step or a ramp, which has company on one side, is the water's doing and
no spike. A reading without a full window on both sides, or with a silence in it, is not judged.
"""

from __future__ import annotations

import numpy as np

from device_profiles.checks.plan import Marks, SpikePlan, Times, Values
from domain.reading import Millis

NORMAL_MAD = 1.4826  # 1 / the third quartile of the normal distribution
SLICE = 4_096  # windows at a time


def spikes(times: Times, values: Values, plan: SpikePlan, spacing: Millis) -> Marks:
    """The readings farther than k robust deviations, and than the floor, from the median of their neighbours.

    Runs of more than `plan.longest` such readings are an event, not a spike, and stay unmarked.
    """
    count, half = len(times), plan.half
    far = np.zeros(count, dtype=np.bool_)
    if count <= 2 * half:
        return far
    silences = np.concatenate(([0], np.cumsum(np.diff(times) > spacing)))
    unbroken = silences[2 * half :] == silences[: count - 2 * half]
    far[half : count - half] = unbroken & _beyond(values, plan)
    return _short(far, plan.longest)


def _beyond(values: Values, plan: SpikePlan) -> Marks:
    windows = np.lib.stride_tricks.sliding_window_view(values, 2 * plan.half + 1)
    found = np.zeros(len(windows), dtype=np.bool_)
    for start in range(0, len(windows), SLICE):
        part = windows[start : start + SLICE]
        others = np.delete(part, plan.half, axis=1)
        median = np.median(others, axis=1)
        spread = NORMAL_MAD * np.median(np.abs(others - median[:, None]), axis=1)
        distance = np.abs(part[:, plan.half] - median)
        found[start : start + SLICE] = (distance > plan.k * spread) & (distance > plan.floor)
    return found


def _short(far: Marks, longest: int) -> Marks:
    """Without the runs of more than `longest`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], far.astype(np.int8), [0]))))
    kept = far.copy()
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start > longest:
            kept[start:stop] = False
    return kept
