"""Route: acknowledging by a signed link, without a log-in. The link is the key: it names one alert and one person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from api.access import ServicesOf
from api.alert_schemas import Remark
from api.openapi import problems
from api.schemas import Given, Wire
from api.times import WireTime, optional_time

router = APIRouter(prefix="/links", tags=["alerts"])

Token = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[A-Za-z0-9._~=-]+$")]


class UseLink(Given):
    """The token of a link as it stood in a message: what follows `/a/`."""

    token: Token
    comment: Remark | None = Field(None, examples=["Saya ke lokasi."])


class LinkUsed(Wire):
    """What became of the alert. No more than the message said: whoever asks has not logged in."""

    alert: str
    state: str
    acknowledged_by: str | None
    acknowledged_at: WireTime | None


@router.post("/acknowledge", responses=problems(400, 404, 409, 413, 422, 503), summary="Acknowledge by a link")
def acknowledge_by_link(services: ServicesOf, body: UseLink) -> LinkUsed:
    """Uses a link from a message, once. 409 when it was used, or the alert moved on; 422 when it is forged or old."""
    alert = services.links.acknowledge(body.token, body.comment, services.clock())
    return LinkUsed(
        alert=alert.id,
        state=alert.state,
        acknowledged_by=alert.acknowledged_by,
        acknowledged_at=optional_time(alert.acknowledged_at),
    )
