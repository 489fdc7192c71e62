"""Which machines have a service due by the calendar, as the alerts ask it every few seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from domain.errors import Invalid
from domain.places import Places
from domain.ports import Maintenance, Registry
from domain.reading import Millis
from reports.machines.service_due import service_due

KEPT: Final[Millis] = 60_000  # how long an answer is not asked for again
Kept = tuple[Millis, int, dict[str, int]]


class DueServices:
    """Days left by machine, the plan that is due first deciding. Days are those of the machine's site.

    A plan by the calendar of a machine that was never serviced cannot say when it is due, and tells nothing.
    """

    def __init__(self, book: Maintenance, registry: Registry) -> None:
        self._book, self._registry, self._places = book, registry, Places(registry)
        self._found: Kept | None = None

    def __call__(self, now: Millis) -> dict[str, int]:
        """Those within the notice of their plan; below 0 where overdue."""
        found, revision = self._found, self._registry.revision()
        if found is None or found[1] != revision or not found[0] <= now < found[0] + KEPT:
            found = self._found = now, revision, self._look(now)
        return found[2]

    def _look(self, now: Millis) -> dict[str, int]:
        plans = [plan for plan in self._registry.installation().service_plans if plan.every_days is not None]
        last = self._book.last() if plans else {}
        due: dict[str, int] = {}
        for plan in plans:
            record = last.get(plan.device)
            try:
                zone = self._places.zone_of_device(plan.device)
            except Invalid:  # the device was taken out of the registry
                continue
            if record is None:
                continue
            day, today = (datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date() for at in (record.at, now))
            found = service_due(plan, day, None, today)
            if found.soon and found.days_left is not None:
                due[plan.device] = min(found.days_left, due.get(plan.device, found.days_left))
        return due
