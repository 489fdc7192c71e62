"""Routes: What was found out about exceedances."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.access import Commenter, Reader, ServicesOf
from api.evidence_bodies import ExceedanceBody
from api.evidence_schemas import AtRevision, Corrected, History, RecordId, RevisionOut, Shelf, Why
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit
from api.schemas import SLUG, ListOf
from domain.report_records import EpisodeNote

router = APIRouter(prefix="/exceedances", tags=["evidence"])
SHELF = Shelf(
    "exceedances", EpisodeNote, ExceedanceBody, lambda services: services.evidence.episode_notes, made=("who",)
)
Place = Annotated[str | None, Query(alias="point", pattern=SLUG, max_length=64, description="Only this point.")]


@router.get("", responses=READS, summary="Causes and responses of exceedances")
def list_exceedances(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[ExceedanceBody]]:
    """The newest revision of each that counts, latest first by when it was."""
    return SHELF.page(services, place, cursor, limit)


@router.post("", status_code=201, responses=CHANGES, summary="Enter what was found out about an exceedance")
def create_exceedance(caller: Commenter, services: ServicesOf, body: ExceedanceBody) -> RevisionOut[ExceedanceBody]:
    """Reports print it beside every exceedance of the parameter that shares a moment with it."""
    return SHELF.add(services, caller, body)


@router.get("/{record_id}", responses=READS_ONE, summary="Cause and response of an exceedance with their revisions")
def get_exceedance(caller: Reader, services: ServicesOf, record_id: RecordId) -> History[ExceedanceBody]:
    """Oldest first; the last one counts, unless it says `removed`."""
    return SHELF.history(services, record_id)


@router.put("/{record_id}", responses=CHANGES, summary="Correct cause and response of an exceedance")
def correct_exceedance(
    caller: Commenter, services: ServicesOf, record_id: RecordId, body: Corrected[ExceedanceBody]
) -> RevisionOut[ExceedanceBody]:
    """A new revision; the old one is kept. 409 when somebody else was faster."""
    return SHELF.correct(services, caller, record_id, body)


@router.delete("/{record_id}", responses=CHANGES, summary="Take out cause and response of an exceedance")
def remove_exceedance(
    caller: Commenter, services: ServicesOf, record_id: RecordId, revision: AtRevision, note: Why
) -> RevisionOut[ExceedanceBody]:
    """It no longer counts; what it said is kept. 409 when somebody else was faster."""
    return SHELF.remove(services, caller, record_id, revision, note)
