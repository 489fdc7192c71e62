"""Holds back guessing: so many tries in a window, then wait."""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock

from domain.reading import Millis

_KEPT = 10_000  # names or addresses remembered; the least recently tried goes first


class Throttle:
    """At most `tries` failures of one key in `window` ms. Bounded memory, safe across threads."""

    def __init__(self, tries: int, window: Millis) -> None:
        self._tries = tries
        self._window = window
        self._failures: OrderedDict[str, deque[Millis]] = OrderedDict()
        self._lock = Lock()

    def begin(self, key: str, now: Millis) -> int:
        """Count a try as a failure until `forgive` says otherwise; 0, or the seconds to wait (then not counted)."""
        with self._lock:
            times = self._failures.setdefault(key, deque())
            self._failures.move_to_end(key)
            while times and times[0] <= now - self._window:
                times.popleft()
            if len(times) >= self._tries:
                return max(1, -(-(times[0] + self._window - now) // 1000))
            times.append(now)
            while len(self._failures) > _KEPT:
                self._failures.popitem(last=False)
            return 0

    def take_back(self, key: str) -> None:
        """The last try was none of the guessing kind."""
        with self._lock:
            times = self._failures.get(key)
            if times:
                times.pop()

    def forgive(self, key: str) -> None:
        """Forget all failures of a key: its owner has shown up."""
        with self._lock:
            self._failures.pop(key, None)
