"""The month at the whole UPT on one page, for its head: on the screen, and as a file to print."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from dashboard.frame import HEADERS, Visit
from dashboard.visits import PageRoute, Visiting
from domain.activity import ActivityDesk, ActivitySheet
from domain.errors import Invalid, NotFound, Unavailable
from domain.report_period import PeriodKind, local_day, period_of, period_with

MONTHS: Final = 13  # to choose from, the newest first

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/activity")
def activity_page(visit: Visiting, month: str = "") -> Response:
    """The last month that is over, or the one asked for. Everybody who has logged in may read it."""
    desk = _desk(visit)
    months = _months(visit)
    sheet: ActivitySheet | None = None
    wrong = ""
    try:
        sheet = desk.sheet(month.strip() or None, visit.language, visit.now)
    except Invalid:
        wrong = "activity.wrong_month"
    except Unavailable:
        wrong = "activity.away"
    shown = sheet.month if sheet else month.strip()
    status = 422 if wrong == "activity.wrong_month" else 503 if wrong else 200
    return visit.page("activity.html", status=status, sheet=sheet, months=months, shown=shown, wrong=wrong)


@router.get("/activity.pdf")
def activity_file(visit: Visiting, month: str = "") -> Response:
    """The same on one page of A4."""
    name, content = _desk(visit).pdf(month.strip() or None, visit.language, visit.now)
    said = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers={**HEADERS, **said})


def _desk(visit: Visit) -> ActivityDesk:
    if visit.services.activity is None:
        raise NotFound("activity")
    return visit.services.activity


def _months(visit: Visit) -> list[str]:
    """This month, as soon as a day of it is over, and those before it."""
    yesterday = local_day(visit.now, visit.formats().zone) - timedelta(days=1)
    period = period_with(PeriodKind.MONTH, yesterday)
    found = [period.name]
    while len(found) < MONTHS:
        period = period_with(PeriodKind.MONTH, period_of(PeriodKind.MONTH, found[-1]).first - timedelta(days=1))
        found.append(period.name)
    return found
