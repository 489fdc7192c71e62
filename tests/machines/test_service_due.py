"""When service is due: by hours, by the calendar, whichever comes first."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from domain.machine import ServicePlan
from domain.text import Text
from reports.machines.service_due import DueBy, service_due

NAME = Text(id="Servis", en="Service")
TODAY = date(2026, 11, 22)


def plan(**keys: object) -> ServicePlan:
    return ServicePlan.model_validate({"id": "servis", "device": "press-1", "name": NAME, **keys})


@pytest.mark.parametrize(
    ("hours", "soon", "overdue", "by"),
    [(100.0, False, False, None), (460.0, True, False, DueBy.HOURS), (510.0, True, True, DueBy.HOURS)],
)
def test_by_running_hours(hours: float, soon: bool, overdue: bool, by: DueBy | None) -> None:
    due = service_due(plan(every_hours=500, ahead_hours=50), None, hours, TODAY)
    assert (due.soon, due.overdue, due.by) == (soon, overdue, by)


def test_by_the_calendar() -> None:
    due = service_due(plan(every_days=90, ahead_days=7), date(2026, 8, 28), None, TODAY)
    assert (due.days_left, due.soon, due.overdue, due.by) == (4, True, False, DueBy.DAYS)


def test_whichever_comes_first() -> None:
    both = plan(every_hours=500, every_days=90)
    assert service_due(both, date(2026, 1, 1), 10.0, TODAY).by is DueBy.DAYS


def test_what_is_not_known_is_not_guessed() -> None:
    due = service_due(plan(every_hours=500, every_days=90), None, None, TODAY)
    assert (due.hours_left, due.days_left, due.soon) == (None, None, False)


def test_a_plan_by_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="every_hours"):
        plan()
