"""A full disk: nothing is acknowledged, nothing is lost, and work goes on by itself when there is room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from service.clock import now
from service.settings import Settings
from service.wiring import Application, build
from support.disks import small_disk
from support.plant import METRICS, Stream, outlets
from support.publishing import publish_all
from support.servers import Server
from support.service_process import ServiceProcess
from support.waiting import eventually

pytestmark = [pytest.mark.broker, pytest.mark.slow]

MESSAGES = 4_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB."""
    with small_disk(tmp_path / "data", "12m") as place:
        yield place


@pytest.fixture
def app(disk: Path) -> Iterator[Application]:
    """An installation on the small disk."""
    with ExitStack() as stack:
        app = build(Settings(data_dir=disk), stack)
        app.services.registry.apply(outlets(1), "test", now())
        yield app


def fill(disk: Path) -> Path:
    """Leave no block free."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


def received(app: Application) -> int:
    """Messages seen through so far."""
    return app.services.journal.counters().total().received


def test_nothing_is_lost_while_the_disk_is_full(mosquitto: Server, app: Application, disk: Path) -> None:
    settings = {"PANTAU_MQTT__PORT": str(mosquitto.port), "PANTAU_MQTT__CLIENT_ID": "full"}
    collector = ServiceProcess("collector", disk, settings)
    stream = Stream(1, MESSAGES, now())
    collector.start()
    try:
        beats = app.services.heartbeats
        eventually(lambda: any(b.part == "broker" and b.detail["state"] == "connected" for b in beats.all()), 20)
        filler = fill(disk)
        publish_all(mosquitto.port, stream.payloads())
        eventually(lambda: "disk_full" in collector.log, within=30, what="the collector says that the disk is full")
        assert received(app) < MESSAGES
        filler.unlink()
        eventually(lambda: received(app) >= MESSAGES, within=30, what="work resumes by itself")
        assert "collector_resumed" in collector.log
    finally:
        collector.stop()

    expected = stream.expected()
    for index, metric in enumerate(METRICS):
        stored = app.services.readings.raw("outlet-0", metric, 0, 2**52)
        assert [(r.time, r.value) for r in stored] == [(at, values[index]) for at, values in sorted(expected.items())]
    total = app.services.journal.counters().total()
    assert total.received == total.written + total.redelivered
