"""A device's page: what it says now, and the trend of one of its metrics."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import Response

from dashboard import system, trend
from dashboard.alert_lines import urgent_first
from dashboard.causes import not_judged
from dashboard.corrections import beside
from dashboard.formats import NOTHING
from dashboard.frame import Visit
from dashboard.latest import read_latest
from dashboard.measurement import ONLINE, Measurement, measurements_of
from dashboard.rule_words import watched
from dashboard.visits import PageRoute, Visiting
from domain.errors import NotFound, Unavailable
from domain.figures import symbol
from domain.metrics import MetricKind, ProfileInfo
from domain.registry import Device, Site
from domain.series import Bucket, Selection
from domain.text import Text

ROWS_SHOWN: Final = 100
ALERTS_SHOWN: Final = 20

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/devices/{device}")
def device_page(
    visit: Visiting, device: str, metric: str = "", span: str = "24h", start: str = "", stop: str = ""
) -> Response:
    """One device with the trend asked for."""
    found = visit.plan.device(device)
    site = visit.plan.site(found.site)
    latest = read_latest(visit, Selection(devices=frozenset({device})))
    today = visit.formats(site.timezone).local(visit.now).date()
    measured = measurements_of(visit.plan, found, latest.readings, today, visit.now)
    chart = _chart(
        visit, site, _chosen(measured, metric), trend.stretch(span, start, stop, ZoneInfo(site.timezone), visit.now)
    )
    parts = system.read_parts(visit.services, visit.now)
    return visit.page(
        "device.html",
        live=visit.url,
        zone=site.timezone,
        device=found,
        site=site,
        stage=next((stage for stage in site.stages if stage.id == found.stage), None),
        profile=_profile(visit, found),
        measurements=measured,
        online=latest.readings.get((device, ONLINE)),
        away=latest.away,
        rules=[(rule, watched(visit, rule)) for rule in visit.services.rules.rules_for(found)],
        cause=not_judged(visit, [found]).get(device),
        alerts=urgent_first(visit, visit.services.book.page(None, ALERTS_SHOWN, None, None, device, True).items),
        ranges=[*trend.RANGES],
        parts=parts,
        check=system.last_check(parts),
        **chart,
    )


def _profile(visit: Visit, device: Device) -> ProfileInfo | None:
    try:
        return visit.services.profiles.profile(device.profile)
    except NotFound:
        return None


def _chosen(measured: list[Measurement], metric: str) -> Measurement | None:
    """The metric asked for; else the first that the law limits, else the first that is a gauge, else the first."""
    by_name = {one.series.metric: one for one in measured}
    if metric:
        if metric not in by_name:
            raise NotFound(metric)
        return by_name[metric]
    gauges = [one for one in measured if one.info and one.info.kind is MetricKind.GAUGE]
    legal = [one for one in measured if one.legal]
    return next(iter([*legal, *gauges, *measured]), None)


def _chart(visit: Visit, site: Site, chosen: Measurement | None, span: trend.Stretch) -> dict[str, Any]:
    """What the template needs for the trend. Without a metric, or with the store away, there is none."""
    nothing: dict[str, Any] = {"chosen": chosen, "span": span, "data": None, "rows": [], "dropped": 0, "bad": 0,
                               "corrected": {}}  # fmt: skip
    if chosen is None:
        return nothing
    series = chosen.series
    try:
        buckets = visit.services.readings.series(series.device, series.metric, span.start, span.stop, trend.POINTS)
        of, over = (series.device, series.metric), (span.start, span.stop)
        corrected = beside(visit, buckets, of, over, trend.POINTS, site.timezone)
    except Unavailable:
        return nothing
    line = trend.Line(series.device, series.metric, chosen.decimals, chosen.stale_after)
    data = trend.payload(line, buckets, span, site.timezone, _limit_lines(visit, chosen), corrected)
    rows: list[Bucket] = list(reversed(buckets))[:ROWS_SHOWN]
    bad = sum(bucket.bad for bucket in buckets)
    fixed = {one["time"]: one["mean"] for one in corrected.items}
    return nothing | {"corrected": fixed, "data": data, "rows": rows, "dropped": len(buckets) - len(rows), "bad": bad}


def _limit_lines(visit: Visit, one: Measurement) -> list[dict[str, Any]]:
    """Each limit as a labelled line: `maks 9 · baku mutu …`."""
    lines = []
    unit = symbol(one.series.unit, visit.language)
    for bound in one.bounds:
        name = visit.words.text(bound.name) if isinstance(bound.name, Text) else NOTHING
        for key, value in (("limit.min", bound.low), ("limit.max", bound.high)):
            if value is not None:
                held_by = visit.words("limit.law" if bound.source else "limit.house")
                figure = f"{held_by} {visit.words(key)} {visit.formats().brief(value)} {unit}".strip()
                lines.append({"value": value, "label": figure, "name": name, "legal": bound.source is not None})
    return lines
