"""`pantau simulator --profile` as a person uses it: a device of another make, rehearsed before it is bought."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from device_profiles.catalogue import Catalogue
from device_profiles.trial import try_profile
from domain.message import Message
from service.clock import now
from support.mqtt import Listener
from support.servers import Server
from support.service_process import ROOT

pytestmark = pytest.mark.broker


def test_a_smart_plug_is_heard_on_its_own_topic_and_understood(mosquitto: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "service.cli", "simulator", "--profile", "tasmota-energy", "--device", "plug-9"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PANTAU_MQTT__PORT": str(mosquitto.port)}
    with Listener(mosquitto.port, "tele/plug-9/SENSOR") as listener:
        process = subprocess.Popen([*command, "--interval", "0.5"], env=environment, cwd=tmp_path)
        try:
            assert listener.wait_for(2)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)

    topic, payload, _ = listener.messages[0]
    (outcome,) = try_profile(Catalogue.load().get("tasmota-energy"), [Message(topic, payload, now())])
    assert not outcome.rejections
    assert {"power", "voltage", "current"} <= {reading.series.metric for reading in outcome.readings}
    assert process.returncode == 0


def test_an_unknown_profile_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "service.cli", "simulator", "--profile", "tasmota-enrgy"]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "did you mean 'tasmota-energy'?" in " ".join(done.stderr.split())
