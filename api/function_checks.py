"""Routes: calibration mode of a sensor."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from pydantic import Field

from api.access import Calibrator, Reader, ServicesOf
from api.evidence_bodies import Id, MetricId
from api.evidence_schemas import Instant, Note, RecordId, RevisionOut, Shelf, require_metric
from api.openapi import CHANGES, READS
from api.paging import Cursor, Limit
from api.schemas import SLUG, Given, ListOf
from domain.errors import Conflict
from domain.function_check import MINUTES, MOST_MINUTES, FunctionCheck, begun

router = APIRouter(prefix="/calibration-mode", tags=["evidence"])


class FunctionCheckBody(Given):
    """Metrics of one device that are being looked at, from when until when."""

    device: Id
    metrics: tuple[MetricId, ...]
    start: Instant
    stop: Instant
    note: Note = ""


class NewFunctionCheck(Given):
    """Which sensor, and for how many minutes at most; it returns by itself."""

    device: Id = Field(examples=["ipal-outlet"])
    metrics: tuple[MetricId, ...] = Field(min_length=1, max_length=50, examples=[["ph"]])
    minutes: int = Field(MINUTES, ge=1, le=MOST_MINUTES)
    note: Note = ""


SHELF = Shelf("calibration-mode", FunctionCheck, FunctionCheckBody, lambda services: services.evidence.checks)
Place = Annotated[str | None, Query(alias="device", pattern=SLUG, max_length=64, description="Only this device.")]


@router.get("", responses=READS, summary="Calibration mode, now and before")
def list_function_checks(
    caller: Reader, services: ServicesOf, place: Place = None, limit: Limit = 100, cursor: Cursor = None
) -> ListOf[RevisionOut[FunctionCheckBody]]:
    """Newest first. One whose `stop` lies ahead holds now."""
    return SHELF.page(services, place, cursor, limit)


@router.post("", status_code=201, responses=CHANGES, summary="Begin calibration mode")
def create_function_check(
    caller: Calibrator, services: ServicesOf, body: NewFunctionCheck
) -> RevisionOut[FunctionCheckBody]:
    """From now on the metrics are flagged `function_check` and alerts of their device suppressed by design."""
    for metric in body.metrics:
        require_metric(services, body.device, metric)
    now = services.clock()
    record = begun(body.device, body.metrics, now, body.minutes, body.note)
    return SHELF.shown(services.evidence.checks.add(record, caller.name, now))


@router.post("/{record_id}/end", responses=CHANGES, summary="End calibration mode now")
def end_function_check(
    caller: Calibrator, services: ServicesOf, record_id: RecordId
) -> RevisionOut[FunctionCheckBody]:
    """What arrives from now on counts. 409 when it has ended."""
    book, now = services.evidence.checks, services.clock()
    found = book.get(record_id)
    if not found.record.holds(now) or found.removed:
        raise Conflict(f"calibration mode {record_id} has ended", "ended")
    ended = msgspec.structs.replace(found.record, stop=max(now, found.record.start + 1))
    return SHELF.shown(book.correct(record_id, found.number, ended, caller.name, "ended early", now))
