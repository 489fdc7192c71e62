"""The promise, against real servers: 50,000 messages, kill -9 and restarts, every reading stored exactly once.

Everything is counted; nothing is sampled.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from service.clock import now
from service.settings import Settings
from service.wiring import Application, build
from support.influx_shim import InfluxShim
from support.plant import METRICS, BackgroundPublisher, Stream, outlets
from support.servers import InfluxDB, Server
from support.service_process import ServiceProcess
from support.waiting import eventually

pytestmark = [pytest.mark.broker, pytest.mark.slow]

DEVICES, MESSAGES, RATE = 10, 50_000, 9_000
WITHIN = 150.0  # s


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """The installation's folder."""
    return tmp_path / "data"


@pytest.fixture
def observer(data_dir: Path) -> Iterator[Application]:
    """The same installation opened from this process, with its outlets registered."""
    with ExitStack() as stack:
        app = build(Settings(data_dir=data_dir), stack)
        app.services.registry.apply(outlets(DEVICES), "test", now())
        yield app


@pytest.fixture
def collector(mosquitto: Server, data_dir: Path) -> Iterator[ServiceProcess]:
    """The collector as a process, not started yet."""
    settings = {"PANTAU_MQTT__PORT": str(mosquitto.port), "PANTAU_MQTT__CLIENT_ID": "proof"}
    process = ServiceProcess("collector", data_dir, settings)
    yield process
    process.kill()


@pytest.fixture
def influx(tmp_path: Path) -> Iterator[InfluxDB]:
    """An InfluxDB that this test alone may stop."""
    server = InfluxDB(tmp_path / "influxdb")
    server.start()
    yield server
    server.stop()


def received(app: Application) -> int:
    """Messages the collector has seen through so far."""
    return app.services.journal.counters().total().received


def first_connection(app: Application, collector: ServiceProcess) -> None:
    """Start the collector once, so that the broker has its session before anything is published."""
    collector.start()
    beats = app.services.heartbeats
    eventually(
        lambda: any(b.part == "broker" and b.detail["state"] == "connected" for b in beats.all()),
        within=20,
        what="the collector connects",
    )


def assert_everything_once(app: Application, stream: Stream) -> None:
    """Every reading of every outlet is there, with its value, and no other."""
    expected = stream.expected()
    stop = max(expected) + 1
    for device in range(DEVICES):
        for index, metric in enumerate(METRICS):
            stored = app.services.readings.raw(f"outlet-{device}", metric, 0, stop + 10**9)
            assert len(stored) == len(expected)
            assert {r.time: r.value for r in stored} == {at: values[index] for at, values in expected.items()}


def counted(app: Application) -> int:
    """Distinct readings stored."""
    return sum(
        len(app.services.readings.raw(f"outlet-{device}", metric, 0, 2**52))
        for device in range(DEVICES)
        for metric in METRICS
    )


def wait_for_all(app: Application) -> None:
    """Return once every reading is stored."""
    eventually(lambda: received(app) >= MESSAGES and counted(app) >= MESSAGES * len(METRICS), within=WITHIN)


def test_three_kills_of_the_collector_lose_and_double_nothing(
    mosquitto: Server, observer: Application, collector: ServiceProcess
) -> None:
    stream = Stream(DEVICES, MESSAGES, now())
    publisher = BackgroundPublisher(stream, mosquitto.port, RATE)
    first_connection(observer, collector)
    publisher.start()
    chance = random.Random()
    for _ in range(3):
        before = received(observer)
        eventually(lambda before=before: received(observer) > before, within=30, what="the collector works")
        time.sleep(chance.uniform(0.0, 0.6))
        assert received(observer) < MESSAGES, "killed too late to prove anything"
        collector.kill()
        collector.start()
    publisher.join(WITHIN)
    wait_for_all(observer)

    assert_everything_once(observer, stream)
    total = observer.services.journal.counters().total()
    assert total.received == total.written + total.dead_lettered + total.redelivered
    assert (total.written, total.dead_lettered) == (MESSAGES, 0)


def test_a_broker_restart_loses_and_doubles_nothing(
    mosquitto: Server, observer: Application, collector: ServiceProcess
) -> None:
    stream = Stream(DEVICES, MESSAGES, now())
    publisher = BackgroundPublisher(stream, mosquitto.port, RATE)
    first_connection(observer, collector)
    publisher.start()
    eventually(lambda: received(observer) > MESSAGES // 10, within=30)
    mosquitto.stop()
    mosquitto.start()
    publisher.join(WITHIN)
    wait_for_all(observer)

    assert_everything_once(observer, stream)
    total = observer.services.journal.counters().total()
    assert total.received == total.written + total.redelivered


@pytest.mark.influx
def test_twenty_seconds_without_influxdb_lose_and_double_nothing(
    mosquitto: Server, influx: InfluxDB, observer: Application, data_dir: Path
) -> None:
    stream = Stream(DEVICES, MESSAGES, now())
    publisher = BackgroundPublisher(stream, mosquitto.port, RATE)
    with InfluxShim(influx.url).running() as shim:
        settings = {
            "PANTAU_MQTT__PORT": str(mosquitto.port),
            "PANTAU_MQTT__CLIENT_ID": "proof",
            "PANTAU_STORE__KIND": "influxdb",
            "PANTAU_STORE__URL": shim.url,
            "PANTAU_STORE__TOKEN": "proof:proof",
            "PANTAU_STORE__BUCKET": "proof",
        }
        collector = ServiceProcess("collector", data_dir, settings)
        try:
            first_connection(observer, collector)
            publisher.start()
            eventually(lambda: influx_count(influx) > 0, within=60, what="the first readings in InfluxDB")
            influx.stop()
            time.sleep(20)
            influx.start()
            publisher.join(WITHIN)
            wanted = MESSAGES * len(METRICS)
            eventually(lambda: influx_count(influx) >= wanted, within=WITHIN, what=f"{wanted} readings in InfluxDB")
        finally:
            collector.stop()

    expected = stream.expected()
    for device in range(DEVICES):
        for index, metric in enumerate(METRICS):
            (series,) = influx.query(f"SELECT value FROM {metric} WHERE device = 'outlet-{device}'", "proof")
            points = series["values"]
            assert isinstance(points, list)
            assert len(points) == len(expected)
            assert dict(points) == {at: values[index] for at, values in expected.items()}


def influx_count(influx: InfluxDB) -> int:
    """Points of all metrics, 0 before there is a database."""
    try:
        found = [influx.query(f"SELECT count(value) FROM {metric}", "proof") for metric in METRICS]
    except AssertionError:  # no such database yet
        return 0
    return sum(int(series[0]["values"][0][1]) for series in found if series)  # type: ignore[index]
