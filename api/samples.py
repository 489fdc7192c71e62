"""Routes: Samples with their laboratory results."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.access import Commenter, Reader, ServicesOf
from api.evidence_bodies import SampleBody
from api.evidence_schemas import AtRevision, Corrected, History, RecordId, RevisionOut, Shelf, Why
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit
from api.schemas import SLUG, ListOf
from domain.attachment import require_kept
from domain.lab import LabSample

router = APIRouter(prefix="/samples", tags=["evidence"])
SHELF = Shelf("samples", LabSample, SampleBody, lambda services: services.evidence.samples)
Place = Annotated[str | None, Query(alias="point", pattern=SLUG, max_length=64, description="Only this point.")]


@router.get("", responses=READS, summary="Samples with their laboratory results")
def list_samples(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[SampleBody]]:
    """The newest revision of each that counts, latest first by when it was."""
    return SHELF.page(services, place, cursor, limit)


@router.post("", status_code=201, responses=CHANGES, summary="Enter a sample with its results")
def create_sample(caller: Commenter, services: ServicesOf, body: SampleBody) -> RevisionOut[SampleBody]:
    """All parameters of one sample; 422 where its code was entered already. Who wrote it is the caller."""
    require_kept(services.evidence.files, [body.file] if body.file else [], "file")
    return SHELF.add(services, caller, body)


@router.get("/{record_id}", responses=READS_ONE, summary="A sample with its revisions")
def get_sample(caller: Reader, services: ServicesOf, record_id: RecordId) -> History[SampleBody]:
    """Oldest first; the last one counts, unless it says `removed`."""
    return SHELF.history(services, record_id)


@router.put("/{record_id}", responses=CHANGES, summary="Correct a sample")
def correct_sample(
    caller: Commenter, services: ServicesOf, record_id: RecordId, body: Corrected[SampleBody]
) -> RevisionOut[SampleBody]:
    """A new revision; the old one is kept. 409 when somebody else was faster."""
    require_kept(services.evidence.files, [body.record.file] if body.record.file else [], "file")
    return SHELF.correct(services, caller, record_id, body)


@router.delete("/{record_id}", responses=CHANGES, summary="Take out a sample")
def remove_sample(
    caller: Commenter, services: ServicesOf, record_id: RecordId, revision: AtRevision, note: Why
) -> RevisionOut[SampleBody]:
    """It no longer counts; what it said is kept. 409 when somebody else was faster."""
    return SHELF.remove(services, caller, record_id, revision, note)
