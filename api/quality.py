"""Routes: what was judged of readings later."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.access import Reader, ServicesOf
from api.openapi import READS
from api.paging import Cursor, Limit, opened, sealed
from api.quality_schemas import QualityIntervalOut
from api.schemas import DeviceFilter, ListOf, MetricFilter
from api.times import Moment
from domain.errors import Invalid

router = APIRouter(prefix="/quality-intervals", tags=["readings"])

Start = Annotated[Moment | None, Query(description="Only intervals that end after this; RFC 3339 with a zone.")]
Stop = Annotated[Moment | None, Query(description="Only intervals that begin before this; RFC 3339 with a zone.")]


@router.get("", responses=READS, summary="Stretches of readings that were judged later")
def list_quality_intervals(
    caller: Reader,
    services: ServicesOf,
    device: DeviceFilter = None,
    metric: MetricFilter = None,
    start: Start = None,
    stop: Stop = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ListOf[QualityIntervalOut]:
    """Newest first by start. Values are never changed: figures of readings leave out what lies in an interval with
    flag 3 or 4, `latest` shows its flag and reason. Flag 9 is a gap and holds no reading.
    """
    if start is not None and stop is not None and stop <= start:
        raise Invalid("stop must be later than start", "stop")
    page = services.quality.page(opened("quality-intervals", cursor), limit, device, metric, start, stop)
    return ListOf(
        items=[QualityIntervalOut.of(one) for one in page.items], next=sealed("quality-intervals", page.next)
    )
