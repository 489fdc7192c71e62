"""Routes: readings. The two that pages ask for all day are encoded by msgspec; their schemas are checked in CI."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Query, Response

from api.access import InstalledOf, Reader, ServicesOf
from api.devices import profile_of
from api.openapi import READS, READS_ONE
from api.paging import Cursor, Limit, opened, sealed
from api.reading_schemas import DayOut, LatestReading, SeriesBucket, StateOut, bucket_fields, latest_fields
from api.schemas import DeviceFilter, DeviceName, ListOf, Metric, MetricFilter, SiteFilter
from api.times import DAY, HOUR, SECOND, Day, Moment, span
from domain.errors import Invalid
from domain.reading import Millis, Reading
from domain.registry import Device
from domain.series import Selection
from domain.services import Services

router = APIRouter(prefix="/readings", tags=["readings"])

MOST_SERIES = 3_660 * DAY
MOST_STATES = 92 * DAY
MOST_DAYS = 3_660
FALLBACK_GAP: Millis = 60 * SECOND  # where no profile says how often a device speaks
SHORTEST_DAY_GAP: Millis = 120 * SECOND  # daily integrals rest on one-minute means

Start = Annotated[Moment | None, Query(description="Beginning (inclusive), RFC 3339 with a zone.")]
Stop = Annotated[Moment | None, Query(description="End (exclusive), RFC 3339 with a zone; now when left out.")]
MaxPoints = Annotated[int, Query(ge=1, le=5000, description="How many buckets at most.")]
IsCorrected = Annotated[bool, Query(description="With the corrections in force; what was stored stays as it came.")]
MaxGap = Annotated[
    int | None, Query(ge=1, le=86_400, description="Seconds without a reading that count as a gap; by profile.")
]


def _listed(items: Iterable[dict[str, Any]], following: str | None = None) -> Response:
    body = msgspec.json.encode({"items": list(items), "next": following})
    return Response(body, media_type="application/json")


@router.get(
    "/latest", responses=READS, response_model=ListOf[LatestReading], summary="The newest reading of each series"
)
def list_latest(
    caller: Reader,
    services: ServicesOf,
    site: SiteFilter = None,
    device: DeviceFilter = None,
    metric: MetricFilter = None,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """By site, device and metric. Right to the last second, also while the store is away."""
    selection = Selection(site, frozenset({device}) if device else None, metric)
    readings = services.readings.latest(selection)
    after = opened("latest", cursor)
    rest = [one for one in readings if after is None or _place(one) > after]
    following = sealed("latest", _place(rest[limit - 1])) if len(rest) > limit else None
    return _listed((latest_fields(one) for one in rest[:limit]), following)


def _place(reading: Reading) -> str:
    """Where a reading stands in the list; the separator sorts before all that names may hold."""
    series = reading.series
    return f"{series.site}\x1f{series.device}\x1f{series.metric}"


@router.get("", responses=READS_ONE, response_model=ListOf[SeriesBucket], summary="One series in buckets")
def list_series(
    caller: Reader,
    services: ServicesOf,
    device: DeviceName,
    metric: Metric,
    start: Start = None,
    stop: Stop = None,
    max_points: MaxPoints = 500,
    corrected: IsCorrected = False,
) -> Response:
    """Buckets over `start` to `stop` (the last 24 hours when left out), cut by the store. Gaps stay gaps."""
    begin, end = span(start, stop, services.clock(), DAY, MOST_SERIES)
    services.registry.device(device)
    readings = services.evidence.corrected if corrected else services.readings
    buckets = readings.series(device, metric, begin, end, max_points)
    return _listed(bucket_fields(one) for one in buckets)


@router.get("/daily", responses=READS_ONE, summary="One series by local days")
def list_daily(
    caller: Reader,
    services: ServicesOf,
    installed: InstalledOf,
    device: DeviceName,
    metric: Metric,
    first: Annotated[Day, Query(alias="from", description="First local day.")],
    last: Annotated[Day, Query(alias="to", description="Last local day (inclusive).")],
    max_gap: MaxGap = None,
) -> ListOf[DayOut]:
    """A summary of each day that has readings. Days are cut in the site's zone."""
    if last < first or (last - first).days >= MOST_DAYS:
        raise Invalid(f"to must be from or a later day, at most {MOST_DAYS} days in all", "to")
    found = services.registry.device(device)
    zone = ZoneInfo(installed.site(found.site).timezone)
    gap = max(_gap(services, found, metric, max_gap), SHORTEST_DAY_GAP)
    days = services.readings.daily(device, metric, first, last, zone, gap)
    return ListOf(items=[DayOut.of(day) for day in days])


@router.get("/states", responses=READS_ONE, summary="Machine states over time")
def list_states(
    caller: Reader,
    services: ServicesOf,
    device: DeviceName,
    metric: Metric = "run",
    start: Start = None,
    stop: Stop = None,
    max_gap: MaxGap = None,
) -> ListOf[StateOut]:
    """Executing, not executing, or not available (no signal), from a run metric; the last 24 hours when nothing
    is said, at most 92 days.
    """
    begin, end = span(start, stop, services.clock(), 24 * HOUR, MOST_STATES)
    found = services.registry.device(device)
    gap = _gap(services, found, metric, max_gap)
    spans = services.readings.states(device, metric, begin, end, gap)
    return ListOf(items=[StateOut.of(one) for one in spans])


def _gap(services: Services, device: Device, metric: str, asked: int | None) -> Millis:
    """How long a silence is a gap: as asked, else interval plus grace of the profile."""
    if asked is not None:
        return asked * SECOND
    profile = profile_of(services, device.profile)
    info = next((one for one in profile.metrics if one.metric == metric), None) if profile else None
    if info is None or info.interval is None:
        return FALLBACK_GAP
    return round((info.interval + (info.grace or 0)) * SECOND)
