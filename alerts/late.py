"""Readings that arrive older than what was already judged: they never ring, but an exceedance still counts.

The stretch around them is judged again from the journal, by the readings' times: consecutive good readings
beyond the limit, bridged over the deadband, not over a reading that is back nor over more than `GAP`.
A stretch that overlaps an alert belongs to it (an open one then began earlier); one that touches an episode
found earlier makes it longer; any other that lasted the on-delay is recorded as one episode of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from alerts.function_checks import FunctionChecks
from alerts.kinds.finding import BREACH, CLEAR
from alerts.limits import broken, find, worse
from alerts.raising import Cause, new_alert
from alerts.slots import Slot, Watch
from alerts.state_diagram import NORMAL, over
from alerts.work import Work
from domain.alert import Alert, AlertEvent, RuleStatus, Transition
from domain.ports import AlertBook, Journal
from domain.reading import Millis, Reading
from domain.rule import LimitRule

GAP: Final[Millis] = 10 * 60_000
WINDOW: Final[Millis] = 60 * 60_000
PAGES: Final = 10
PAGE: Final = 100


class Stretch(Struct):
    """A contiguous breach: its first and last reading beyond the limit, and the worst value."""

    start: Millis
    end: Millis
    peak: float


def stretches(readings: Iterable[tuple[Millis, float]], rule: LimitRule) -> list[Stretch]:
    """The breaches in readings ordered by time."""
    found: list[Stretch] = []
    current: Stretch | None = None
    for time, value in readings:
        finding = find(rule, value)
        if current is not None and (finding == CLEAR or time - current.end > GAP):
            current = None
        if finding != BREACH:
            continue
        if current is None:
            current = Stretch(time, time, value)
            found.append(current)
        current.end, current.peak = time, worse(rule, current.peak, value)
    return found


def judged_time(reading: Reading) -> Millis:
    """The reading's time, but never later than its receipt (a clock ahead must not blind the rule)."""
    return min(reading.time, reading.received_at) if reading.received_at else reading.time


class LateJudge:
    """Judges the late readings of one slice, all of a series at once."""

    def __init__(self, journal: Journal, book: AlertBook, checks: FunctionChecks) -> None:
        self._journal = journal
        self._book = book
        self._checks = checks

    def judge(self, watch: Watch, slot: Slot, times: list[Millis], work: Work, now: Millis) -> None:
        """`times` are those of the late readings beyond the limit of one of the watch's slots."""
        rule, series = slot.rule, watch.series
        assert isinstance(rule, LimitRule)
        found = self._journal.tail(series.device, series.metric, min(times) - WINDOW, max(times) + WINDOW)
        tail = self._checks.readings(found)
        known = sorted((judged_time(r), r.value) for r in tail if r.usable and r.value is not None)
        known = [(time, value) for time, value in known if time <= watch.watermark]
        for stretch in stretches(known, rule):
            if any(stretch.start <= time <= stretch.end for time in times):
                self._place(stretch, slot, rule, work, now, first=known[0][0])

    def _place(self, stretch: Stretch, slot: Slot, rule: LimitRule, work: Work, now: Millis, first: Millis) -> None:
        state = slot.state
        if state.status is RuleStatus.PENDING and stretch.end >= (state.since or stretch.end):
            # the breach that waits for its on-delay began earlier than was known
            slot.put(replace(state, since=min(stretch.start, state.since or stretch.start)))
            work.write(slot.state)
            return
        for alert in self._near(slot, stretch.start, work):
            if _overlaps(alert, stretch, first):
                self._extend(alert, stretch, rule, work)
                return
        if stretch.end - stretch.start >= rule.on_delay * 1000:
            record(slot, stretch, broken(rule, stretch.peak), work, now)

    def _near(self, slot: Slot, start: Millis, work: Work) -> list[Alert]:
        """This rule's alerts on the series, down to the first that began before the stretch."""
        changed = {alert.id: alert for alert in work.changed()}
        found = [alert for alert in changed.values() if (alert.rule, alert.device, alert.metric) == slot.key]
        after: str | None = None
        for _ in range(PAGES):
            page = self._book.page(after, PAGE, None, None, slot.where.device, False)
            work.adopt(page.items)
            found += [a for a in page.items if a.id not in changed and (a.rule, a.device, a.metric) == slot.key]
            after = page.next
            if after is None or page.items[-1].since < start - WINDOW:
                break
        return found

    def _extend(self, alert: Alert, stretch: Stretch, rule: LimitRule, work: Work) -> None:
        """Nothing for an alert that is over, unless it is itself a record of what was found late."""
        if over(alert) and not alert.found_late:
            return
        longer = replace(alert, since=min(alert.since, stretch.start), peak=worse(rule, alert.peak, stretch.peak))
        if alert.found_late:
            longer = replace(longer, returned_at=max(alert.returned_at or stretch.end, stretch.end))
        work.change(longer, None)


def record(slot: Slot, stretch: Stretch, limit: float | None, work: Work, now: Millis) -> None:
    """An episode found late: an alert that is over as it is written."""
    where = slot.where
    cause = Cause(
        where.site,
        where.device,
        where.metric,
        where.unit,
        stretch.start,
        stretch.end,
        stretch.peak,
        limit,
        stretch.peak,
    )
    alert = replace(
        new_alert(slot.rule, cause, now), found_late=True, latching=False, returned_at=stretch.end, closed_at=now
    )
    work.change(alert, Transition(alert.id, now, AlertEvent.FOUND_LATE, NORMAL, NORMAL, value=stretch.peak))


def _overlaps(alert: Alert, stretch: Stretch, first: Millis) -> bool:
    """Whether the stretch is part of the alert, or touches one that lies before all that is still readable."""
    ended = alert.returned_at or alert.closed_at
    if alert.since <= stretch.end and (ended is None or stretch.start <= ended):
        return True
    return alert.found_late and ended is not None and ended < first and stretch.start - ended <= GAP
