"""The forms of a sensor's page: a calibration as it was done, and a correction of its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from dashboard import trend
from dashboard.frame import Visit
from dashboard.record_forms import day, decimal, decimals, written
from domain.calibration import Correction
from domain.errors import Invalid
from domain.report_records import CalibrationRecord

BUFFERS: Final = 3
COLUMNS: Final = ("buffers", "before", "after")


def opened_calibration(visit: Visit, record_id: str, zone: str) -> dict[str, str]:
    """The fields of a calibration that is to be corrected."""
    found, formats = visit.services.evidence.calibrations.get(record_id), visit.formats(zone)
    one = found.record
    form = {"edit": record_id, "revision": str(found.number), "start": formats.field(one.start)}
    form |= {"stop": "" if one.stop is None else formats.field(one.stop), "certificate": one.certificate}
    form |= {"slope": written(one.slope), "offset": written(one.offset)}
    form |= {"next_due": "" if one.next_due is None else one.next_due.isoformat()}
    for name in COLUMNS:
        form |= {f"{name}_{at}": written(value) for at, value in enumerate(getattr(one, name))}
    return form


def opened_correction(visit: Visit, record_id: str, zone: str) -> dict[str, str]:
    """The fields of a correction that is to be corrected."""
    kept = visit.services.evidence.corrections.get(record_id)
    one = kept.record
    form = {"fix": record_id, "fix_revision": str(kept.number), "from": visit.formats(zone).field(one.start)}
    form |= {"slope_from": written(one.slope), "offset_from": written(one.offset), "reason": one.reason}
    return form | {"calibration": one.calibration or ""}


def calibration_in(form: Mapping[str, str], sensor: tuple[str, str], zone: str, who: str) -> CalibrationRecord:
    """Of (device, metric). Raises Invalid naming the field."""
    stop, local = form.get("stop", ""), ZoneInfo(zone)
    return CalibrationRecord(
        id="",
        device=sensor[0],
        metric=sensor[1],
        start=trend.local_time(form.get("start", ""), "start", local),
        stop=trend.local_time(stop, "stop", local) if stop else None,
        who=who,
        buffers=decimals(form, "buffers", BUFFERS),
        before=decimals(form, "before", BUFFERS),
        after=decimals(form, "after", BUFFERS),
        slope=decimal(form, "slope"),
        offset=decimal(form, "offset"),
        certificate=form.get("certificate", "").strip(),
        next_due=day(form, "next_due"),
    )


def correction_in(form: Mapping[str, str], sensor: tuple[str, str], zone: str) -> Correction:
    """Of (device, metric); a slope that was left out is 1. Raises Invalid naming the field."""
    offset, slope = decimal(form, "offset_from"), decimal(form, "slope_from")
    if offset is None:
        raise Invalid("must not be empty", "offset")
    start = trend.local_time(form.get("from", ""), "from", ZoneInfo(zone))
    reason, follows = form.get("reason", "").strip(), form.get("calibration") or None
    return Correction(*sensor, start, offset, 1.0 if slope is None else slope, reason, follows)
