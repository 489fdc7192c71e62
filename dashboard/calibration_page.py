"""One sensor's page: calibration mode, its calibrations, its corrections, and the forms for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi.responses import Response

from dashboard.calibrated import holding, known, sensor_of
from dashboard.calibration_form import BUFFERS, COLUMNS
from dashboard.corrections import rule_of
from dashboard.frame import Visit
from dashboard.record_forms import SHOWN, Line, lines, stretch_said
from dashboard.record_wrongs import Wrong
from domain.account import Action
from domain.calibration import Correction
from domain.evidence import Revision
from domain.function_check import MINUTES
from domain.reading import Millis
from domain.report_records import CalibrationRecord

TOOK: Final[Millis] = MINUTES * 60_000  # how long a calibration took, until somebody says otherwise
LOOKED_AT: Final = 200  # newest records of a device, of which those of the sensor are shown


@dataclass(frozen=True)
class Shown:
    """What a form on the page says besides what it asks: `part` is the form, `preview` the chart of a correction,
    `unusual` that it moves the values far, `signed` the signed reports that it reaches back into.
    """

    form: dict[str, str]
    part: str = ""
    wrong: Wrong | None = None
    preview: dict[str, Any] | None = None
    unusual: bool = False
    signed: Sequence[str] = ()


def zone_of(visit: Visit, device: str) -> str:
    """In which times of a device are written. Raises NotFound."""
    return visit.plan.site(visit.plan.device(device).site).timezone


def sensor_answer(visit: Visit, device: str, metric: str, shown: Shown) -> Response:
    """The page. Raises NotFound for what the device does not measure."""
    found, info = known(visit, device, metric)
    site = visit.plan.site(found.site)
    newest = visit.services.evidence.calibrations.newest(device).get((device, metric))
    formats = visit.formats(site.timezone)
    now, before = formats.field(visit.now), formats.field(visit.now - TOOK)
    blank = {"start": before, "stop": now, "minutes": str(MINUTES), "from": now, "slope_from": "1"}
    blank |= {"calibration": newest.id if newest else ""}
    return visit.page(
        "calibration.html",
        status=422 if shown.wrong else 200,
        zone=site.timezone,
        site=site,
        sensor=sensor_of(visit, found, info, newest, holding(visit, [found])),
        form=blank | shown.form,
        wrong=shown.wrong,
        part=shown.part,
        buffers=range(BUFFERS),
        records=_records(visit, device, metric, site.timezone),
        corrections=_corrections(visit, device, metric, site.timezone),
        can=visit.may(Action.CALIBRATE),
        preview=shown.preview,
        unusual=shown.unusual,
        signed=shown.signed,
        rests_on=_rests_on(visit, device, metric, site.timezone),
    )


def calibration_said(visit: Visit, zone: str, one: CalibrationRecord) -> str:
    """In one line: when, what was measured, what came of it."""
    formats, words = visit.formats(zone), visit.words
    parts = [stretch_said(formats, one.start, one.stop, visit.now, words("records.lasting"))]
    for name in COLUMNS:
        if getattr(one, name):
            figures = "; ".join(formats.brief(value) for value in getattr(one, name))
            parts.append(f"{words('calibration.' + name)} {figures}")
    for name in ("slope", "offset"):
        if getattr(one, name) is not None:
            parts.append(f"{words('calibration.' + name)} {formats.brief(getattr(one, name))}")
    if one.certificate:
        parts.append(f"{words('calibration.certificate')} {one.certificate}")
    if one.next_due is not None:
        parts.append(f"{words('calibration.next_due')} {one.next_due:%d/%m/%Y}")
    return " · ".join(parts)


def _rests_on(visit: Visit, device: str, metric: str, zone: str) -> list[tuple[str, str]]:
    """The calibrations that a correction may follow from, newest first: id, and when and by whom."""
    formats, found = visit.formats(zone), _kept(visit, device, metric)
    return [(one.id, f"{formats.moment(one.record.start, visit.now)}, {visit.person(one.who)}") for one in found]


def _kept(visit: Visit, device: str, metric: str) -> list[Revision[CalibrationRecord]]:
    listed = visit.services.evidence.calibrations.page(device, None, LOOKED_AT).items
    return [one for one in listed if one.record.metric == metric][:SHOWN]


def _records(visit: Visit, device: str, metric: str, zone: str) -> list[Line]:
    book, found = visit.services.evidence.calibrations, _kept(visit, device, metric)
    return lines(book, found, lambda one: calibration_said(visit, zone, one))


def _corrections(visit: Visit, device: str, metric: str, zone: str) -> list[Line]:
    book, formats = visit.services.evidence.corrections, visit.formats(zone)

    def said(one: Correction) -> str:
        since = f"{visit.words('calibration.from')} {formats.moment(one.start, visit.now)}"
        return f"{since}: {rule_of(formats, one)} · {one.reason}"

    found = [one for one in book.page(device, None, LOOKED_AT).items if one.record.metric == metric]
    return lines(book, found[:SHOWN], said)
