"""Silence in the stored readings of a device, or of one of its metrics. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.trial_series import NEVER, Hours, Span
from domain.reading import Millis
from domain.rule import NoDataRule
from domain.rule_record import Episode


class SilenceTrial:
    """Fed with the times at which something was heard, growing; before the first, the wait began at `start`.

    Silence rings when it has lasted `after` within the schedule, and is over when something is heard or the schedule
    ends.
    """

    def __init__(self, rule: NoDataRule, device: str, metric: str, start: Millis, hours: Hours) -> None:
        self._after, self._limit = round(rule.after * 1000), rule.after
        self._device, self._metric = device, metric
        self._heard, self._hours = start, hours
        self.spans: list[Span] = []

    def heard(self, times: Iterable[Millis]) -> None:
        """When something came. A device that speaks in time costs one comparison."""
        for time in times:
            if time - self._heard >= self._after:
                self._silent(time)
            self._heard = max(self._heard, time)

    def finish(self, stop: Millis) -> None:
        """Nothing more is known from `stop` on; a silence that lasts until there goes on."""
        if stop - self._heard < self._after:
            return
        before = len(self.spans)
        self._silent(stop)
        if len(self.spans) > before and self.spans[-1].ended == stop:
            last = self.spans[-1]
            last.ended, last.episode = None, self._episode(None)

    def _silent(self, until: Millis) -> None:
        """The stretches of the silence up to `until` in which the schedule held."""
        at = self._heard + self._after
        while at < until:
            holds = self._hours.ask(at)
            change = min(self._hours.until, until)
            if holds:
                self.spans.append(Span(at, change, self._episode(change)))
            at = change if self._hours.until < NEVER else until

    def _episode(self, stop: Millis | None) -> Episode:
        return Episode(self._device, self._metric, self._heard, stop, None, self._limit)
