"""Routes: places out of operation on purpose, and service done on machines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.access import Acknowledger, Reader, ServicesOf, Shelver
from api.openapi import CHANGES, READS
from api.paging import Cursor, Limit, opened, sealed
from api.pause_schemas import NewPause, NewService, PauseOut, ServiceOut
from api.schemas import DeviceFilter, ListOf
from domain.pause import Pause, require_end
from domain.rule_record import ServiceRecord

router = APIRouter(tags=["alerts"])

PauseId = Annotated[int, Path(ge=1, le=2**53)]


@router.get("/pauses", responses=READS, summary="Places out of operation")
def list_pauses(caller: Reader, services: ServicesOf, limit: Limit = 100, cursor: Cursor = None) -> ListOf[PauseOut]:
    """Newest first, also those that ended; their alerts are suppressed by design while they hold."""
    page, now = services.pauses.page(opened("pauses", cursor), limit), services.clock()
    return ListOf(items=[PauseOut.of(pause, now) for pause in page.items], next=sealed("pauses", page.next))


@router.post("/pauses", status_code=201, responses=CHANGES, summary="Take a place out of operation")
def create_pause(caller: Shelver, services: ServicesOf, body: NewPause) -> PauseOut:
    """A site, one of its stages, or one device; from now on unless told, for at most 30 days: none is forgotten."""
    now = services.clock()
    start = now if body.start is None else body.start
    stop = require_end(start, body.stop)
    pause = Pause(body.site, start, body.reason, caller.name, body.stage, body.device, stop)
    return PauseOut.of(services.pauses.pause(pause, now), now)


@router.post("/pauses/{pause_id}/end", responses=CHANGES, summary="Put a place back into operation")
def end_pause(caller: Shelver, services: ServicesOf, pause_id: PauseId) -> PauseOut:
    """Ends it now; what arrives from now on is judged. 409 when it has ended."""
    now = services.clock()
    return PauseOut.of(services.pauses.end(pause_id, caller.name, now), now)


@router.get("/maintenance", responses=READS, summary="Service done on machines")
def list_maintenance(
    caller: Reader, services: ServicesOf, device: DeviceFilter = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[ServiceOut]:
    """Newest first; rules of kind `run_hours` count from the newest of a device."""
    page = services.maintenance.page(opened("maintenance", cursor), limit, device)
    return ListOf(items=[ServiceOut.of(one) for one in page.items], next=sealed("maintenance", page.next))


@router.post("/maintenance", status_code=201, responses=CHANGES, summary="Note service done on a machine")
def create_maintenance(caller: Acknowledger, services: ServicesOf, body: NewService) -> ServiceOut:
    """Who did it is the caller. 404 for an unknown device."""
    at = services.clock() if body.time is None else body.time
    record = ServiceRecord(body.device, at, caller.name, body.note, body.run_hours)
    return ServiceOut.of(services.maintenance.add(record, services.clock()))
