"""Limits on means: the arithmetic mean of the good values of a clock hour, or of a local day of the site.

A window is judged once it has ended, a slot's time has passed since and since its last reading, and enough of its
slots hold a good value; otherwise there is no judgement. Readings that come late within that time simply count, and
a window that lacked coverage is judged when late readings fill it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final

import msgspec

from alerts import limits
from alerts.kinds.finding import AHEAD, UNJUDGED, Evaluator, Finding, Place
from domain.reading import Millis
from domain.rule import LimitRule, Window

HOUR: Final[Millis] = 3_600_000
KEPT: Final = {Window.HOUR: 72, Window.DAY: 8}  # windows in memory; what comes later is too late for a mean


class Open(msgspec.Struct, array_like=True):
    """One window: the slots with a good value (`slots`), and when it can be judged (None: it lacked coverage)."""

    start: Millis
    stop: Millis
    total: float
    count: int
    slots: set[int]
    newest: Millis
    due: Millis | None


class Kept(msgspec.Struct, array_like=True):
    """What is remembered: the windows by start, and up to which start they were judged."""

    windows: list[Open]
    judged: list[Millis]
    floor: Millis


class WindowEvaluator(Evaluator):
    """Remembers sums, counts and covered slots of the windows that can still be judged."""

    remembers = True
    takes_late = True
    timed = True

    def __init__(self, rule: LimitRule, place: Place) -> None:
        super().__init__()
        assert rule.window is not None
        self.rule, self._place, self._window = rule, place, rule.window
        self._slot = round(rule.slot * 1000)
        self.shape = f"{rule.window} {rule.slot} {place.zone}"
        self._kept = Kept([], [], 0)
        self._current: Open | None = None

    def observe(self, time: Millis, value: float | None, quality: int, received: Millis) -> int:
        assert value is not None
        if self._kept.windows and self._kept.windows[-1].start > received + AHEAD:
            self._kept, self._current = Kept([], [], 0), None  # noted before the clock was set back
        window = self._current
        if window is None or not window.start <= time < window.stop:
            window = self._at(time)
            if window is None:
                return UNJUDGED
            self._current = window
        if time == window.newest:
            return UNJUDGED  # the same again
        window.newest = max(time, window.newest)
        window.total += value
        window.count += 1
        window.slots.add((time - window.start) // self._slot)
        if received >= window.stop or window.due is None:
            window.due = max(window.stop, received) + self._slot
        return UNJUDGED

    def _at(self, time: Millis) -> Open | None:
        """The window of that moment, opened if need be; None for one that was judged, or is too long ago."""
        start, stop = self._borders(time)
        kept = self._kept
        if start <= kept.floor or start in kept.judged:
            return None
        for window in kept.windows:
            if window.start == start:
                return window
        window = Open(start, stop, 0.0, 0, set(), 0, None)
        kept.windows.append(window)
        kept.windows.sort(key=lambda one: one.start)
        if len(kept.windows) > KEPT[self._window]:
            kept.floor = kept.windows.pop(0).start
        return window if window in kept.windows else None

    def _borders(self, at: Millis) -> tuple[Millis, Millis]:
        if self._window is Window.HOUR:  # clock hours: zones with half hours cut them elsewhere
            offset = round(self._local(at).utcoffset().total_seconds() * 1000)  # type: ignore[union-attr]
            start = (at + offset) // HOUR * HOUR - offset
            return start, start + HOUR
        day = self._local(at).date()
        midnights = (datetime.combine(one, time(), self._place.zone) for one in (day, day + timedelta(days=1)))
        start, stop = (round(midnight.astimezone(UTC).timestamp() * 1000) for midnight in midnights)
        return start, stop

    def _local(self, at: Millis) -> datetime:
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(self._place.zone)

    def due(self) -> Millis | None:
        """When the next window can be judged."""
        return min((window.due for window in self._kept.windows if window.due is not None), default=None)

    def fall_due(self, now: Millis) -> list[Finding]:
        """The means of the windows that have come to rest, the oldest first."""
        found = [self._judge(window, now) for window in list(self._kept.windows) if window.due and window.due <= now]
        return [one for one in found if one is not None]

    def _judge(self, window: Open, now: Millis) -> Finding | None:
        window.due = None
        if len(window.slots) < self.rule.coverage * ((window.stop - window.start) // self._slot):
            return None
        self._close(window)
        mean = window.total / window.count
        return Finding(
            limits.find(self.rule, mean), window.stop, mean, limits.broken(self.rule, mean), window.start, now
        )

    def _close(self, window: Open) -> None:
        kept = self._kept
        kept.windows.remove(window)
        kept.judged = [*kept.judged, window.start][-KEPT[self._window] :]
        kept.floor = max(kept.floor, window.start - KEPT[self._window] * (window.stop - window.start))
        self._current = None

    def memo(self) -> str:
        return msgspec.json.encode(self._kept).decode()

    def restore(self, memo: str) -> None:
        self._kept, self._current = msgspec.json.decode(memo, type=Kept), None
