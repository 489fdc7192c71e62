"""Route: how the alarm system itself is doing."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query

from api.access import InstalledOf, Reader, ServicesOf
from api.openapi import READS_ONE
from api.performance_schemas import PerformanceOut
from api.schemas import SiteFilter
from api.times import DAY, Moment, span

router = APIRouter(tags=["alerts"])

WEEK: Final = 7 * DAY
MOST: Final = 92 * DAY
Start = Annotated[Moment | None, Query(description="From here on; the last seven days unless told.")]
Stop = Annotated[Moment | None, Query(description="Up to here, not included; now unless told. At most 92 days.")]


@router.get("/alarm-performance", responses=READS_ONE, summary="How the alarm system is doing")
def get_alarm_performance(
    caller: Reader,
    services: ServicesOf,
    installed: InstalledOf,
    start: Start = None,
    stop: Stop = None,
    site: SiteFilter = None,
) -> PerformanceOut:
    """Counts by ISA-18.2: per hour, day and priority, the ten worst actors, chattering, stale, floods, how fast
    people acknowledge, what could be retuned. Of one site or of all.
    """
    if site is not None:
        installed.site(site)
    begin, end = span(start, stop, services.clock(), WEEK, MOST)
    return PerformanceOut.of(services.performance.performance(begin, end, site))
