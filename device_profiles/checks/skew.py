"""Clock skew: a device whose clock is constantly ahead or behind, by receipt minus its own time.

A message that took long, or a batch sent late, is no skew: there the delays differ as much as the times do, while
with a wrong clock they stay alike. So the last messages must all be off to the same side, and alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.reading import Millis

MESSAGES: Final = 10  # the last so many messages of a device are looked at

Arrival = tuple[Millis, Millis]
"""The device's time of a message, and when it was received."""


def skew_of(arrivals: Sequence[Arrival], tolerance: Millis) -> Millis | None:
    """By how much the clock is ahead (negative: behind), in ms; 0 within `tolerance`, None when it cannot be said.

    `arrivals` are the last `MESSAGES` messages in order of arrival.
    """
    if len(arrivals) < MESSAGES:
        return None
    ahead = sorted(time - received for time, received in arrivals)
    least, most = ahead[0], ahead[-1]
    if -tolerance <= ahead[len(ahead) // 2] <= tolerance:
        return 0
    times = [time for time, _ in arrivals]
    if (least > tolerance or most < -tolerance) and most - least <= (max(times) - min(times)) / 2:
        return ahead[len(ahead) // 2]
    return None
