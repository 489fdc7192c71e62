"""When a machine's service is due, by its running hours or the calendar. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from domain.machine import ServicePlan


class DueBy(StrEnum):
    """What makes a service due."""

    HOURS = "hours"
    DAYS = "days"


class Due(Struct, frozen=True):
    """How a plan stands. `hours_left` and `days_left` are below 0 once it is overdue; None where not planned by it.

    `by` says what made it due or overdue first; None while it is neither. `soon`: within the plan's notice.
    """

    plan: str
    device: str
    hours_left: float | None
    days_left: int | None
    soon: bool
    overdue: bool
    by: DueBy | None


def service_due(plan: ServicePlan, last: date | None, hours_since: float | None, today: date) -> Due:
    """`last`: the day of the last service (None: never, so the calendar cannot say); `hours_since`: running hours
    since then, or since they were first counted. What is not known is not guessed.
    """
    hours_left = None if plan.every_hours is None or hours_since is None else plan.every_hours - hours_since
    days_left = None
    if plan.every_days is not None and last is not None:
        days_left = (last + timedelta(days=plan.every_days) - today).days
    by_hours = hours_left is not None and hours_left <= plan.ahead_hours
    by_days = days_left is not None and days_left <= plan.ahead_days
    overdue_hours = hours_left is not None and hours_left <= 0
    overdue_days = days_left is not None and days_left < 0
    by = DueBy.HOURS if overdue_hours or (by_hours and not overdue_days) else DueBy.DAYS if by_days else None
    return Due(plan.id, plan.device, hours_left, days_left, by_hours or by_days, overdue_hours or overdue_days, by)
