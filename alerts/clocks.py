"""Clocks of devices that fell behind: told from a backlog by their pace, and judged by our own receipt.

Both bring readings older than what was already judged. In a backlog the times advance much faster than the receipts;
a device whose clock was set back (an RTC without a battery) sends fresh readings, each as old at its receipt as the
one before. Once that held for `LONG_ENOUGH`, with no reading on time in between, such readings count as taken at
their receipt: their time plus what the clock lacks. A backlog replayed at the pace of real time looks the same, and
is judged the same.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from domain.reading import Millis

LONG_ENOUGH: Final[Millis] = 60_000  # of receipts at the same offset
FEWEST: Final = 3  # receipts
LEAST: Final[Millis] = 5_000  # by which offsets may differ
MOST: Final[Millis] = 60_000
SHARE: Final = 0.2  # of the time through which they were received
FRESH: Final[Millis] = 10 * 60_000  # how long what one metric showed of its device's clock holds for the others


class Run(Struct):
    """Late readings of one series since the last on time. `offset` (receipt - time) is that of the newest reading
    of the receipt `first`; `newest` that of the receipt `received`, which is still going on. `judged`: the time that
    the last one was given, which may be the watermark now.
    """

    watermark: Millis
    received: Millis
    newest: Millis
    first: Millis = 0
    offset: Millis = 0
    count: int = 0
    judged: Millis = 0

    def goes_on(self, watermark: Millis, received: Millis) -> bool:
        """Whether no reading on time came since, nor was our own clock set back."""
        return watermark in (self.watermark, self.judged) and received >= self.received

    def take(self, watermark: Millis, received: Millis, offset: Millis) -> None:
        """One more late reading. Several of one receipt are a bundle: the newest tells what the clock says."""
        self.watermark = watermark
        if received == self.received:
            self.newest = min(self.newest, offset)
            return
        if self.count and self._alike(self.newest, self.received):
            self.count += 1
        else:
            self.first, self.offset, self.count = self.received, self.newest, 1
        self.received, self.newest = received, offset

    def settled(self, received: Millis, offset: Millis) -> bool:
        """Whether the clock is off, as far as is known at this receipt. Older ones of a bundle belong to it too."""
        lasted = self.count >= FEWEST - 1 and received - self.first >= LONG_ENOUGH
        return lasted and self.offset - offset <= self._allowed(received)

    def _alike(self, offset: Millis, received: Millis) -> bool:
        return abs(offset - self.offset) <= self._allowed(received)

    def _allowed(self, received: Millis) -> float:
        return min(MOST, max(LEAST, SHARE * (received - self.first)))


class Clocks:
    """What late readings showed of the clocks of their devices. Asked only for readings that are late."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, str], Run] = {}
        self._off: dict[str, Run] = {}  # by device: the run that settled last

    def time(self, device: str, metric: str, watermark: Millis, time: Millis, received: Millis) -> Millis:
        """When a reading that is older than the watermark counts as taken: its own time unless the clock is off."""
        offset = received - time
        run = self._runs.get((device, metric))
        if run is None or not run.goes_on(watermark, received):
            run = self._runs[device, metric] = Run(watermark, received, offset)
        else:
            run.take(watermark, received, offset)
        lag = self._lag(run, device, received, offset)
        judged = time if lag is None else min(received, time + lag)
        if judged < watermark:
            return time
        run.judged = judged
        return judged

    def _lag(self, run: Run, device: str, received: Millis, offset: Millis) -> Millis | None:
        """By how much the device's clock is behind; None: nothing says so."""
        if run.settled(received, offset):
            self._off[device] = run
            return run.offset
        other = self._off.get(device)
        if other is not None and received - other.received <= FRESH and other.settled(received, offset):
            return other.offset
        return None
