"""Routes: production by day, and the water that went with it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query

from api.access import Commenter, Reader, ServicesOf
from api.evidence_bodies import ProducedBody
from api.evidence_schemas import AtRevision, Corrected, History, RevisionOut, Shelf, Why
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit
from api.schemas import SLUG, ListOf, SlugPath, Wire
from api.times import Day
from domain.errors import Invalid
from domain.plant_figures import WaterDay
from domain.production import Produced

router = APIRouter(tags=["evidence"])
SHELF = Shelf("production", Produced, ProducedBody, lambda services: services.evidence.production)
Place = Annotated[str | None, Query(alias="site", pattern=SLUG, max_length=64, description="Only this site.")]
DayPath = Annotated[Day, Path()]
MOST_DAYS = 92


class VolumeOut(Wire):
    """m3 of a day, and the share of the day that rests on readings (0 to 1); from totaliser or integral."""

    volume: float | None
    covered: float
    method: str | None
    carried: float
    resets: int


class LoadOut(Wire):
    """kg of one parameter, and kg for each ton produced."""

    metric: str
    kilograms: float
    per_ton: float | None


class WaterDayOut(Wire):
    """One local day: m3 in and out, their difference, production, m3 and kg per ton. Null: not measured or noted."""

    day: date
    inlet: VolumeOut | None
    outlet: VolumeOut | None
    difference: float | None
    tons: float | None
    pieces: float | None
    per_ton: float | None
    loads: list[LoadOut]


class WaterOut(Wire):
    """Every day that was asked for."""

    items: list[WaterDayOut]


@router.get("/production", responses=READS, summary="Production by day")
def list_production(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[ProducedBody]]:
    """Newest day first. A day that is not here was not noted."""
    return SHELF.page(services, place, cursor, limit)


@router.post("/production", status_code=201, responses=CHANGES, summary="Note a day's production")
def create_production(caller: Commenter, services: ServicesOf, body: ProducedBody) -> RevisionOut[ProducedBody]:
    """409 when that day was noted already: correct it."""
    return SHELF.add(services, caller, body)


@router.get("/production/{site}/{day}", responses=READS_ONE, summary="A day's production with its revisions")
def get_production(caller: Reader, services: ServicesOf, site: SlugPath, day: DayPath) -> History[ProducedBody]:
    """Oldest first."""
    return SHELF.history(services, f"{site}/{day}")


@router.put("/production/{site}/{day}", responses=CHANGES, summary="Correct a day's production")
def correct_production(
    caller: Commenter, services: ServicesOf, site: SlugPath, day: DayPath, body: Corrected[ProducedBody]
) -> RevisionOut[ProducedBody]:
    """A new revision; the old one is kept."""
    return SHELF.correct(services, caller, f"{site}/{day}", body)


@router.delete("/production/{site}/{day}", responses=CHANGES, summary="Remove a day's production")
def remove_production(
    caller: Commenter, services: ServicesOf, site: SlugPath, day: DayPath, revision: AtRevision, note: Why
) -> RevisionOut[ProducedBody]:
    """The day counts as not noted; what was said is kept."""
    return SHELF.remove(services, caller, f"{site}/{day}", revision, note)


@router.get("/water-balance", responses=READS, summary="Volumes in and out, by day")
def list_water(
    caller: Reader,
    services: ServicesOf,
    site: Annotated[str, Query(pattern=SLUG, max_length=64)],
    first: Annotated[Day, Query(alias="from", description="First local day.")],
    last: Annotated[Day, Query(alias="to", description="Last local day (inclusive).")],
) -> WaterOut:
    """From totalisers where there are any (reset-safe), else the integral of the flow over good readings."""
    if last < first or (last - first).days >= MOST_DAYS:
        raise Invalid(f"to must be from or a later day, at most {MOST_DAYS} days in all", "to")
    return WaterOut(items=[_shown(day) for day in services.evidence.figures.water(site, first, last)])


def _shown(day: WaterDay) -> WaterDayOut:
    fields: dict[str, Any] = msgspec.to_builtins(day)
    for end in ("inlet", "outlet"):
        if fields[end] is not None:
            fields[end].pop("day")
    return WaterDayOut.model_validate(fields)
