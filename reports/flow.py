"""Volumes from a flow: the integral over good readings, with the share of the time it rests on."""

from __future__ import annotations

from typing import Final

import numpy as np

from domain.reading import Millis
from reports.minutes import HOUR, MINUTE, Minutes

FLOW: Final = "flow_rate"
TO_M3_AN_HOUR: Final = {"m3/h": 1.0, "m3/min": 60.0, "m3/s": 3600.0, "L/s": 3.6, "L/min": 0.06, "m3/d": 1 / 24}
"""What a flow in these units is multiplied with to be in m3/h."""


def integral(minutes: Minutes, start: Millis, stop: Millis, max_gap: Millis) -> tuple[float, float]:
    """Value x hours over [start, stop), and the hours it rests on.

    Trapezoids between the means of good minutes, each standing at its minute's middle; the line is cut at `start`
    and `stop`. Nothing is assumed over a silence longer than `max_gap`.
    """
    good = minutes.usable()
    time = good.time + MINUTE // 2
    left, right = time[:-1], time[1:]
    begin, end = np.maximum(left, start), np.minimum(right, stop)
    kept = (end > begin) & (right - left <= max_gap)
    if not kept.any():
        return 0.0, 0.0
    left, right, begin, end = left[kept], right[kept], begin[kept], end[kept]
    low, high = good.mean[:-1][kept], good.mean[1:][kept]
    hours = (end - begin) / HOUR
    middle = low + (high - low) / (right - left) * ((begin + end) / 2 - left)
    return float((hours * middle).sum()), float(hours.sum())
