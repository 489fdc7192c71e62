"""Routes: how sending to SPARING stands, and what the ministry said."""

from __future__ import annotations

from fastapi import APIRouter

from api.access import Reader, ServicesOf
from api.openapi import READS_ONE
from api.paging import Cursor, Limit, opened, sealed
from api.schemas import ListOf
from api.sparing_schemas import ReceiptOut, SparingStatusOut
from domain.errors import NotFound
from domain.services import Services
from domain.sparing_desk import SparingDesk

router = APIRouter(prefix="/sparing", tags=["sparing"])


@router.get("/status", responses=READS_ONE, summary="How sending stands")
def get_sparing_status(caller: Reader, services: ServicesOf) -> SparingStatusOut:
    """Every compliance point with its test, what waits and the last receipt. 404 without a connector."""
    return SparingStatusOut.of(_desk(services).status())


@router.get("/receipts", responses=READS_ONE, summary="What the ministry said")
def list_sparing_receipts(
    caller: Reader, services: ServicesOf, limit: Limit = 100, cursor: Cursor = None, point: str | None = None
) -> ListOf[ReceiptOut]:
    """Every attempt, newest first; of one compliance point or of all."""
    page = _desk(services).receipts(opened("sparing", cursor), limit, point)
    return ListOf(items=[ReceiptOut.of(one) for one in page.items], next=sealed("sparing", page.next))


def _desk(services: Services) -> SparingDesk:
    if services.sparing is None:
        raise NotFound("this installation has no SPARING connector")
    return services.sparing
