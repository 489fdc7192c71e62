"""Routes: Corrections of values from a moment on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.access import Calibrator, Reader, ServicesOf
from api.evidence_bodies import CorrectionBody
from api.evidence_schemas import AtRevision, Corrected, History, RecordId, RevisionOut, Shelf, Why, require_metric
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit
from api.schemas import SLUG, ListOf
from domain.calibration import Correction

router = APIRouter(prefix="/corrections", tags=["evidence"])
SHELF = Shelf("corrections", Correction, CorrectionBody, lambda services: services.evidence.corrections)
Place = Annotated[str | None, Query(alias="device", pattern=SLUG, max_length=64, description="Only this device.")]


@router.get("", responses=READS, summary="Corrections of values from a moment on")
def list_corrections(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[CorrectionBody]]:
    """The newest revision of each that counts, latest first by when it was."""
    return SHELF.page(services, place, cursor, limit)


@router.post("", status_code=201, responses=CHANGES, summary="Apply a correction from a moment on")
def create_correction(caller: Calibrator, services: ServicesOf, body: CorrectionBody) -> RevisionOut[CorrectionBody]:
    """Stored values stay as they came; the corrected one is computed when it is read. Who wrote it is the caller."""
    require_metric(services, body.device, body.metric)
    return SHELF.add(services, caller, body)


@router.get("/{record_id}", responses=READS_ONE, summary="A correction with its revisions")
def get_correction(caller: Reader, services: ServicesOf, record_id: RecordId) -> History[CorrectionBody]:
    """Oldest first; the last one counts, unless it says `removed`."""
    return SHELF.history(services, record_id)


@router.put("/{record_id}", responses=CHANGES, summary="Change a correction")
def correct_correction(
    caller: Calibrator, services: ServicesOf, record_id: RecordId, body: Corrected[CorrectionBody]
) -> RevisionOut[CorrectionBody]:
    """A new revision; the old one is kept. 409 when somebody else was faster."""
    require_metric(services, body.record.device, body.record.metric)
    return SHELF.correct(services, caller, record_id, body)


@router.delete("/{record_id}", responses=CHANGES, summary="Take out a correction")
def remove_correction(
    caller: Calibrator, services: ServicesOf, record_id: RecordId, revision: AtRevision, note: Why
) -> RevisionOut[CorrectionBody]:
    """It no longer counts; what it said is kept. 409 when somebody else was faster."""
    return SHELF.remove(services, caller, record_id, revision, note)
