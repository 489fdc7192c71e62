"""Routes: Judgement of readings by hand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.access import Calibrator, Reader, ServicesOf
from api.evidence_bodies import JudgementBody
from api.evidence_schemas import AtRevision, Corrected, History, RecordId, RevisionOut, Shelf, Why, require_metric
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit
from api.schemas import SLUG, ListOf
from domain.condition import HandJudgement

router = APIRouter(prefix="/judgements", tags=["evidence"])
SHELF = Shelf("judgements", HandJudgement, JudgementBody, lambda services: services.evidence.judgements)
Place = Annotated[str | None, Query(alias="device", pattern=SLUG, max_length=64, description="Only this device.")]


@router.get("", responses=READS, summary="Judgement of readings by hand")
def list_judgements(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[JudgementBody]]:
    """The newest revision of each that counts, latest first by when it was."""
    return SHELF.page(services, place, cursor, limit)


@router.post("", status_code=201, responses=CHANGES, summary="Enter a judgement by hand")
def create_judgement(caller: Calibrator, services: ServicesOf, body: JudgementBody) -> RevisionOut[JudgementBody]:
    """The values stay; figures leave the stretch out. Who wrote it is the caller."""
    require_metric(services, body.device, body.metric)
    return SHELF.add(services, caller, body)


@router.get("/{record_id}", responses=READS_ONE, summary="A judgement by hand with its revisions")
def get_judgement(caller: Reader, services: ServicesOf, record_id: RecordId) -> History[JudgementBody]:
    """Oldest first; the last one counts, unless it says `removed`."""
    return SHELF.history(services, record_id)


@router.put("/{record_id}", responses=CHANGES, summary="Correct a judgement by hand")
def correct_judgement(
    caller: Calibrator, services: ServicesOf, record_id: RecordId, body: Corrected[JudgementBody]
) -> RevisionOut[JudgementBody]:
    """A new revision; the old one is kept. 409 when somebody else was faster."""
    require_metric(services, body.record.device, body.record.metric)
    return SHELF.correct(services, caller, record_id, body)


@router.delete("/{record_id}", responses=CHANGES, summary="Take out a judgement by hand")
def remove_judgement(
    caller: Calibrator, services: ServicesOf, record_id: RecordId, revision: AtRevision, note: Why
) -> RevisionOut[JudgementBody]:
    """It no longer counts; what it said is kept. 409 when somebody else was faster."""
    return SHELF.remove(services, caller, record_id, revision, note)
