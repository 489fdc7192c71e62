"""The compliance report: time and memory for a month of 20 metrics at 2 s, and for a year at 2 minutes, embedded."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from domain.metrics import MetricInfo, MetricKind, ProfileInfo
from domain.ports import Page
from domain.reading import Millis, Reading, Series
from domain.registry import CompliancePoint, Device, Installation, Limit, LimitSet, Site, SiteKind, Stage
from domain.report_period import PeriodKind, midnight, period_of
from domain.text import Text
from reports.compliance import ComplianceReports
from reports.formats import FORMATS
from reports.sources import Sources
from storage.chunk_store import SqliteReadingStore
from storage.journal import SqliteJournal
from storage.readings import MergedReadings

NAME = Text(id="Outlet", en="Outlet")
GAUGES = ("ph", "temperature", *(f"metric_{n}" for n in range(16)))  # and flow and totaliser: 20 in all
DAY: Millis = 86_400_000
LIMITS = {"ph": (6.0, 9.0), "temperature": (None, 38.0)}


class Plant:
    """Registry, profiles and an empty alert book of one point with twenty metrics at `interval` seconds."""

    def __init__(self, interval: float) -> None:
        gauges = [MetricInfo(metric, "mg/L", NAME, interval=interval, decimals=2) for metric in GAUGES]
        flows = [
            MetricInfo("flow_rate", "m3/h", NAME, interval=interval, decimals=2),
            MetricInfo("flow_total", "m3", NAME, MetricKind.COUNTER, interval=interval, decimals=2, max_rate=0.1),
        ]
        self._profile = ProfileInfo("bench", NAME, "json", (), (*gauges, *flows))
        site = Site(id="batik", name=NAME, kind=SiteKind.IPAL, stages=(Stage(id="outlet", name=NAME),))
        device = Device(id="outlet", site="batik", stage="outlet", profile="bench", name=NAME)
        limits = tuple(
            Limit(metric=metric, unit="mg/L", min=low, max=high)
            for metric in GAUGES
            for low, high in [LIMITS.get(metric, (None, 150.0))]
        )
        held = LimitSet(id="set", name=NAME, source="bench", valid_from=date(2020, 1, 1), limits=limits)
        point = CompliancePoint(
            id="titik", site="batik", stage="outlet", name=NAME, limit_set="set", devices=("outlet",)
        )
        self._all = Installation(sites=(site,), devices=(device,), limit_sets=(held,), compliance_points=(point,))

    def installation(self) -> Installation:
        """The whole of it."""
        return self._all

    def profile(self, _: str) -> ProfileInfo:
        """The one there is."""
        return self._profile

    def page(self, *_: object) -> Page[object]:
        """No alerts."""
        return Page([])


def fill(path: Path, first: date, days: int, step: Millis) -> int:
    """Write the readings: plausible courses, an hour beyond the limit each week, now and then a bad value."""
    start = midnight(first, ZoneInfo("Asia/Jakarta"))
    chance = np.random.default_rng(7)
    written = 0
    with SqliteReadingStore(path) as store:
        for day in range(days):
            times = (start + day * DAY + np.arange(0, DAY, step)).tolist()
            for metric in (*GAUGES, "flow_rate", "flow_total"):
                values = _course(metric, day, len(times), chance)
                series = Series("batik", "outlet", metric, "mg/L", "outlet")
                flags = np.where(chance.random(len(times)) < 0.0005, 4, 1).tolist()
                store.write(
                    [
                        Reading(series, at, value, flag, "spike" if flag == 4 else None)
                        for at, value, flag in zip(times, values, flags, strict=True)
                    ]
                )
                written += len(times)
    return written


def _course(metric: str, day: int, count: int, chance: np.random.Generator) -> list[float]:
    if metric == "flow_total":
        found: list[float] = np.round(day * 24.0 + np.arange(count) * 24.0 / count, 2).tolist()
        return found
    level, spread = {"ph": (7.2, 0.05), "temperature": (29.0, 0.3), "flow_rate": (1.0, 0.05)}.get(metric, (90.0, 4.0))
    values = level + chance.normal(0, spread, count)
    if day % 7 == 3:
        values[count // 2 : count // 2 + count // 24] *= 1.8
    rounded: list[float] = np.round(values, 2).tolist()
    return rounded


def make(folder: Path, kind: str, name: str, interval: float) -> dict[str, float]:
    """One report in this process: seconds of computing and of each format, and the most memory it took (MB)."""
    plant = Plant(interval)
    with SqliteReadingStore(folder / "readings.db") as store, SqliteJournal(folder / "journal.db") as journal:
        readings = MergedReadings(store, journal)
        reports = ComplianceReports(Sources(plant, plant, readings, plant))  # type: ignore[arg-type]
        period = period_of(PeriodKind(kind), name)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        begin = time.perf_counter()
        report = reports.make("titik", period, period.last)
        figures = {"seconds": time.perf_counter() - begin, "readings": float(report.versions.readings)}
        figures["mb_before"] = before
        figures["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for word, write in FORMATS.items():
        begin = time.perf_counter()
        write(report, "id")
        figures[f"{word}_seconds"] = time.perf_counter() - begin
    figures["mb_with_formats"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def _apart(folder: Path, kind: str, name: str, interval: float) -> dict[str, float]:
    """`make` in a process of its own, so that its memory is its own."""
    asked = f"p.Path({str(folder)!r}), {kind!r}, {name!r}, {interval}"
    code = f"import bench.reports as b, json, pathlib as p; print(json.dumps(b.make({asked})))"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True, env=os.environ)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure() -> dict[str, object]:
    """Every figure of this page."""
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        fill(folder / "readings.db", date(2026, 10, 1), 31, 2000)
        found["month_20_metrics_2s"] = _apart(folder, "month", "2026-10", 2.0)
        found["day_20_metrics_2s"] = _apart(folder, "day", "2026-10-08", 2.0)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        fill(folder / "readings.db", date(2026, 1, 1), 365, 120_000)
        found["year_20_metrics_2min"] = _apart(folder, "year", "2026", 120.0)
        found["month_20_metrics_2min"] = _apart(folder, "month", "2026-10", 120.0)
    return found


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
