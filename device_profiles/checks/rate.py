"""Rate of change: faster than the metric can change (QARTOD test "Rate of Change")."""

from __future__ import annotations

import numpy as np

from device_profiles.checks.plan import Marks, Times, Values
from domain.reading import Millis


def too_fast(times: Times, values: Values, max_rate: float, spacing: Millis) -> Marks:
    """The readings that differ from the one before by more than `max_rate` (unit per second).

    `times` ascend. Not judged across a silence longer than `spacing` ms. The caller leaves spikes out, else the
    healthy reading after each would be marked as well.
    """
    marked = np.zeros(len(times), dtype=np.bool_)
    if len(times) > 1:
        step = np.diff(times)
        marked[1:] = (np.abs(np.diff(values)) > max_rate * step / 1000.0) & (step <= spacing)
    return marked
