"""Routes: Abnormal and emergency conditions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.access import Acknowledger, Reader, ServicesOf
from api.evidence_bodies import ConditionBody
from api.evidence_schemas import AtRevision, Corrected, History, RecordId, RevisionOut, Shelf, Why
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit
from api.schemas import SLUG, ListOf
from domain.attachment import require_kept
from domain.condition import Condition, require_apart
from domain.services import Services

router = APIRouter(prefix="/conditions", tags=["evidence"])
SHELF = Shelf("conditions", Condition, ConditionBody, lambda services: services.evidence.conditions)
Place = Annotated[str | None, Query(alias="site", pattern=SLUG, max_length=64, description="Only this site.")]
Even = Annotated[bool, Query(description="Enter it though one of the same site and category overlaps it.")]


@router.get("", responses=READS, summary="Abnormal and emergency conditions")
def list_conditions(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[ConditionBody]]:
    """The newest revision of each that counts, latest first by when it was."""
    return SHELF.page(services, place, cursor, limit)


@router.post("", status_code=201, responses=CHANGES, summary="Enter a condition")
def create_condition(
    caller: Acknowledger, services: ServicesOf, body: ConditionBody, even_if_overlapping: Even = False
) -> RevisionOut[ConditionBody]:
    """It changes no reading. Who wrote it is the caller. 409 where one of the same site and category shares a moment
    with it: `present` is that one.
    """
    require_kept(services.evidence.files, body.files, "files")
    _require_apart(services, body, "", even_if_overlapping)
    return SHELF.add(services, caller, body)


@router.get("/{record_id}", responses=READS_ONE, summary="A condition with its revisions")
def get_condition(caller: Reader, services: ServicesOf, record_id: RecordId) -> History[ConditionBody]:
    """Oldest first; the last one counts, unless it says `removed`."""
    return SHELF.history(services, record_id)


@router.put("/{record_id}", responses=CHANGES, summary="Correct a condition")
def correct_condition(
    caller: Acknowledger,
    services: ServicesOf,
    record_id: RecordId,
    body: Corrected[ConditionBody],
    even_if_overlapping: Even = False,
) -> RevisionOut[ConditionBody]:
    """A new revision; the old one is kept. 409 when somebody else was faster, or another shares a moment with it."""
    require_kept(services.evidence.files, body.record.files, "files")
    _require_apart(services, body.record, record_id, even_if_overlapping)
    return SHELF.correct(services, caller, record_id, body)


@router.delete("/{record_id}", responses=CHANGES, summary="Take out a condition")
def remove_condition(
    caller: Acknowledger, services: ServicesOf, record_id: RecordId, revision: AtRevision, note: Why
) -> RevisionOut[ConditionBody]:
    """It no longer counts; what it said is kept. 409 when somebody else was faster."""
    return SHELF.remove(services, caller, record_id, revision, note)


def _require_apart(services: Services, body: ConditionBody, record_id: str, even: bool) -> None:
    """Raises Conflict naming the one that shares a moment with it."""
    if not even:
        found = services.evidence.conditions.same_event(SHELF.record(body, ""), record_id)
        require_apart(SHELF.record(body, ""), [(one.id, one.record) for one in found])
