"""Volume: m3 in a local day of the site, from a totaliser (reset-safe) or a flow, against the permit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

import msgspec

from alerts.kinds.finding import AHEAD, BAND, BREACH, CLEAR, UNJUDGED, Evaluator, Finding, Place
from domain.increase import Counter
from domain.measures import FLOWS, VOLUMES
from domain.metrics import MetricKind
from domain.reading import Millis
from domain.rule import VolumeRule

HOUR: Final[Millis] = 3_600_000
LONGEST_GAP: Final[Millis] = 10 * 60_000  # a flow is not carried across more, unless its profile speaks less often
COVERED: Final = 0.5  # of the last hour, before its mean flow is a forecast
RETURN: Final = 0.95  # of the permit: below, a forecast is back

Part = tuple[Millis, Millis, float]  # from, to, m3


class Flow:
    """The integral of a flow over good values by trapezoids; never across a gap."""

    def __init__(self, scale: float, gap: Millis) -> None:
        self._scale, self._gap = scale, gap
        self._last: list[float | None] = []

    def see(self, at: Millis, value: float) -> Iterator[Part]:
        """What flowed since the reading before."""
        last, self._last = self._last, [at, value]
        if last and last[0] is not None and last[1] is not None and at - last[0] <= self._gap:
            yield int(last[0]), at, (last[1] + value) / 2 * self._scale * (at - last[0]) / HOUR

    def memory(self) -> list[float | None]:
        """The last reading."""
        return self._last

    def restore(self, memory: list[float | None]) -> None:
        """Go on from there."""
        self._last = memory


class Total:
    """What a totaliser counted, across resets; for a `delta` each reading is what was counted since the last."""

    def __init__(self, scale: float, place: Place) -> None:
        self._scale, self._delta = scale, place.kind is MetricKind.DELTA
        self._counter = Counter(modulus=place.modulus, max_rate=place.max_rate, resolution=10.0**-place.decimals)

    def see(self, at: Millis, value: float) -> Iterator[Part]:
        """What was counted since the reading before."""
        if self._delta:
            yield at, at, value * self._scale
            return
        for one in self._counter.see(at, value):
            yield one.start, one.stop, one.amount * self._scale

    def memory(self) -> list[float | None]:
        """Of the counter."""
        return self._counter.memory()

    def restore(self, memory: list[float | None]) -> None:
        """Go on from there."""
        self._counter.restore(memory)


class VolumeEvaluator(Evaluator):
    """Remembers the day, its volume so far, the last hour, and where the meter stood.

    What was counted across midnight (a totaliser after a gap) belongs to the day it was read in.
    """

    remembers = True

    def __init__(self, rule: VolumeRule, place: Place) -> None:
        super().__init__()
        self._zone, self._forecast = place.zone, rule.judge == "forecast"
        self.limit = rule.above
        self._permit = rule.above
        self.shape = f"{place.unit} {place.zone}"
        self._meter: Flow | Total = _meter(place)
        self._start: Millis = 0
        self._stop: Millis = 0
        self._total = 0.0
        self._last: Millis = 0
        self._hour: deque[Part] = deque()

    def observe(self, time: Millis, value: float | None, quality: int, received: Millis) -> int:
        assert value is not None
        if time <= self._last <= received + AHEAD:
            return UNJUDGED
        anew = not self._start <= time < self._stop
        if anew:
            self._begin_day(time)
        self._last = time
        for part in self._meter.see(time, value):
            self._total += part[2]
            self._hour.append(part)
        while self._hour and self._hour[0][1] <= time - HOUR:
            self._hour.popleft()
        return self._judge(time)

    def _judge(self, now: Millis) -> int:
        self.value, self.since = self._total, self._start
        if self._total > self._permit:
            return BREACH
        if not self._forecast:
            return CLEAR
        flow = self._flow()
        if flow is None:
            return UNJUDGED
        self.value = self._total + flow * (self._stop - now) / HOUR
        self.since = None
        if self.value > self._permit:
            return BREACH
        return CLEAR if self.value <= RETURN * self._permit else BAND

    def _flow(self) -> float | None:
        """The mean of the last hour (m3/h); None where too little of it is known."""
        covered = sum(stop - start for start, stop, _ in self._hour)
        if covered < COVERED * HOUR:
            return None
        return sum(amount for _, _, amount in self._hour) * HOUR / covered

    def _begin_day(self, at: Millis) -> None:
        day = datetime.fromtimestamp(at / 1000, UTC).astimezone(self._zone).date()
        borders = (datetime.combine(one, time(), self._zone) for one in (day, day + timedelta(days=1)))
        self._start, self._stop = (round(border.astimezone(UTC).timestamp() * 1000) for border in borders)
        self._total = 0.0

    def due(self) -> Millis | None:
        """At the end of the day its volume is no longer today's."""
        return self._stop if self._total > 0 else None

    def fall_due(self, now: Millis) -> list[Finding]:
        """The day is over."""
        if not self._stop or now < self._stop:
            return []
        self._begin_day(now)
        return [Finding(CLEAR, self._start, 0.0, self._permit, None, now)]

    def memo(self) -> str:
        kept = (self._start, self._stop, self._total, self._last, list(self._hour), self._meter.memory())
        return msgspec.json.encode(kept).decode()

    def restore(self, memo: str) -> None:
        self._start, self._stop, self._total, self._last, hour, meter = msgspec.json.decode(
            memo, type=tuple[int, int, float, int, list[Part], list[float | None]]
        )
        self._hour = deque(hour)
        self._meter.restore(meter)


def _meter(place: Place) -> Flow | Total:
    """Raises ValueError for a unit that is neither a volume nor a flow."""
    if place.unit in FLOWS:
        return Flow(FLOWS[place.unit], max(LONGEST_GAP, place.gap or 0))
    if place.unit in VOLUMES:
        return Total(VOLUMES[place.unit], place)
    raise ValueError(f"{place.unit!r} is neither a volume nor a flow")
