"""Corrections of a sensor's values from a moment on: seen beside the raw values first, then applied."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dashboard import trend
from dashboard.calibrated import known
from dashboard.calibration_form import correction_in
from dashboard.calibration_page import Shown, sensor_answer, zone_of
from dashboard.corrections import drawn
from dashboard.formats import DAY, HOUR
from dashboard.frame import Visit
from dashboard.measurement import STALE_AFTER
from dashboard.record_forms import Fields, save
from dashboard.record_wrongs import Wrong, wrong_of
from dashboard.signed_reports import signed_since
from dashboard.visits import PageRoute, Posting, permit
from domain.account import Action
from domain.calibration import Correction, check_correction
from domain.correction_reach import Reach, means_around, reach_of, require_reach
from domain.errors import Conflict, Invalid, Unavailable
from domain.metrics import MetricKind
from domain.series import Bucket

_AT: Final = {"start": "from", "slope": "slope_from", "offset": "offset_from", "note": "why"}
MEANT: Final = "unusual_meant"  # ticked: so large a step is meant

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/calibrations/{device}/{metric}/corrections")
def correct(visit: Posting, device: str, metric: str, form: Fields) -> Response:
    """Shown beside the raw values first; applied when that was seen and wanted."""
    permit(visit, Action.CALIBRATE)
    known(visit, device, metric)
    try:
        asked = correction_in(form, (device, metric), zone_of(visit, device))
        check_correction(asked, visit.now)
        reach = _reach(visit, asked)
        unusual = reach is Reach.UNUSUAL
        if form.get("do") != "apply" or (unusual and not form.get(MEANT)):
            shown = Shown(form, "correction", None, _preview(visit, asked), unusual, _signed(visit, asked))
            return sensor_answer(visit, device, metric, shown)
        given = form | {"edit": form.get("fix", ""), "revision": form.get("fix_revision", "")}
        save(visit.services.evidence.corrections, asked, given, visit)
    except (Invalid, Conflict) as refused:
        wrong = wrong_of(visit, refused)
        at = Wrong(_AT.get(wrong.field, wrong.field), wrong.said)
        return sensor_answer(visit, device, metric, Shown(form, "correction", at))
    return RedirectResponse(f"/calibrations/{device}/{metric}", 303)


def _reach(visit: Visit, asked: Correction) -> Reach:
    """Raises Invalid for a correction that leaves hardly a value possible."""
    _, info = known(visit, asked.device, asked.metric)
    if info.kind is not MetricKind.GAUGE:
        return Reach.USUAL
    try:
        means = means_around(visit.services.readings, asked, visit.now)
    except Unavailable:
        means = []
    require_reach(asked, info, means, meant=True)
    return reach_of(asked, info, means)


def _signed(visit: Visit, asked: Correction) -> list[str]:
    """The signed reports that will get a new revision."""
    return signed_since(visit, asked.device, visit.formats(zone_of(visit, asked.device)).local(asked.start).date())


def _preview(visit: Visit, asked: Correction) -> dict[str, Any]:
    """The chart of what came since the beginning, a week at most, and as much before it: an hour to a day."""
    stop = min(visit.now + 1, asked.start + 7 * DAY)
    start = asked.start - min(max(stop - asked.start, HOUR), DAY)
    try:
        buckets = visit.services.readings.series(asked.device, asked.metric, start, stop, trend.POINTS)
    except Unavailable:
        buckets = []
    _, info = known(visit, asked.device, asked.metric)
    zone = zone_of(visit, asked.device)
    word = visit.words("calibration.from_short")
    made = drawn(visit.formats(zone), word, buckets, corrected(buckets, asked), [asked], start)
    span = trend.Stretch(trend.CUSTOM, start, stop)
    line = trend.Line(asked.device, asked.metric, max(info.decimals, 2), STALE_AFTER)
    return trend.payload(line, buckets, span, zone, corrected=made)


def corrected(buckets: list[Bucket], asked: Correction) -> list[Bucket]:
    """Their means under the correction that is asked for, from its beginning on."""
    return [
        Bucket(one.time, None, asked.of(one.mean), None, one.count, one.quality, one.bad)
        for one in buckets
        if one.mean is not None and one.time >= asked.start
    ]
