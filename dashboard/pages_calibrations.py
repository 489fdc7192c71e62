"""Calibrations: what is due, calibration mode from a phone, the record, and corrections with their preview."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dashboard import trend
from dashboard.frame import Visit
from dashboard.record_forms import (
    SHOWN,
    Fields,
    Line,
    Wrong,
    day,
    decimal,
    decimals,
    lines,
    save,
    stretch_said,
    written,
    wrong_of,
)  # fmt: skip
from dashboard.visits import PageRoute, Posting, Visiting, permit
from domain.account import Action
from domain.calibration import Correction, check_correction, days_until_due
from domain.errors import Conflict, Invalid, NotFound, Unavailable
from domain.evidence import Revision
from domain.function_check import MINUTES, FunctionCheck, begun
from domain.metrics import MetricInfo, MetricKind
from domain.reading import Millis
from domain.registry import Device
from domain.report_records import CalibrationRecord
from domain.series import Bucket

BUFFERS: Final = 3
DAY: Final[Millis] = 86_400_000

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Sensor:
    """One sensor with what is known of its calibration."""

    device: Device
    info: MetricInfo
    last: CalibrationRecord | None
    left: int | None
    mode: Revision[FunctionCheck] | None

    @property
    def url(self) -> str:
        """Its page."""
        return f"/calibrations/{self.device.id}/{self.info.metric}"


@router.get("/calibrations")
def calibrations_page(visit: Visiting) -> Response:
    """Every sensor, what is due first."""
    newest = visit.services.evidence.calibrations.newest()
    sensors = [
        _sensor(visit, device, info, newest.get((device.id, info.metric)))
        for device in visit.plan.devices.values()
        for info in visit.plan.metrics_of(device)
        if info.kind is MetricKind.GAUGE
    ]
    sensors.sort(key=lambda one: (one.mode is None, one.left is None, one.left or 0))
    return visit.page("calibrations.html", sensors=sensors)


def _sensor(visit: Visit, device: Device, info: MetricInfo, last: CalibrationRecord | None) -> Sensor:
    zone = visit.plan.site(device.site).timezone
    today = visit.formats(zone).local(visit.now).date()
    left = None if last is None else days_until_due(last, today)
    held = visit.services.evidence.checks.touching(device.id, None, visit.now, visit.now + 1)
    mode = next((one for one in held if info.metric in one.record.metrics), None)
    return Sensor(device, info, last, left, mode)


@router.get("/calibrations/{device}/{metric}")
def sensor_page(visit: Visiting, device: str, metric: str, edit: str = "", fix: str = "") -> Response:
    """One sensor; `edit` opens a calibration to be corrected, `fix` a correction of values."""
    return _page(visit, device, metric, _opened(visit, device, metric, edit, fix))


def _page(
    visit: Visit,
    device: str,
    metric: str,
    form: dict[str, str],
    wrong: Wrong | None = None,
    part: str = "",
    preview: dict[str, Any] | None = None,
) -> Response:
    found, info = _known(visit, device, metric)
    site = visit.plan.site(found.site)
    books, formats = visit.services.evidence, visit.formats(site.timezone)
    newest = books.calibrations.newest().get((device, metric))
    now = formats.field(visit.now)
    blank = {"start": now, "stop": now, "minutes": str(MINUTES), "from": now, "slope_from": "1"}
    return visit.page(
        "calibration.html",
        status=422 if wrong else 200,
        zone=site.timezone,
        site=site,
        sensor=_sensor(visit, found, info, newest),
        form=blank | form,
        wrong=wrong,
        part=part,
        buffers=range(BUFFERS),
        records=_records(visit, device, metric, site.timezone),
        corrections=_corrections(visit, device, metric, site.timezone),
        can=visit.may(Action.CALIBRATE),
        preview=preview,
    )


def _known(visit: Visit, device: str, metric: str) -> tuple[Device, MetricInfo]:
    found = visit.plan.device(device)
    info = visit.plan.metric(device, metric)
    if info is None:
        raise NotFound(metric)
    return found, info


def _opened(visit: Visit, device: str, metric: str, edit: str, fix: str) -> dict[str, str]:
    """The fields of a form that corrects a record."""
    formats = visit.formats(visit.plan.site(visit.plan.device(device).site).timezone)
    if edit:
        found = visit.services.evidence.calibrations.get(edit)
        one = found.record
        form = {"edit": edit, "revision": str(found.number), "start": formats.field(one.start)}
        form |= {"stop": "" if one.stop is None else formats.field(one.stop), "certificate": one.certificate}
        form |= {"slope": written(one.slope), "offset": written(one.offset)}
        form |= {"next_due": "" if one.next_due is None else one.next_due.isoformat()}
        for name in ("buffers", "before", "after"):
            form |= {f"{name}_{at}": written(value) for at, value in enumerate(getattr(one, name))}
        return form
    if fix:
        kept = visit.services.evidence.corrections.get(fix)
        return {
            "fix": fix, "fix_revision": str(kept.number), "from": formats.field(kept.record.start),
            "slope_from": written(kept.record.slope), "offset_from": written(kept.record.offset),
            "reason": kept.record.reason,
        }  # fmt: skip
    return {}


def _records(visit: Visit, device: str, metric: str, zone: str) -> list[Line]:
    book, formats = visit.services.evidence.calibrations, visit.formats(zone)

    def said(one: CalibrationRecord) -> str:
        words = visit.words
        parts = [stretch_said(formats, one.start, one.stop, visit.now, words("records.lasting"))]
        for name in ("buffers", "before", "after"):
            if getattr(one, name):
                figures = "; ".join(formats.brief(value) for value in getattr(one, name))
                parts.append(f"{words('calibration.' + name)} {figures}")
        parts += [
            f"{words('calibration.' + name)} {formats.brief(getattr(one, name))}"
            for name in ("slope", "offset")
            if getattr(one, name) is not None
        ]
        if one.certificate:
            parts.append(f"{words('calibration.certificate')} {one.certificate}")
        if one.next_due is not None:
            parts.append(f"{words('calibration.next_due')} {one.next_due:%d/%m/%Y}")
        return " · ".join(parts)

    found = [one for one in book.page(device, None, 200).items if one.record.metric == metric]
    return lines(book, found[:SHOWN], said)


def _corrections(visit: Visit, device: str, metric: str, zone: str) -> list[Line]:
    book, formats = visit.services.evidence.corrections, visit.formats(zone)

    def said(one: Correction) -> str:
        rule = f"{formats.brief(one.slope)} × x {'+' if one.offset >= 0 else '−'} {formats.brief(abs(one.offset))}"
        return f"{visit.words('calibration.from')} {formats.moment(one.start, visit.now)}: {rule} · {one.reason}"

    found = [one for one in book.page(device, None, 200).items if one.record.metric == metric]
    return lines(book, found[:SHOWN], said)


@router.post("/calibrations/{device}/{metric}/mode")
def begin(visit: Posting, device: str, metric: str, form: Fields) -> Response:
    """Calibration mode for so many minutes, from now on."""
    permit(visit, Action.CALIBRATE)
    _known(visit, device, metric)
    try:
        minutes = decimal(form, "minutes")
        if minutes is None or minutes != int(minutes):
            raise Invalid("must be whole", "minutes")
        record = begun(device, (metric,), visit.now, int(minutes), form.get("note", "").strip())
        visit.services.evidence.checks.add(record, visit.who, visit.now)
    except Invalid as refused:
        return _page(visit, device, metric, form, wrong_of(visit, refused), "mode")
    return RedirectResponse(f"/calibrations/{device}/{metric}", 303)


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
    found, _ = _known(visit, device, metric)
    zone = ZoneInfo(visit.plan.site(found.site).timezone)
    try:
        save(visit.services.evidence.calibrations, _calibration(form, device, metric, zone, visit.who), form, visit)
    except (Invalid, Conflict) as refused:
        wrong = wrong_of(visit, refused)
        at = f"{wrong.field}_0" if wrong.field in ("buffers", "before", "after") else wrong.field
        return _page(visit, device, metric, form, Wrong(at, wrong.said), "record")
    return RedirectResponse(f"/calibrations/{device}/{metric}", 303)


def _calibration(form: dict[str, str], device: str, metric: str, zone: ZoneInfo, who: str) -> CalibrationRecord:
    stop = form.get("stop", "")
    return CalibrationRecord(
        id="",
        device=device,
        metric=metric,
        start=trend.local_time(form.get("start", ""), "start", zone),
        stop=trend.local_time(stop, "stop", zone) if stop else None,
        who=who,
        buffers=decimals(form, "buffers", BUFFERS),
        before=decimals(form, "before", BUFFERS),
        after=decimals(form, "after", BUFFERS),
        slope=decimal(form, "slope"),
        offset=decimal(form, "offset"),
        certificate=form.get("certificate", "").strip(),
        next_due=day(form, "next_due"),
    )


@router.post("/calibrations/{device}/{metric}/corrections")
def correct(visit: Posting, device: str, metric: str, form: Fields) -> Response:
    """Shown beside the raw values first; applied when that was seen and wanted."""
    permit(visit, Action.CALIBRATE)
    found, _ = _known(visit, device, metric)
    zone = visit.plan.site(found.site).timezone
    try:
        asked = _correction(form, device, metric, ZoneInfo(zone))
        check_correction(asked, visit.now)
        if form.get("do") != "apply":
            return _page(visit, device, metric, form, None, "correction", _preview(visit, asked, zone))
        given = form | {"edit": form.get("fix", ""), "revision": form.get("fix_revision", "")}
        save(visit.services.evidence.corrections, asked, given, visit)
    except (Invalid, Conflict) as refused:
        wrong = wrong_of(visit, refused)
        names = {"start": "from", "slope": "slope_from", "offset": "offset_from", "note": "why"}
        return _page(
            visit, device, metric, form, Wrong(names.get(wrong.field, wrong.field), wrong.said), "correction"
        )
    return RedirectResponse(f"/calibrations/{device}/{metric}", 303)


def _correction(form: dict[str, str], device: str, metric: str, zone: ZoneInfo) -> Correction:
    offset, slope = decimal(form, "offset_from"), decimal(form, "slope_from")
    if offset is None:
        raise Invalid("must not be empty", "offset")
    start = trend.local_time(form.get("from", ""), "from", zone)
    return Correction(device, metric, start, offset, 1.0 if slope is None else slope, form.get("reason", "").strip())


def _preview(visit: Visit, asked: Correction, zone: str) -> dict[str, Any]:
    """Raw and corrected over the day before the beginning and what came since, a week at most."""
    start, stop = asked.start - DAY, min(visit.now + 1, asked.start + 7 * DAY)
    try:
        buckets = visit.services.readings.series(asked.device, asked.metric, start, stop, trend.POINTS)
    except Unavailable:
        buckets = []
    return {"start": start, "stop": stop, "zone": zone, **curves(buckets, asked), "count": len(buckets)}


def curves(buckets: list[Bucket], asked: Correction) -> dict[str, Any]:
    """SVG paths of the raw and the corrected means, 600 x 160; a hole where nothing good was measured."""
    good = [one for one in buckets if one.mean is not None and one.quality <= 2]
    pairs = [(one.time, one.mean, asked.of(one.mean) if one.time >= asked.start else one.mean) for one in good
             if one.mean is not None]  # fmt: skip
    if not pairs:
        return {"raw": "", "corrected": "", "low": None, "high": None}
    low, high = min(min(p[1:]) for p in pairs), max(max(p[1:]) for p in pairs)
    first, last = pairs[0][0], pairs[-1][0]
    step = min((b[0] - a[0] for a, b in pairwise(pairs)), default=0) * 3

    def path(at: int) -> str:
        said, before = [], None
        for pair in pairs:
            x = 600 * (pair[0] - first) / max(last - first, 1)
            y = 150 - 140 * (pair[at] - low) / max(high - low, 1e-9)
            joined = before is not None and pair[0] - before <= step
            said.append(f"{'L' if joined else 'M'}{x:.1f} {y:.1f}")
            before = pair[0]
        return "".join(said)

    return {"raw": path(1), "corrected": path(2), "low": low, "high": high}
