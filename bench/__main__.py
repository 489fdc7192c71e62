"""`make bench`: run every measurement, or those named, and write docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path("bench/results.json")
PAGE = Path("docs/benchmarks.md")


@dataclass(frozen=True)
class Aim:
    """What a figure should be: at most or at least `bound`."""

    key: str
    what: str
    at_most: float | None = None
    at_least: float | None = None

    def met(self, value: float) -> bool:
        """Whether the figure is where it should be."""
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    @property
    def bound(self) -> str:
        """In words."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return f"≥ {self.at_least:g}" if self.at_least is not None else ""


PARTS = ("decode", "store", "alerts", "detection", "api", "collector", "demo", "reports")
AIMS = {
    "decode": (Aim("ratio", "decode and judge a house message, times a bare msgspec decode", at_most=25),),
    "collector": (
        Aim("sqlite_cpu_ratio", "CPU a message, Mosquitto → SQLite, times bare paho", at_most=1.8),
        Aim("sqlite_rate_ratio", "rate, Mosquitto → SQLite, times bare paho", at_least=0.55),
        Aim("influxdb_cpu_ratio", "CPU a message, Mosquitto → InfluxDB, times bare paho", at_most=1.8),
        Aim("influxdb_rate_ratio", "rate, Mosquitto → InfluxDB, times bare paho", at_least=0.55),
        Aim("sqlite_lost", "readings lost, SQLite", at_most=0),
        Aim("influxdb_lost", "readings lost, InfluxDB", at_most=0),
    ),
    "store": (
        Aim("plant_bytes_a_reading_stored", "bytes a reading, sealed", at_most=4),
        Aim("gb_a_day_500_points_2s", "written for 500 points every 2 s, GB a day", at_most=8),
        Aim("latest_times_faster", "latest of 10,000 series, times faster than InfluxDB 1.6.7", at_least=10),
        Aim("month_times_faster", "a month at 2 s in 500 buckets, times faster than InfluxDB", at_least=3),
    ),
    "api": (
        Aim("latest_one_site.p95_ms", "latest of one site, 10 clients, p95 ms", at_most=30),
        Aim("series_30_days.p95_ms", "a 30-day series, 10 clients, p95 ms", at_most=200),
    ),
    "alerts": (
        Aim("tick_ms_10000_series", "tick over 20,000 readings of 10,000 series, ms CPU", at_most=400),
        Aim("silent_ratio", "the same with ten times as many devices silent, ratio", at_most=2),
    ),
    "reports": (
        Aim("month_20_metrics_2s.seconds", "the report of a month of 20 metrics at 2 s, s", at_most=10),
        Aim("month_20_metrics_2s.mb_with_formats", "memory of it with all five formats, MB", at_most=300),
    ),
    "detection": (
        Aim("p50_s", "breach published → alert in the API, median, s", at_most=2),
        Aim("p99_s", "breach published → alert in the API, p99, s", at_most=4),
    ),
    "demo": (
        Aim("first_live_reading_s", "first live reading after start, s", at_most=6),
        Aim("thirty_days_s", "thirty days of history after start, s", at_most=10),
        Aim("resident_mb", "memory of everything once settled, MB", at_most=220),
    ),
}
HEAD = """# Benchmarks

Written by `make bench`; `make bench ARGS="store api"` runs parts of it. Every part starts the real servers it needs
on loopback. Ratios are of contestants in the same interleaved run, medians of at least three rounds; absolute times
move with the machine. `bench/*.py` says what each figure is.
"""


def main(parts: list[str]) -> int:
    """Measure and write the page; 1 when a figure misses its aim."""
    results: dict[str, dict[str, object]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for part in parts or PARTS:
        print(f"measuring {part} …", flush=True)
        code = f"import json, bench.{part} as b; print('RESULT ' + json.dumps(b.measure()))"
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
        line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
        results[part] = json.loads(line.removeprefix("RESULT "))
        RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n")
    PAGE.write_text(page(results), "utf-8")
    missed = [aim.what for part in parts or PARTS for aim in AIMS[part] if not _met(results, part, aim)]
    for what in missed:
        print(f"missed: {what}")
    return 1 if missed else 0


def _met(results: Mapping[str, Mapping[str, object]], part: str, aim: Aim) -> bool:
    value = dict(_flat(results.get(part, {}))).get(aim.key)
    return isinstance(value, int | float) and aim.met(value)


def page(results: Mapping[str, Mapping[str, object]]) -> str:
    """The whole page."""
    python = platform.python_version()
    about = f"\nMeasured on {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {python}.\n"
    return HEAD + about + "".join(_section(part, results[part]) for part in PARTS if part in results)


def _section(part: str, figures: Mapping[str, object]) -> str:
    rows = [f"\n## {part}\n\n| figure | measured | aim |\n| --- | --- | --- |\n"]
    aims = {aim.key: aim for aim in AIMS.get(part, ())}
    for key, value in _flat(figures):
        aim = aims.get(key)
        name = f"{aim.what} (`{key}`)" if aim else f"`{key}`"
        rows.append(f"| {name} | {_shown(value)} | {aim.bound if aim else ''} |\n")
    return "".join(rows)


def _flat(figures: Mapping[str, object], above: str = "") -> list[tuple[str, object]]:
    flat: list[tuple[str, object]] = []
    for key, value in figures.items():
        flat += _flat(value, f"{above}{key}.") if isinstance(value, Mapping) else [(above + key, value)]
    return flat


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
