"""A composite tried on the stretches through which its rules held. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from alerts.kinds.composite import judge
from alerts.kinds.finding import Finding
from alerts.kinds.machine import Where
from alerts.trial_series import Hours, Judged, Span
from domain.reading import Millis
from domain.rule import CompositeRule

Change = tuple[Millis, str, int]
"""When, which rule, one more (+1) or one less (-1) series of the place on which it holds."""


class CompositeTrial:
    """One composite at one place."""

    def __init__(self, rule: CompositeRule, where: Where, hours: Hours) -> None:
        self._rule, self._hours = rule, hours
        self._judged = Judged(rule, where)
        self._holding: dict[str, int] = {}

    def spans(self, members: Mapping[str, Sequence[Span]], stop: Millis) -> list[Span]:
        """What came of it until `stop`; `members` are the spans of its rules at the place, by rule."""
        for at, name, by in sorted(_changes(members)):
            self._until(at)
            self._holding[name] = self._holding.get(name, 0) + by
            if self._hours.hold:
                self._look(at)
        self._until(stop)
        return self._judged.spans

    def _look(self, at: Millis) -> None:
        names = [name for name, count in self._holding.items() if count > 0]
        found = Finding(judge(self._rule, names), at, float(len(names)), float(len(set(self._rule.of))))
        self._judged.take(found)

    def _until(self, at: Millis) -> None:
        """What time alone does up to `at`: delays that end, schedules that begin and end."""
        while (change := self._hours.until) <= at:
            self._delays(change)
            if self._hours.hold and not self._judged.calm:
                self._judged.drop(change)
            if self._hours.ask(max(change, 0)):
                self._look(max(change, 0))
        self._delays(at)

    def _delays(self, until: Millis) -> None:
        """A delay that ends exactly then has ended: what held so long, held long enough."""
        while (wait := self._judged.waits_until()) <= until:
            self._judged.wait_over(None, wait)


def _changes(members: Mapping[str, Sequence[Span]]) -> Iterator[Change]:
    for name, spans in members.items():
        for span in spans:
            yield span.raised, name, 1
            if span.ended is not None:
                yield span.ended, name, -1
