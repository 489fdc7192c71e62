"""What the visitors' screen shows of a site: its stages in order, each with live values in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from dashboard import effluent
from dashboard.frame import Visit
from dashboard.latest import Latest, read_latest
from dashboard.measurement import Measurement, Standing, measurements_of
from dashboard.pages_overview import held_to_law, machines_of
from domain.metrics import MetricKind
from domain.reading import Millis
from domain.registry import Site, SiteKind, Stage
from domain.series import MachineState, Selection

TOLD: Final = ("ph", "temperature", "flow_rate", "do", "tss", "cod", "nh3n", "level", "run")
EACH: Final = 4  # values of one stage
RUN: Final = "run"
SHOWN: Final = frozenset({Standing.WITHIN, Standing.OUTSIDE, Standing.FREE})


class Value(Struct, frozen=True):
    """One live value as it is printed. `remark` says how it stands, or why there is none."""

    key: str
    name: str
    text: str
    unit: str
    standing: str
    remark: str


@dataclass(frozen=True)
class StageLine:
    """A stage: what it is called, what happens there, what is measured there."""

    stage: Stage
    name: str
    about: str
    values: list[Value]


@dataclass(frozen=True)
class Board:
    """The whole screen. `verdict` is a word of the site's condition, empty for machines."""

    site: str
    verdict: str
    condition: str
    because: str
    lines: list[StageLine]
    away: bool


def across(stages: int) -> int:
    """How many stages stand beside each other on a wall screen, which shows all of them in two rows, or in one."""
    return max(1, stages if stages < 4 else -(-stages // 2))


def board(visit: Visit, site: Site) -> Board:
    """As it is now. What is old, bad or missing is said to be, never shown as a value."""
    latest = read_latest(visit, Selection(site=site.id))
    lines = [_line(visit, site, stage, latest) for stage in site.stages]
    name = visit.words.text(site.name)
    if site.kind is not SiteKind.IPAL:
        return Board(name, "", "", "", lines, latest.away)
    found = effluent.judge(held_to_law(visit, site, latest), [])
    said = visit.words.of("condition", found.condition)
    return Board(name, said, found.condition, visit.words.of("kiosk_because", found.because), lines, latest.away)


def _line(visit: Visit, site: Site, stage: Stage, latest: Latest) -> StageLine:
    about = visit.words.phrases.get(f"kiosk_stage.{stage.id}", "")
    values = list(_values(visit, site, stage, latest)) if site.kind is SiteKind.IPAL else []
    if site.kind is SiteKind.MACHINES:
        values = [_machines(visit, site, stage, latest)]
    return StageLine(stage, visit.words.text(stage.name), about, values[:EACH])


def _values(visit: Visit, site: Site, stage: Stage, latest: Latest) -> Iterator[Value]:
    devices = [one for one in visit.plan.devices_of(site.id) if one.stage == stage.id]
    today = visit.formats(site.timezone).local(visit.now).date()
    measured = [
        one
        for device in devices
        for one in measurements_of(visit.plan, device, latest.readings, today, visit.now)
        if one.series.metric in TOLD and one.info is not None and one.info.kind is not MetricKind.COUNTER
    ]
    measured.sort(key=lambda one: TOLD.index(one.series.metric))
    return (_value(visit, site, one) for one in measured)


def _value(visit: Visit, site: Site, one: Measurement) -> Value:
    t, f = visit.words, visit.formats(site.timezone)
    reading = one.reading
    shown = one.standing in SHOWN and reading is not None and reading.value is not None
    if not shown or reading is None or reading.value is None:
        text, unit = "–", ""
    elif one.is_state:
        text, unit = t("state.on" if reading.value > 0.5 else "state.off"), ""
    else:
        text, unit = f.number(reading.value, one.decimals), visit.symbol(one.series.unit)
    since: Millis | None = reading.time if reading else None
    remark = t.of("kiosk_standing", _said(one)).format(at=f.moment(since, visit.now))
    name = t.text(one.info.name) if one.info else one.series.metric
    return Value(f"{one.series.device}/{one.series.metric}", name, text, unit, one.standing, remark)


def _said(one: Measurement) -> str:
    """Only what the law limits is said to be within the legal limit; a rule of the house is the range it works in."""
    judged = one.standing in (Standing.WITHIN, Standing.OUTSIDE)
    return f"{one.standing}_house" if judged and not one.legal else one.standing


def _machines(visit: Visit, site: Site, stage: Stage, latest: Latest) -> Value:
    """How many machines of a line work now; those that say nothing are said to be silent."""
    fleet = [one for one in machines_of(visit, site, latest) if one.device.stage == stage.id]
    silent = sum(one.state is MachineState.NOT_AVAILABLE for one in fleet)
    works = sum(one.state is MachineState.EXECUTING for one in fleet)
    heard = len(fleet) - silent
    t = visit.words
    remark = t("kiosk.silent", n=silent) if silent else ""
    text = f"{works}/{len(fleet)}" if heard else "–"
    standing = Standing.FREE if heard else Standing.NEVER
    return Value(f"{stage.id}/{RUN}", t("kiosk.machines"), text, "", standing, remark)
