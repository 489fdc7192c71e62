"""Route: the live stream, by server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from api.access import Caller, Reader, ServicesOf
from api.live import Hub, told
from api.openapi import READS, Responses
from api.schemas import SiteFilter
from domain.services import Services

router = APIRouter(tags=["live"])

LastEvent = Annotated[
    str | None, Header(alias="Last-Event-ID", description="Where to go on from; browsers send it by themselves.")
]
_STREAM: Responses = {
    200: {"description": "Events, until the client goes.", "content": {"text/event-stream": {"schema": {}}}}
}


@router.get("/stream", responses={**_STREAM, **READS}, response_class=StreamingResponse, summary="Live events")
async def stream_events(
    request: Request, caller: Reader, services: ServicesOf, site: SiteFilter = None, last_event_id: LastEvent = None
) -> StreamingResponse:
    """`ready` at the start, then `readings` (`{"items": […]}` as in the latest readings), `alert` (one alert) and
    `resync` (something was left out: load anew). A comment every 15 s keeps the line open.
    """
    hub: Hub = request.app.state.live
    listener, first = await hub.listen(site, _since(last_event_id))
    body = told(hub, listener, first, lambda: _welcome(services, caller))
    return StreamingResponse(
        body, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


def _since(last: str | None) -> int | None:
    """The sequence number to go on from; one we never gave is answered with a resync."""
    if not last:
        return None
    return int(last) if last.isascii() and last.isdigit() and len(last) < 19 else -1


def _welcome(services: Services, caller: Caller) -> bool:
    """Whether session or token still hold: a stream may outlive both."""
    now = services.clock()
    if caller.session is not None:
        return services.authenticator.session(caller.secret, now) is not None
    return services.authenticator.program(caller.secret, now) is not None
