"""Calibrations: what is due, calibration mode from a phone, and the record of what was done."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dashboard.calibrated import by_weight, checks_of, holding, known, sensor_of
from dashboard.calibration_form import COLUMNS, calibration_in, opened_calibration, opened_correction
from dashboard.calibration_page import Shown, calibration_said, sensor_answer, zone_of
from dashboard.frame import Visit
from dashboard.record_forms import Fields, decimal, save
from dashboard.record_wrongs import Wrong, wrong_of
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.errors import Conflict, Invalid
from domain.function_check import begun
from domain.metrics import MetricKind
from domain.report_records import CalibrationRecord

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/calibrations")
def calibrations_page(visit: Visiting) -> Response:
    """Every sensor, what is due first."""
    newest = visit.services.evidence.calibrations.newest()
    held = holding(visit, visit.plan.devices.values())
    sensors = [
        sensor_of(visit, device, info, newest.get((device.id, info.metric)), held)
        for device in by_weight(visit)
        for info in visit.plan.metrics_of(device)
        if info.kind is MetricKind.GAUGE
    ]
    sensors.sort(key=lambda one: (one.mode is None, one.left is None, one.left or 0))
    return visit.page("calibrations.html", sensors=sensors)


@router.get("/calibrations/{device}/{metric}")
def sensor_page(visit: Visiting, device: str, metric: str, edit: str = "", fix: str = "") -> Response:
    """One sensor; `edit` opens a calibration to be corrected, `fix` a correction of values."""
    form: dict[str, str] = {}
    if edit:
        form = opened_calibration(visit, edit, zone_of(visit, device))
    elif fix:
        form = opened_correction(visit, fix, zone_of(visit, device))
    return sensor_answer(visit, device, metric, Shown(form))


@router.post("/calibrations/{device}/{metric}/mode")
def begin(visit: Posting, device: str, metric: str, form: Fields) -> Response:
    """Calibration mode for so many minutes, from now on."""
    permit(visit, Action.CALIBRATE)
    known(visit, device, metric)
    try:
        minutes = decimal(form, "minutes")
        if minutes is None or minutes != int(minutes):
            raise Invalid("must be whole", "minutes")
        record = begun(device, (metric,), visit.now, int(minutes), form.get("note", "").strip())
        visit.services.evidence.checks.add(record, visit.who, visit.now)
    except Invalid as refused:
        return sensor_answer(visit, device, metric, Shown(form, "mode", _mode_wrong(visit, device, refused)))
    return RedirectResponse(f"/calibrations/{device}/{metric}", 303)


def _mode_wrong(visit: Visit, device: str, refused: Invalid) -> Wrong:
    """Who holds the device in calibration mode already, of what, and until when."""
    held = checks_of(visit, [visit.plan.device(device)]).get(device)
    if refused.field != "device" or held is None:
        return wrong_of(visit, refused)
    until = visit.formats(zone_of(visit, device)).moment(held.stop, visit.now)
    return Wrong("device", visit.words("wrong.in_mode", what=held.names, who=held.who, until=until), href=held.url)


@router.post("/calibrations/{device}/{metric}/end")
def end(visit: Posting, device: str, metric: str) -> Response:
    """Back in operation now. One that has ended meanwhile is what was wanted."""
    permit(visit, Action.CALIBRATE)
    book = visit.services.evidence.checks
    for one in book.touching(device, None, visit.now, visit.now + 1):
        ended = msgspec.structs.replace(one.record, stop=max(visit.now, one.record.start + 1))
        try:
            book.correct(one.id, one.number, ended, visit.who, "ended early", visit.now)
        except Conflict:
            continue
    return RedirectResponse(f"/calibrations/{device}/{metric}", 303)


@router.post("/calibrations/{device}/{metric}/records")
def record(visit: Posting, device: str, metric: str, form: Fields) -> Response:
    """A calibration as it was done, or a correction of that record."""
    permit(visit, Action.CALIBRATE)
    known(visit, device, metric)
    zone = zone_of(visit, device)
    made: CalibrationRecord | None = None
    try:
        made = calibration_in(form, (device, metric), zone, visit.who)
        save(visit.services.evidence.calibrations, made, form, visit)
    except (Invalid, Conflict) as refused:
        return sensor_answer(visit, device, metric, Shown(form, "record", _record_wrong(visit, zone, made, refused)))
    return RedirectResponse(f"/calibrations/{device}/{metric}", 303)


def _record_wrong(visit: Visit, zone: str, made: CalibrationRecord | None, refused: Invalid | Conflict) -> Wrong:
    """At its field; of two that overlap, both are named."""
    wrong = wrong_of(visit, refused)
    if wrong.record and made is not None:
        other = visit.services.evidence.calibrations.get(wrong.record)
        this, that = calibration_said(visit, zone, made), calibration_said(visit, zone, other.record)
        said = visit.words("wrong.overlap", this=this, that=that, who=visit.person(other.who))
        return Wrong("start", said, wrong.record, f"?edit={wrong.record}#record")
    return Wrong(f"{wrong.field}_0" if wrong.field in COLUMNS else wrong.field, wrong.said)
