"""Two alerts processes on one installation: one leads, the other takes over, and nothing is lost or doubled.

Real broker, real processes, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.alert import Alert, AlertEvent
from domain.registry import Route
from service.clock import now
from service.settings import Settings
from service.wiring import Application, build
from storage.database import Database
from support.alerts_stage import limit_rule
from support.plant import outlets
from support.publishing import publish_all
from support.servers import Postgres, Server
from support.service_process import ServiceProcess
from support.waiting import PATIENCE, eventually

pytestmark = [pytest.mark.broker, pytest.mark.slow]

TAKES_OVER_WITHIN = 15.0  # s
TOPIC = "pantau/batik/outlet-0/telemetry"


class Watchers:
    """A collector, two alerts processes, and the installation as seen from here."""

    def __init__(self, app: Application, broker: Server, url: str | None) -> None:
        self.app, self.broker = app, broker
        settings = {"PANTAU_MQTT__PORT": str(broker.port), **({"PANTAU_DATABASE__URL": url} if url else {})}
        folder = app.settings.data_dir
        collecting = {**settings, "PANTAU_MQTT__CLIENT_ID": "lease"}
        self.collector = ServiceProcess("collector", folder, collecting)
        self.pair = [ServiceProcess("alerts", folder, settings, name=name) for name in ("first", "second")]
        self.at = now() // 1000 * 1000 - 600_000

    def start(self) -> None:
        """All of them; returns once one leads and the broker has the collector's session."""
        for process in (self.collector, *self.pair):
            process.start()
        beats = self.app.services.heartbeats
        eventually(
            lambda: any(b.part == "broker" and b.detail["state"] == "connected" for b in beats.all()), within=20
        )
        eventually(self.leads, within=20, what="one of them leads")

    def holder(self) -> tuple[str, int]:
        """Who has the lease, and its term."""
        with closing(Database(self.app.settings.database_url)) as db, db.reading() as connection:
            row = connection.execute(text("SELECT holder, term FROM lease WHERE name = 'alerts'")).one_or_none()
        return ("", 0) if row is None else (str(row[0]), int(row[1]))

    def leads(self, process: ServiceProcess | None = None) -> bool:
        """Whether this process, or any, has the lease."""
        holder, _ = self.holder()
        return any(f":{p.pid}:" in holder for p in ([process] if process else self.pair) if p.alive)

    def leader(self) -> tuple[ServiceProcess, ServiceProcess]:
        """The one that leads, then the other."""
        first, second = self.pair
        return (first, second) if self.leads(first) else (second, first)

    def stand_still(self, process: ServiceProcess) -> None:
        """Between two transactions: nobody goes round one in a file of SQLite (PostgreSQL ends its session)."""
        files = sorted(self.app.settings.data_dir.glob("*.db"))
        for _ in range(50):
            process.stand_still()
            if all(_writable(file) for file in files):
                return
            process.go_on()
        raise AssertionError("it was inside a transaction each time")

    def publish(self, *values: float) -> None:
        """pH of the outlet, a second apart by the device's clock."""
        messages = []
        for value in values:
            self.at += 1000
            at = datetime.fromtimestamp(self.at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            messages.append((TOPIC, f'{{"time":"{at}","ph":{value}}}'.encode()))
        publish_all(self.broker.port, messages)

    def alerts(self) -> list[Alert]:
        """Those of the limit."""
        page = self.app.services.book.page(None, 500, None, None, "outlet-0", False)
        return [alert for alert in page.items if alert.rule == "ph-outlet"]

    def rings(self) -> int:
        """How often the limit was found broken."""
        return sum(alert.occurrences for alert in self.alerts())

    def close(self) -> None:
        """End what still runs."""
        for process in (self.collector, *self.pair):
            process.kill()


def _writable(file: Path) -> bool:
    """Whether another may write it within a moment."""
    with closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        connection.execute("ROLLBACK")
    return True


@pytest.fixture(params=["sqlite", "postgres"])
def watchers(request: pytest.FixtureRequest, mosquitto: Server, tmp_path: Path) -> Iterator[Watchers]:
    """Running, with one outlet whose pH may be 9 at most."""
    url = None
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create_database(f"lease_{time.time_ns()}")
    with ExitStack() as stack:
        given = {"database": {"url": url}} if url else {}
        app = build(Settings.model_validate({"data_dir": tmp_path / "data", **given}), stack)
        limit = limit_rule(scope={"metric": "ph", "device": "outlet-0"})
        plant = outlets(1).model_copy(update={"rules": (limit,), "routes": (Route(id="duty", notifier="log"),)})
        app.services.registry.apply(plant, "test", now())
        made = Watchers(app, mosquitto, url)
        stack.callback(made.close)
        made.start()
        yield made


def assert_lives_hang_together(app: Application, alerts: list[Alert]) -> None:
    """No transition lost or doubled, nobody told twice of one."""
    for alert in alerts:
        life = app.services.book.transitions(alert.id)
        assert all(before.to_state is after.from_state for before, after in pairwise(life))
        events = Counter(step.event for step in life)
        assert events[AlertEvent.RAISED] + events[AlertEvent.REOCCURRED] == alert.occurrences
        told = Counter(note.transition for note in app.services.book.notifications(alert.id))
        assert not [step for step, times in told.items() if times > 1]


def test_when_the_leader_is_killed_the_other_takes_over_within_fifteen_seconds(watchers: Watchers) -> None:
    leader, other = watchers.leader()
    leader.kill()
    killed = time.monotonic()
    watchers.publish(7.0, 9.5)
    eventually(watchers.alerts, within=TAKES_OVER_WITHIN, what="the other finds the breach")
    took = time.monotonic() - killed
    print(f"taken over in {took:.1f} s")

    assert watchers.leads(other)
    assert took <= TAKES_OVER_WITHIN * PATIENCE


def test_a_leader_that_stood_still_and_goes_on_doubles_nothing(watchers: Watchers) -> None:
    leader, other = watchers.leader()
    watchers.publish(*[7.0, 9.5] * 5)
    eventually(lambda: watchers.rings() == 5, what="the leader judges")
    watchers.stand_still(leader)
    watchers.publish(*[7.0, 9.5] * 5)
    eventually(lambda: watchers.rings() == 10, within=TAKES_OVER_WITHIN, what="the other judges the rest")
    leader.go_on()
    watchers.publish(*[7.0, 9.5] * 5)
    eventually(lambda: watchers.rings() == 15, what="whoever leads judges on")

    assert watchers.leads(other)
    assert_lives_hang_together(watchers.app, watchers.alerts())
