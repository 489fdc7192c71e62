"""The line between the devices and the broker: where messages are doubled, held back, changed or lost."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence

from domain.reading import Millis
from simulators.fault import Fault, Outgoing


class Line:
    """Carries the messages of a fleet through its faults, in order of sending. Keeps what is held back."""

    def __init__(self, faults: Callable[[Millis, Millis], Sequence[Fault]]) -> None:
        self._faults = faults
        self._held: list[tuple[Millis, int, Outgoing]] = []
        self._count = 0  # keeps messages of one time in their order

    def carry(self, messages: Iterable[Outgoing], start: Millis, stop: Millis) -> Iterator[Outgoing]:
        """Those of `messages` (from `start` until before `stop`, by time) and of what was held, due before `stop`."""
        faults = [fault for fault in self._faults(start, stop) if type(fault).carry is not Fault.carry]
        for message in messages:
            for carried in _through(faults, message):
                self._count += 1
                heapq.heappush(self._held, (carried.time, self._count, carried))
            yield from self._due(message.time)
        yield from self._due(stop)

    @property
    def held(self) -> int:
        """How many wait to be sent."""
        return len(self._held)

    def _due(self, before: Millis) -> Iterator[Outgoing]:
        """No message still to come is sent earlier than these."""
        while self._held and self._held[0][0] < before:
            yield heapq.heappop(self._held)[2]


def _through(faults: Sequence[Fault], message: Outgoing) -> Sequence[Outgoing]:
    """What all faults together make of one message."""
    device = message.topic.split("/")[2]
    carried: Sequence[Outgoing] = (message,)
    for fault in faults:
        carried = [after for before in carried for after in fault.carry(device, before)]
    return carried
