"""Routes: Calibrations of sensors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.access import Calibrator, Reader, ServicesOf
from api.evidence_bodies import CalibrationBody
from api.evidence_schemas import AtRevision, Corrected, History, RecordId, RevisionOut, Shelf, Why, require_metric
from api.openapi import CHANGES, READS, READS_ONE
from api.paging import Cursor, Limit
from api.schemas import SLUG, ListOf
from domain.report_records import CalibrationRecord

router = APIRouter(prefix="/calibrations", tags=["evidence"])
SHELF = Shelf(
    "calibrations",
    CalibrationRecord,
    CalibrationBody,
    lambda services: services.evidence.calibrations,
    ("id", "who", "revision"),
)
Place = Annotated[str | None, Query(alias="device", pattern=SLUG, max_length=64, description="Only this device.")]


@router.get("", responses=READS, summary="Calibrations of sensors")
def list_calibrations(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[CalibrationBody]]:
    """The newest revision of each that counts, latest first by when it was."""
    return SHELF.page(services, place, cursor, limit)


@router.post("", status_code=201, responses=CHANGES, summary="Enter a calibration")
def create_calibration(
    caller: Calibrator, services: ServicesOf, body: CalibrationBody
) -> RevisionOut[CalibrationBody]:
    """Two calibrations of one sensor never overlap. Who wrote it is the caller."""
    require_metric(services, body.device, body.metric)
    return SHELF.add(services, caller, body)


@router.get("/{record_id}", responses=READS_ONE, summary="A calibration with its revisions")
def get_calibration(caller: Reader, services: ServicesOf, record_id: RecordId) -> History[CalibrationBody]:
    """Oldest first; the last one counts, unless it says `removed`."""
    return SHELF.history(services, record_id)


@router.put("/{record_id}", responses=CHANGES, summary="Correct a calibration")
def correct_calibration(
    caller: Calibrator, services: ServicesOf, record_id: RecordId, body: Corrected[CalibrationBody]
) -> RevisionOut[CalibrationBody]:
    """A new revision; the old one is kept. 409 when somebody else was faster."""
    require_metric(services, body.record.device, body.record.metric)
    return SHELF.correct(services, caller, record_id, body)


@router.delete("/{record_id}", responses=CHANGES, summary="Take out a calibration")
def remove_calibration(
    caller: Calibrator, services: ServicesOf, record_id: RecordId, revision: AtRevision, note: Why
) -> RevisionOut[CalibrationBody]:
    """It no longer counts; what it said is kept. 409 when somebody else was faster."""
    return SHELF.remove(services, caller, record_id, revision, note)
