"""The form of a laboratory sample: read, opened again, and what is wrong with a result found back in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from dashboard import trend
from dashboard.frame import HOME_ZONE, Visit
from dashboard.record_forms import day, decimal, written
from domain.errors import Invalid
from domain.evidence import Revision
from domain.lab import LabSample, LabValue, Sampling
from domain.lab_sheet import COLUMNS, SheetValue, at_cell, parse_sheet
from domain.lab_value import parse_result
from domain.metrics import name_of
from domain.registry import CompliancePoint, Limit
from domain.report_records import Operator

TEXTS: Final = ("code", "report_number", "laboratory", "accreditation", "location", "coordinates", "sampler")
NUMBERS: Final = ("flow", "production_hours", "raw_material", "production")
DAYS: Final = ("received_on", "analysed_on")
_OF_VALUE: Final = re.compile(r"values\[(?P<at>\d+)\]\.(?P<field>\w+)")


@dataclass(frozen=True)
class Parameter:
    """One row of the form."""

    metric: str
    name: str
    unit: str


@dataclass(frozen=True)
class Results:
    """What was typed, row by row, and what was pasted."""

    typed: tuple[LabValue, ...]
    pasted: tuple[SheetValue, ...]

    @property
    def values(self) -> tuple[LabValue, ...]:
        """All of them, in the order the record keeps them."""
        return (*self.typed, *(one.value for one in self.pasted))

    def placed(self, refused: Invalid) -> Invalid:
        """The record's `values[3].number` as the row of the form or the cell of the sheet it came from."""
        found = _OF_VALUE.fullmatch(refused.field)
        if found is None:
            return refused
        at, field = int(found["at"]), found["field"]
        if at < len(self.typed):
            return Invalid(str(refused), f"value_{self.typed[at].metric}")
        return at_cell(self.pasted[at - len(self.typed)].line, COLUMNS[field], str(refused))


def parameters(visit: Visit) -> list[Parameter]:
    """What any limit set speaks of."""
    sets = visit.plan.installation.limit_sets
    named = {one.metric: one for limits in sets for one in limits.limits}
    return [Parameter(metric, name_in(visit, metric, limit), limit.unit) for metric, limit in named.items()]


def name_in(visit: Visit, metric: str, limit: Limit | None) -> str:
    """A parameter as its limit calls it, else as everybody does."""
    return visit.words.text(limit.name if limit is not None and limit.name is not None else name_of(metric))


def point_of(visit: Visit, point: str) -> CompliancePoint | None:
    """None for one that is no longer in the installation."""
    return next((one for one in visit.plan.installation.compliance_points if one.id == point), None)


def zone_of(visit: Visit, point: str) -> ZoneInfo:
    """In which the day of sampling is cut."""
    found = point_of(visit, point)
    return ZoneInfo(HOME_ZONE if found is None else visit.plan.site(found.site).timezone)


def figure(value: LabValue) -> str:
    """As it is written in an LHU: `<0,0033`."""
    sign = "" if value.operator is Operator.EQUAL else value.operator.value
    return sign + written(value.number)


def opened(visit: Visit, record_id: str) -> dict[str, str]:
    """The fields of a sample that is to be corrected."""
    found: Revision[LabSample] = visit.services.evidence.samples.get(record_id)
    one = found.record
    form = {"edit": record_id, "revision": str(found.number), "point": one.point, "file": one.file or ""}
    form |= {name: getattr(one, name) for name in TEXTS} | {name: written(getattr(one, name)) for name in NUMBERS}
    form["sampled_at"] = visit.formats(str(zone_of(visit, one.point))).field(one.sampled_at)
    form["sampling"] = "" if one.sampling is None else one.sampling.value
    form |= {name: _iso(getattr(one, name)) for name in DAYS}
    for value in one.values:
        form |= {f"value_{value.metric}": figure(value), f"method_{value.metric}": value.method}
        form[f"unit_{value.metric}"] = value.unit
    return form


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def results_in(visit: Visit, form: Mapping[str, str]) -> Results:
    """Raises Invalid naming the row, or the line and column of the sheet."""
    typed = tuple(_typed(form, one) for one in parameters(visit) if form.get(f"value_{one.metric}", "").strip())
    return Results(typed, parse_sheet(form.get("sheet", ""), _called(visit)))


def _typed(form: Mapping[str, str], row: Parameter) -> LabValue:
    """In the unit that was written behind it, else the one the sample had, else the limit's."""
    try:
        found = parse_result(form[f"value_{row.metric}"])
    except Invalid as refused:
        raise Invalid(str(refused), f"value_{row.metric}") from None
    unit = found.unit or form.get(f"unit_{row.metric}", "").strip() or row.unit
    return LabValue(row.metric, found.operator, found.number, unit, form.get(f"method_{row.metric}", "").strip())


def _called(visit: Visit) -> dict[str, str]:
    """What a sheet may call a parameter: its id, or its name in either language."""
    names: dict[str, str] = {}
    for limits in visit.plan.installation.limit_sets:
        for limit in limits.limits:
            text = limit.name or name_of(limit.metric)
            names |= {one.lower(): limit.metric for one in (limit.metric, text.id, text.en)}
    return names


def sample_in(visit: Visit, form: Mapping[str, str], values: tuple[LabValue, ...]) -> LabSample:
    """Raises Invalid naming the field."""
    point, sampling = form.get("point", ""), form.get("sampling", "")
    rest: dict[str, Any] = {name: form.get(name, "").strip() for name in TEXTS}
    rest |= {name: decimal(form, name) for name in NUMBERS} | {name: day(form, name) for name in DAYS}
    return LabSample(
        point=point,
        sampled_at=trend.local_time(form.get("sampled_at", ""), "sampled_at", zone_of(visit, point)),
        values=values,
        file=form.get("file") or None,
        sampling=Sampling(sampling) if sampling in set(Sampling) else None,
        **rest,
    )
