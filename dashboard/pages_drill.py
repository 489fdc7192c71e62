"""The drill that runs now, or the last one: what happens, what to do, the alerts, and the score."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ValidationError

from dashboard.alert_lines import AlertLine, line
from dashboard.frame import Visit
from dashboard.visits import PageRoute, Visiting
from domain.account import AuditEntry
from domain.drill import BEGUN, ENDED, DrillRecord
from domain.ports import Page

ENTRIES: Final = 200  # of the audit log in one look
LOOKS: Final = 5
ALERTS: Final = 50

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/drill")
def drill_page(visit: Visiting) -> Response:
    """Follows a drill live."""
    record = last_drill(visit)
    running = record is not None and record.ended_at is None
    passed = (visit.now - record.began_at) // 1000 if record is not None else 0
    return visit.page(
        "drill.html",
        live=visit.url,
        record=record,
        running=running,
        passed=passed,
        current=max((step.after for step in record.steps if step.after <= passed), default=0) if record else 0,
        lines=_alerts(visit, record) if record is not None else [],
    )


def last_drill(visit: Visit) -> DrillRecord | None:
    """The newest drill in the audit log, as it stands."""
    after: str | None = None
    for _ in range(LOOKS):
        page: Page[AuditEntry] = visit.services.audit.page(after, ENTRIES)
        for entry in page.items:
            if entry.action in (BEGUN, ENDED) and entry.after is not None:
                return _read(entry.after)
        after = page.next
        if after is None:
            return None
    return None


def _read(text: str) -> DrillRecord | None:
    try:
        return DrillRecord.model_validate_json(text)
    except ValidationError:  # written by another version
        return None


def _alerts(visit: Visit, record: DrillRecord) -> list[AlertLine]:
    """The alerts of the site since the drill began."""
    page = visit.services.book.page(None, ALERTS, None, record.site, None, False)
    until = record.ended_at if record.ended_at is not None else visit.now
    return [line(visit, alert) for alert in page.items if record.began_at <= alert.since <= until]
