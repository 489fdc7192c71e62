"""The main job on real input: recorded plants sent through broker and collector, compared with their files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from service.cli_registry import checked
from service.clock import now
from service.settings import Settings
from service.wiring import Application, build
from simulators.mapping import load_mapping
from simulators.replay import expected_readings
from support.servers import Server
from support.service_process import ROOT, ServiceProcess
from support.waiting import eventually

pytestmark = pytest.mark.broker

REPLAY = ROOT / "examples" / "replay"
DATA = ROOT / "tests" / "data"
SETS = {
    "uci": DATA / "uci-water-treatment" / "water-treatment.data",
    "river-sonde": DATA / "lro-pyhydroqc" / "main-street-2019-08.csv",
}
LOGGER_SENTINELS = (-9999.0, 7999.0)  # the river sonde's words for "nothing"; the UCI file has none
Stored = dict[tuple[str, str, int], tuple[float | None, int, str | None]]


@pytest.fixture(params=SETS)
def name(request: pytest.FixtureRequest) -> str:
    """A recorded data set."""
    return str(request.param)


@pytest.fixture
def app(name: str, tmp_path: Path) -> Iterator[Application]:
    """An installation with the data set's devices."""
    with ExitStack() as stack:
        settings = Settings(data_dir=tmp_path / "data", profiles_dir=REPLAY / "profiles")
        app = build(settings, stack)
        app.services.registry.apply(checked([REPLAY / f"{name}-installation.toml"], settings), "test", now())
        yield app


def replay(name: str, port: int) -> dict[str, int]:
    """`pantau replay FILE --map …`; what it says it sent."""
    command = ["replay", str(SETS[name]), "--map", str(REPLAY / f"{name}.toml"), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", *command],
        env={**os.environ, "PANTAU_MQTT__PORT": str(port), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    report: dict[str, int] = json.loads(done.stdout)
    return report


def stored(app: Application) -> Stored:
    """Everything in the store, with quality and reason."""
    found: Stored = {}
    for device in app.services.registry.installation().devices:
        for metric in app.services.profiles.profile(device.profile).metrics:
            for r in app.services.readings.raw(device.id, metric.metric, 0, 2**52):
                found[device.id, metric.metric, r.time] = (r.value, r.quality, r.reason)
    return found


def test_what_is_stored_is_what_the_file_holds(
    name: str, app: Application, mosquitto: Server, tmp_path: Path
) -> None:
    settings = {
        "PANTAU_MQTT__PORT": str(mosquitto.port),
        "PANTAU_MQTT__CLIENT_ID": "recorded",
        "PANTAU_PROFILES_DIR": str(REPLAY / "profiles"),
    }
    collector = ServiceProcess("collector", tmp_path / "data", settings)
    collector.start()
    beats = app.services.heartbeats
    eventually(lambda: any(b.part == "broker" and b.detail["state"] == "connected" for b in beats.all()), 20)
    try:
        report = replay(name, mosquitto.port)
        total = app.services.journal.counters().total
        eventually(lambda: total().received >= report["sent"], within=60)
    finally:
        collector.stop()

    mapping = load_mapping(REPLAY / f"{name}.toml")
    expected = {(e.device, e.metric, e.time): e.value for e in expected_readings(SETS[name], mapping)}
    found = stored(app)
    assert {key: value for key, (value, _, _) in found.items()} == expected
    sentinels = [value for value in expected.values() if value in LOGGER_SENTINELS]
    assert sum(reason == "sentinel" for _, _, reason in found.values()) == len(sentinels)
    assert total().written == report["acknowledged"] == report["sent"]
