"""What one alerts tick costs: real journal and book (SQLite), every series under a limit and a no-data rule.

CPU of this process, median of `ROUNDS` ticks of `READINGS` new readings. Silent devices are registered,
expected and already raised as silent or still awaited; they must cost nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from alerts.engine import AlertEngine
from domain.counters import Tally
from domain.metrics import MetricInfo, ProfileInfo
from domain.reading import Reading, Series
from domain.registry import Device, Installation, Site, SiteKind, Stage
from domain.rule import LimitRule, Scope
from domain.text import Text
from storage.alert_book import SqlAlertBook
from storage.database import Database
from storage.journal import SqliteJournal
from storage.registry import SqlRegistry

READINGS = 20_000
ROUNDS = 5
START = 1_795_219_200_000
NAME = Text(id="Alat", en="Device")


class Probes:
    """One profile: pH every ten seconds, fifty of grace (so that a no-data rule derives for each device)."""

    def profiles(self) -> list[ProfileInfo]:
        """The one there is."""
        return [self.profile("probe")]

    def profile(self, name: str) -> ProfileInfo:
        """That one."""
        return ProfileInfo(name, NAME, "json", (), (MetricInfo("ph", "pH", NAME, interval=10, grace=50),))


def installation(devices: int) -> Installation:
    """Devices with one metric each, and one limit rule for all of them."""
    site = Site(id="batik", name=NAME, kind=SiteKind.IPAL, stages=(Stage(id="outlet", name=NAME),))
    rule = LimitRule(id="ph", name=NAME, action=NAME, scope=Scope(metric="ph"), above=9.0, below=6.0, deadband=0.1)
    made = tuple(
        Device(id=f"d{number}", site="batik", stage="outlet", profile="probe", name=NAME) for number in range(devices)
    )
    return Installation(sites=(site,), devices=made, rules=(rule,))


def readings(series: list[Series], now: int) -> Iterator[Reading]:
    """`READINGS` calm readings spread over the series, in the ten seconds before `now`."""
    rounds = READINGS // len(series)
    for turn in range(rounds):
        at = now - 10_000 + (turn + 1) * 10_000 // rounds
        for one in series:
            yield Reading(one, at, 7.0 + turn % 7 / 10, received_at=at)


def tick_cost(folder: Path, talking: int, registered: int) -> float:
    """Median CPU in ms of a tick that judges `READINGS` readings of `talking` series."""
    db = Database(f"sqlite:///{folder}/pantau.sqlite")
    db.migrate()
    registry = SqlRegistry(db)
    registry.apply(installation(registered), "bench", START)
    with SqliteJournal(folder / "journal.sqlite") as journal:
        engine = AlertEngine(journal, SqlAlertBook(db), registry, Probes())
        series = [Series("batik", f"d{number}", "ph", "pH", "outlet") for number in range(talking)]
        costs = []
        for turn in range(ROUNDS + 8):  # the first rounds meet the series, and the silent ones fall due
            now = START + turn * 10_000
            journal.append(list(readings(series, now)), Tally())
            began = time.process_time()
            report = engine.tick(now)
            costs.append((time.process_time() - began) * 1000)
            if report.judged != READINGS:
                raise AssertionError(f"judged {report.judged} of {READINGS}")
    db.close()
    return median(costs[-ROUNDS:])


def measure() -> dict[str, float]:
    """CPU in ms per tick at 100, 1,000 and 10,000 talking series, and with ten times as many devices silent."""
    cases = {
        "tick_ms_100_series": (100, 100),
        "tick_ms_1000_series": (1_000, 1_000),
        "tick_ms_10000_series": (10_000, 10_000),
        "tick_ms_10000_series_100000_silent": (10_000, 110_000),
    }
    found: dict[str, float] = {}
    for name, (talking, registered) in cases.items():
        with TemporaryDirectory() as folder:
            found[name] = round(tick_cost(Path(folder), talking, registered), 1)
    found["silent_ratio"] = round(found["tick_ms_10000_series_100000_silent"] / found["tick_ms_10000_series"], 2)
    return found


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:40} {value}")
