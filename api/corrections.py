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
from domain.calibration import Correction, check_correction
from domain.correction_reach import means_around, require_reach
from domain.metrics import MetricKind
from domain.services import Services

router = APIRouter(prefix="/corrections", tags=["evidence"])
SHELF = Shelf("corrections", Correction, CorrectionBody, lambda services: services.evidence.corrections)
Place = Annotated[str | None, Query(alias="device", pattern=SLUG, max_length=64, description="Only this device.")]
Even = Annotated[bool, Query(description="Apply it though it moves the values by more than a tenth of their range.")]


@router.get("", responses=READS, summary="Corrections of values from a moment on")
def list_corrections(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[CorrectionBody]]:
    """The newest revision of each that counts, latest first by when it was."""
    return SHELF.page(services, place, cursor, limit)


@router.post("", status_code=201, responses=CHANGES, summary="Apply a correction from a moment on")
def create_correction(
    caller: Calibrator, services: ServicesOf, body: CorrectionBody, even_if_unusual: Even = False
) -> RevisionOut[CorrectionBody]:
    """Stored values stay as they came; the corrected one is computed when it is read. Who wrote it is the caller. 422
    where most values would be impossible, 409 where they move by more than a tenth of what is possible.
    """
    _require_reach(services, body, even_if_unusual)
    return SHELF.add(services, caller, body)


@router.get("/{record_id}", responses=READS_ONE, summary="A correction with its revisions")
def get_correction(caller: Reader, services: ServicesOf, record_id: RecordId) -> History[CorrectionBody]:
    """Oldest first; the last one counts, unless it says `removed`."""
    return SHELF.history(services, record_id)


@router.put("/{record_id}", responses=CHANGES, summary="Change a correction")
def correct_correction(
    caller: Calibrator,
    services: ServicesOf,
    record_id: RecordId,
    body: Corrected[CorrectionBody],
    even_if_unusual: Even = False,
) -> RevisionOut[CorrectionBody]:
    """A new revision; the old one is kept. 409 when somebody else was faster; refused as a new one is."""
    _require_reach(services, body.record, even_if_unusual)
    return SHELF.correct(services, caller, record_id, body)


@router.delete("/{record_id}", responses=CHANGES, summary="Take out a correction")
def remove_correction(
    caller: Calibrator, services: ServicesOf, record_id: RecordId, revision: AtRevision, note: Why
) -> RevisionOut[CorrectionBody]:
    """It no longer counts; what it said is kept. 409 when somebody else was faster."""
    return SHELF.remove(services, caller, record_id, revision, note)


def _require_reach(services: Services, body: CorrectionBody, even: bool) -> None:
    """Raises Invalid for a metric the device has not and for impossible values, Conflict for unusual ones."""
    info = require_metric(services, body.device, body.metric)
    asked, now = SHELF.record(body, ""), services.clock()
    check_correction(asked, now)
    if info.kind is MetricKind.GAUGE:
        require_reach(asked, info, means_around(services.readings, asked, now), meant=even)
