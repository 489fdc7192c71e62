"""What an evaluator of a rule says, and what it is asked.

An evaluator judges one rule for one series. It sees its readings one by one, in the order they arrived, and keeps
what it must remember in itself; what it remembers can be written down and taken up again, so that a restart decides
the same. It reads no clock and no store.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.metrics import MetricInfo, MetricKind
from domain.reading import Millis

# Verdicts. The hot loop compares plain integers.
UNJUDGED: Final = 0  # too little is known: nothing changes
CLEAR: Final = 1
BAND: Final = 2  # no breach, but not yet back by the deadband
BREACH: Final = 3

AHEAD: Final[Millis] = 60_000  # a time further ahead of receipt was noted before the clock was set back


class Place(Struct, frozen=True):
    """What a kind needs to know of the series: its metric as the profile declares it, and its site's zone.

    `gap`: ms after which the profile speaks of a gap; None where it expects nothing in time.
    """

    zone: ZoneInfo
    unit: str = "1"
    kind: MetricKind = MetricKind.GAUGE
    gap: Millis | None = None
    modulus: float | None = None
    max_rate: float | None = None  # 1/s
    decimals: int = 1

    @classmethod
    def of(cls, info: MetricInfo, zone: ZoneInfo) -> Place:
        """As its profile declares it."""
        milliseconds = None if info.spacing is None else round(info.spacing * 1000)
        return cls(zone, info.unit, info.kind, milliseconds, info.modulus, info.max_rate, info.decimals)


class Finding(Struct, frozen=True):
    """One verdict with its grounds. `since`: when what was found began, where that was before `time`.

    `received` is by our own clock, for waits that end without a reading.
    """

    verdict: int
    time: Millis
    value: float | None
    limit: float | None = None
    since: Millis | None = None
    received: Millis = 0


class Evaluator:
    """Base of the kinds. After a verdict `value`, `limit` and `since` hold its grounds."""

    remembers = False  # has a memory worth keeping
    sees_all = False  # also readings that are not good, and those without a value
    takes_late = False  # also readings older than the newest judged
    timed = False  # opens something that is judged when a time has come

    def __init__(self) -> None:
        self.value: float | None = None
        self.limit: float | None = None
        self.since: Millis | None = None
        self.shape = ""  # of the memory: one written in another shape (the rule was changed) is not taken up

    def observe(self, time: Millis, value: float | None, quality: int, received: Millis) -> int:
        """The verdict after this reading. `time` is never later than `received`."""
        raise NotImplementedError

    def due(self) -> Millis | None:
        """When (wall clock) `fall_due` has something to say; None: only readings do."""
        return None

    def fall_due(self, now: Millis) -> list[Finding]:
        """What time alone decides; empty when it is not yet time."""
        del now
        return []

    def interrupt(self) -> None:
        """The sensor was looked at: what it said before is not compared with what it will say."""

    def memo(self) -> str:
        """All it remembers, as JSON."""
        return ""

    def restore(self, memo: str) -> None:
        """Take up what `memo` wrote."""
