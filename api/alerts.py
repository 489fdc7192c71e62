"""Routes: alerts, and what people do to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.access import Acknowledger, Commenter, Reader, ServicesOf, Shelver
from api.alert_schemas import Acknowledge, AlertOut, Comment, Shelve
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit, opened, sealed
from api.schemas import DeviceFilter, ListOf, Phrase, SiteFilter
from domain.alert import Alert, AlertState, Transition
from domain.errors import Invalid, NotFound
from domain.services import Services

router = APIRouter(prefix="/alerts", tags=["alerts"])

AlertId = Annotated[str, Path(pattern=r"^[A-Za-z0-9._:-]+$", max_length=128)]
StateFilter = Annotated[AlertState | None, Query(description="Only alerts in this state.")]
OpenOnly = Annotated[bool, Query(alias="open", description="Only alerts that have not ended.")]


def shown(services: Services, alert: Alert) -> AlertOut:
    """An alert with what to do and its life so far."""
    return _shown(services, alert, services.book.transitions(alert.id))


def _shown(services: Services, alert: Alert, life: list[Transition]) -> AlertOut:
    try:
        action = Phrase.of(services.rules.rule(alert.rule).action)
    except NotFound:
        action = None
    return AlertOut.of(alert, action, life)


@router.get("", responses=READS, summary="Alerts")
def list_alerts(
    caller: Reader,
    services: ServicesOf,
    state: StateFilter = None,
    site: SiteFilter = None,
    device: DeviceFilter = None,
    open_only: OpenOnly = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ListOf[AlertOut]:
    """Newest first by `since`, each with its transitions."""
    page = services.book.page(opened("alerts", cursor), limit, state, site, device, open_only)
    lives = services.book.lives([alert.id for alert in page.items])
    items = [_shown(services, alert, lives[alert.id]) for alert in page.items]
    return ListOf(items=items, next=sealed("alerts", page.next))


@router.get("/{alert_id}", responses=READS_ONE, summary="One alert")
def get_alert(caller: Reader, services: ServicesOf, alert_id: AlertId) -> AlertOut:
    """One alert with its transitions, oldest first."""
    return shown(services, services.book.alert(alert_id))


@router.post("/{alert_id}/acknowledge", responses=CHANGES, summary="Acknowledge an alert")
def acknowledge_alert(
    caller: Acknowledger, services: ServicesOf, alert_id: AlertId, body: Acknowledge | None = None
) -> AlertOut:
    """Seen and taken on. 409 with `present` when the alert has moved on since it was looked at."""
    comment = body.comment if body else None
    return shown(services, services.desk.acknowledge(alert_id, caller.name, comment, services.clock()))


@router.post("/{alert_id}/comment", responses=CHANGES, summary="Comment on an alert")
def comment_alert(caller: Commenter, services: ServicesOf, alert_id: AlertId, body: Comment) -> AlertOut:
    """A note in the alert's life; its state stays."""
    return shown(services, services.desk.comment(alert_id, caller.name, body.comment, services.clock()))


@router.post("/{alert_id}/shelve", responses=CHANGES, summary="Shelve an alert")
def shelve_alert(caller: Shelver, services: ServicesOf, alert_id: AlertId, body: Shelve) -> AlertOut:
    """Put aside until a time, at most seven days ahead; it comes back by itself."""
    now = services.clock()
    if (body.until is None) == (body.minutes is None):
        raise Invalid("give either until or minutes", "until")
    until = body.until if body.until is not None else now + (body.minutes or 0) * 60_000
    return shown(services, services.desk.shelve(alert_id, caller.name, until, body.reason, now))


@router.post("/{alert_id}/unshelve", responses=CHANGES, summary="Take an alert back from the shelf")
def unshelve_alert(
    caller: Shelver, services: ServicesOf, alert_id: AlertId, body: Acknowledge | None = None
) -> AlertOut:
    """It becomes acknowledged (ISA-18.2)."""
    comment = body.comment if body else None
    return shown(services, services.desk.unshelve(alert_id, caller.name, comment, services.clock()))
