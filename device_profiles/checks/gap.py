"""Gap: no reading for longer than interval plus grace (QARTOD test "Gap").

A gap lies between two readings that did come; a silence that still lasts is the `no_data` rule's to tell. What is
known of a series is the time of its first and last reading and the gaps in between, and that is all a new reading,
however late, can change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from device_profiles.checks.plan import Times
from domain.reading import Millis

Stretch = tuple[Millis, Millis]
"""The times of the two readings around a gap."""


def gaps_after(
    arrived: Times, ends: Stretch | None, gaps: Iterable[Stretch], longest: Millis
) -> tuple[Stretch, list[Stretch]]:
    """First and last reading, and the gaps, once readings at `arrived` (ascending, at least one) are known too.

    `ends` are the first and last times known so far (None: none), `gaps` all known gaps that hold one of the new
    times (others may be given and stay). The result does not depend on the order in which readings came.
    """
    known = sorted(gaps)
    first, last = ends if ends is not None else (int(arrived[0]), int(arrived[0]))
    found: list[Stretch] = []
    for before, after in known:
        inside = arrived[(arrived > before) & (arrived < after)]
        found += _between(np.concatenate(([before], inside, [after])), longest)
    early, late = arrived[arrived < first], arrived[arrived > last]
    found += _between(np.append(early, first), longest)
    found += _between(np.concatenate(([last], late)), longest)
    bounds = min(first, int(arrived[0])), max(last, int(arrived[-1]))
    return bounds, sorted(found)


def _between(points: Times | Sequence[int], longest: Millis) -> list[Stretch]:
    times = np.asarray(points, dtype=np.int64)
    wide = np.flatnonzero(np.diff(times) > longest)
    return [(int(times[at]), int(times[at + 1])) for at in wide]
