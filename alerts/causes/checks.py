"""Looking at what tells of Pantau's own health: signs of life, journal, disk, outbox, floods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from alerts.causes import conditions
from alerts.causes.conditions import EVERYTHING, Trouble
from alerts.causes.flood import floods
from alerts.causes.undelivered import undelivered_since
from alerts.derived_service import of_plan
from domain.alert import RuleStatus
from domain.ports import AlertBook, Heartbeat, Heartbeats, Journal
from domain.reading import Millis
from domain.system_condition import SystemCondition

if TYPE_CHECKING:
    from alerts.causes.standing import Standing
    from alerts.rulebook import Compiled

SELDOM: Final[Millis] = 15_000  # between looks at what changes slowly

Judged = Iterator[tuple[SystemCondition, list[Trouble]]]
SIGNS: Final = (
    SystemCondition.COLLECTOR_DOWN,
    SystemCondition.COLLECTOR_BLOCKED,
    SystemCondition.BROKER_DOWN,
    SystemCondition.STORE_DOWN,
)


class Checks:
    """What was not looked at (no heartbeats given, or not yet time) is not judged either."""

    def __init__(
        self,
        book: AlertBook,
        journal: Journal,
        heartbeats: Heartbeats | None,
        free_disk: Callable[[], float | None] | None,
        due: Callable[[Millis], Mapping[str, int]] | None = None,
        services: Callable[[Millis], Mapping[str, int]] | None = None,
    ) -> None:
        self._book = book
        self._journal = journal
        self._heartbeats = heartbeats
        self._free_disk = free_disk
        self._due = due
        self._services = services
        self._began: Millis | None = None
        self._looked: Millis | None = None
        self._signs: dict[str, Heartbeat] = {}

    def signs(self, heard: Millis, now: Millis) -> Judged:
        """Collector, broker, store. `heard`: when any device was heard last."""
        if self._heartbeats is None:
            return
        self._began = now if self._began is None or self._began > now else self._began
        self._signs = {sign.part: sign for sign in self._heartbeats.all()}
        found = list(conditions.of_signs(self._signs, heard, self._began, now))
        for condition in SIGNS:
            yield condition, [trouble for trouble in found if trouble.condition is condition]

    def others(
        self, standing: Standing, rules: Compiled, last: Millis | None, bad: Mapping[str, str], now: Millis
    ) -> Judged:
        """Everything that is no cause of silence. `last`: when was judged before this."""
        if self._heartbeats is not None:
            ticked = self._signs.get("alerts")
            last = ticked.at if last is None and ticked else last
            yield SystemCondition.TICK_LATE, list(conditions.of_ticks(last, now))
        yield SystemCondition.RULE_BAD, list(conditions.of_bad_rules(bad, now))
        yield SystemCondition.FLOOD, list(floods(self._book, standing, now))
        if self._looked is not None and self._looked <= now < self._looked + SELDOM:
            return
        self._looked = now
        yield from self._seldom(standing, rules, now)

    def _seldom(self, standing: Standing, rules: Compiled, now: Millis) -> Judged:
        if self._heartbeats is not None:
            quality = self._signs.get("quality")
            yield SystemCondition.CLOCK_SKEW, list(conditions.of_clocks(quality, rules.devices, now))
        if self._due is not None:
            found = list(conditions.of_calibrations(self._due(now), rules.devices, now))
            yield from self._of_days(SystemCondition.CALIBRATION_DUE, found, standing)
        if self._services is not None:
            found = list(self._service(self._services(now), standing, rules, now))
            yield from self._of_days(SystemCondition.SERVICE_DUE, found, standing)
        depth = self._journal.depth("store", now)
        oldest = now - depth.age if depth.rows else None
        about = SystemCondition.JOURNAL_OLD
        yield about, list(conditions.of_waiting(about, oldest, now))
        about = SystemCondition.NOTIFICATIONS_FAILING
        yield about, list(conditions.of_waiting(about, undelivered_since(self._book, now), now))
        if self._free_disk is not None:
            low = (SystemCondition.DISK_LOW, EVERYTHING) in standing.open
            yield SystemCondition.DISK_LOW, list(conditions.of_disk(self._free_disk(), low, now))

    def _of_days(self, condition: SystemCondition, troubles: list[Trouble], standing: Standing) -> Judged:
        """What was told ahead of its day and is overdue now is told once more: it returns and rings again."""
        overdue = [standing.open.get((condition, one.subject)) for one in troubles if (one.value or 0) < 0]
        told = self._book.alerts_by_id([one.alert for one in overdue if one is not None and one.alert is not None])
        again = {alert.device for alert in told if alert.active and alert.value is not None and alert.value >= 0}
        if again:
            yield condition, [one for one in troubles if one.subject not in again]
        yield condition, troubles

    def _service(self, due: Mapping[str, int], standing: Standing, rules: Compiled, now: Millis) -> Iterator[Trouble]:
        """Machines whose running hours rang already are not told of by the calendar as well."""
        own = [(device, rules.own[device]) for device in due if device in rules.own]
        series = {(device, rule.scope.metric) for device, found in own for rule in found if of_plan(rule.id)}
        states = self._book.states(sorted(series)) if series else []
        rang = {one.device for one in states if of_plan(one.rule) and one.status is RuleStatus.ACTIVE}
        told = {device for condition, device in standing.open if condition is SystemCondition.SERVICE_DUE}
        fresh = {device: days for device, days in due.items() if device not in rang or device in told}
        return conditions.of_services(fresh, rules.devices, now)
