"""One rule on the stored readings of one series: the kinds' own evaluators and their one machine, nothing kept.

Stored readings carry no time of receipt, so each counts as received at its own time; and nobody acknowledges, so
every return ends its episode and the next finding begins another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from alerts.kinds.finding import CLEAR, UNJUDGED, Finding, Place
from alerts.kinds.machine import Where, delays, drop, elapsed, step
from alerts.kinds.table import evaluator
from alerts.lifecycle import Step
from domain.alert import Alert, RuleState, RuleStatus
from domain.reading import NOT_EVALUATED, Millis, Reading
from domain.registry import Schedule
from domain.rule import Rule
from domain.rule_record import Episode, ServiceRecord
from domain.schedules import next_change, within

LOOK_EVERY: Final[Millis] = 60_000  # how often it is looked whether a window can be judged
NEVER: Final[Millis] = 1 << 62


class Span(Struct):
    """One stretch through which a rule held: from when it was certain to when its end was; `episode` for people."""

    raised: Millis
    ended: Millis | None
    episode: Episode


class Hours:
    """Whether a rule's schedule holds, asked with growing times; without a schedule it always does."""

    def __init__(self, schedule: Schedule | None, zone: ZoneInfo) -> None:
        self._schedule, self._zone = schedule, zone
        self.until: Millis = NEVER if schedule is None else -NEVER  # when that may change
        self.hold = True

    def ask(self, at: Millis) -> bool:
        """Whether it holds at that moment."""
        if self._schedule is not None and at >= self.until:
            self.hold = within(self._schedule, self._zone, at)
            self.until = next_change(self._schedule, self._zone, at) or NEVER
        return self.hold


class Judged:
    """The machine for one rule at one place, fed with findings; its spans grow."""

    def __init__(self, rule: Rule, where: Where) -> None:
        self._rule, self._where = rule, where
        self._alert: Alert | None = None
        self.state = RuleState(rule.id, where.device, where.metric)
        self.spans: list[Span] = []

    @property
    def calm(self) -> bool:
        """Nothing waits and nothing holds."""
        return self.state.status is RuleStatus.NORMAL

    def take(self, found: Finding, *, interrupted: bool = False) -> None:
        """One finding; `interrupted`: a gap lies before it."""
        now = found.time
        self._did(step(self.state, self._alert, self._where, found, self._rule, now, interrupted=interrupted), now)

    def waits_until(self) -> Millis:
        """When a wait would end without another finding."""
        status, since = self.state.status, self.state.since
        if since is None or status not in (RuleStatus.PENDING, RuleStatus.RETURNING):
            return NEVER
        on, off = delays(self._rule)
        return since + round(on if status is RuleStatus.PENDING else off)

    def wait_over(self, limit: float | None, at: Millis) -> None:
        """The wait ended, and nothing was found meanwhile."""
        self._did(elapsed(self.state, self._alert, self._where, limit, self._rule, at), at)

    def drop(self, at: Millis) -> None:
        """The rule's schedule ended."""
        self._did(drop(self.state, self._alert, at), at)

    def _did(self, done: Step, at: Millis) -> None:
        before, self._alert, self.state = self._alert, done.alert, done.state
        if done.alert is None:
            return
        if before is None:
            self.spans.append(Span(at, None, _episode(done.alert)))
        else:
            self.spans[-1].episode = _episode(done.alert)
        if not done.alert.active:
            self.spans[-1].ended = at
            self._alert, self.state = None, replace(done.state, alert=None)


class SeriesTrial:
    """One rule on one series. Raises ValueError where the rule cannot be judged there."""

    def __init__(self, rule: Rule, where: Where, place: Place, hours: Hours) -> None:
        self._evaluator = evaluator(rule, place)
        self._judged = Judged(rule, where)
        self._hours, self._gap = hours, place.gap
        self._last: Millis | None = None
        self._look: Millis = 0
        self._by_clock: bool = getattr(self._evaluator, "on_change", False)
        self._service: ServiceRecord | None = None
        self.readings = 0

    @property
    def spans(self) -> list[Span]:
        """What came of it so far; whoever takes them away leaves the last, which may go on."""
        return self._judged.spans

    def serviced(self, record: ServiceRecord) -> None:
        """The machine's newest service, counted once its time has come."""
        self._service = record

    def feed(self, readings: Iterable[Reading]) -> None:
        """The next readings, by time. A calm reading costs one verdict."""
        found, judged, all_too = self._evaluator, self._judged, self._evaluator.sees_all
        for reading in readings:
            self.readings += 1
            time, value, quality = reading.time, reading.value, reading.quality
            if not all_too and (value is None or quality > NOT_EVALUATED):
                continue
            self._until(time)
            verdict = found.observe(time, value, quality, time)
            if verdict != UNJUDGED and (verdict != CLEAR or not judged.calm) and self._hours.hold:
                gap = self._gap is not None and self._last is not None and time - self._last > self._gap
                judged.take(Finding(verdict, time, found.value, found.limit, found.since, time), interrupted=gap)
            self._last = time

    def finish(self, stop: Millis) -> None:
        """No more readings; what time alone decides until `stop` is decided."""
        self._look = 0
        self._until(stop)

    def _until(self, time: Millis) -> None:
        """What happened before `time` without a reading: services, ends of waits, windows and schedules."""
        if self._service is not None and time > self._service.at:
            serviced = getattr(self._evaluator, "serviced", None)
            if serviced is not None:
                serviced(self._service)
            self._service = None
        if self._by_clock and self._judged.waits_until() < time:  # a reading right then decides
            self._judged.wait_over(self._evaluator.limit, self._judged.waits_until())
        if time >= self._look:
            self._look = time + LOOK_EVERY
            self._fall_due(time)
        if time >= self._hours.until:
            self._next_hours(time)

    def _fall_due(self, time: Millis) -> None:
        due = self._evaluator.due()
        while due is not None and due <= time:
            for found in self._evaluator.fall_due(due):
                if self._hours.hold:
                    self._judged.take(found)
            following = self._evaluator.due()
            due = following if following != due else None

    def _next_hours(self, time: Millis) -> None:
        """The schedule changed at least once since the last reading."""
        ended = self._hours.until
        if self._hours.hold and not self._judged.calm:
            self._judged.drop(max(ended, self._last or ended))
        self._hours.ask(time)


def _episode(alert: Alert) -> Episode:
    return Episode(alert.device, alert.metric, alert.since, alert.returned_at, alert.peak, alert.limit)
