"""Routes: alerts, and what people do to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.access import Acknowledger, Commenter, Reader, ServicesOf, Shelver
from api.alert_schemas import Acknowledge, AlertDetail, AlertOut, Comment, Shelve, TakeOut
from api.notification_schemas import NotificationOut
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit, opened, sealed
from api.schemas import DeviceFilter, ListOf, Phrase, SiteFilter
from domain.alert import Alert, AlertState
from domain.errors import Invalid, NotFound
from domain.services import Services

router = APIRouter(prefix="/alerts", tags=["alerts"])

AlertId = Annotated[str, Path(pattern=r"^[A-Za-z0-9._:-]+$", max_length=128)]
StateFilter = Annotated[AlertState | None, Query(description="Only alerts in this state.")]
OpenOnly = Annotated[bool, Query(alias="open", description="Only alerts that have not ended.")]


def shown(services: Services, alert: Alert) -> AlertDetail:
    """An alert with what to do, its life so far, and who was told."""
    told = [NotificationOut.of(one) for one in services.book.notifications(alert.id)]
    life = services.book.transitions(alert.id)
    return AlertDetail.of(alert, _action(services, alert), life, notifications=told)


def _action(services: Services, alert: Alert) -> Phrase | None:
    try:
        return Phrase.of(services.rules.rule(alert.rule).action)
    except NotFound:
        return None


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
    items = [AlertOut.of(alert, _action(services, alert), lives[alert.id]) for alert in page.items]
    return ListOf(items=items, next=sealed("alerts", page.next))


@router.get("/{alert_id}", responses=READS_ONE, summary="One alert")
def get_alert(caller: Reader, services: ServicesOf, alert_id: AlertId) -> AlertDetail:
    """One alert with its transitions, oldest first, and who was told of it."""
    return shown(services, services.book.alert(alert_id))


@router.post("/{alert_id}/acknowledge", responses=CHANGES, summary="Acknowledge an alert")
def acknowledge_alert(
    caller: Acknowledger, services: ServicesOf, alert_id: AlertId, body: Acknowledge | None = None
) -> AlertDetail:
    """Seen and taken on. 409 with `present` when the alert has moved on since it was looked at."""
    comment = body.comment if body else None
    return shown(services, services.desk.acknowledge(alert_id, caller.name, comment, services.clock()))


@router.post("/{alert_id}/comment", responses=CHANGES, summary="Comment on an alert")
def comment_alert(caller: Commenter, services: ServicesOf, alert_id: AlertId, body: Comment) -> AlertDetail:
    """A note in the alert's life; its state stays."""
    return shown(services, services.desk.comment(alert_id, caller.name, body.comment, services.clock()))


@router.post("/{alert_id}/shelve", responses=CHANGES, summary="Shelve an alert")
def shelve_alert(caller: Shelver, services: ServicesOf, alert_id: AlertId, body: Shelve) -> AlertDetail:
    """Put aside until a time, at most seven days ahead; it comes back by itself."""
    now = services.clock()
    if (body.until is None) == (body.minutes is None):
        raise Invalid("give either until or minutes", "until")
    until = body.until if body.until is not None else now + (body.minutes or 0) * 60_000
    return shown(services, services.desk.shelve(alert_id, caller.name, until, body.reason, now))


@router.post("/{alert_id}/unshelve", responses=CHANGES, summary="Take an alert back from the shelf")
def unshelve_alert(
    caller: Shelver, services: ServicesOf, alert_id: AlertId, body: Acknowledge | None = None
) -> AlertDetail:
    """It becomes acknowledged (ISA-18.2)."""
    comment = body.comment if body else None
    return shown(services, services.desk.unshelve(alert_id, caller.name, comment, services.clock()))


@router.post("/{alert_id}/take-out", responses=CHANGES, summary="Take an alert out of service")
def take_out_alert(caller: Shelver, services: ServicesOf, alert_id: AlertId, body: TakeOut) -> AlertDetail:
    """Its condition is not judged until it is put back; for repairs that outlast a shelf."""
    return shown(services, services.desk.take_out(alert_id, caller.name, body.reason, services.clock()))


@router.post("/{alert_id}/put-back", responses=CHANGES, summary="Put an alert back into service")
def put_back_alert(
    caller: Shelver, services: ServicesOf, alert_id: AlertId, body: Acknowledge | None = None
) -> AlertDetail:
    """The old alert is over; what arrives from now on is judged afresh."""
    comment = body.comment if body else None
    return shown(services, services.desk.put_back(alert_id, caller.name, comment, services.clock()))
