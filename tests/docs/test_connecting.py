"""Somebody who types the commands of `docs/connecting.md`, in order, has connected a device."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.servers import Mosquitto, free_port, wait_for_port
from support.service_process import ROOT, ServiceProcess

pytestmark = [pytest.mark.broker, pytest.mark.slow]

PAGE = (ROOT / "docs" / "connecting.md").read_text("utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
INSTALLATION = sorted((ROOT / "examples" / "mojokerto").glob("*.toml"))


class Reader:
    """Types commands into one folder, with the ports of this test in the place of the usual ones."""

    def __init__(self, folder: Path, mqtt_port: int, http_port: int) -> None:
        self.folder = folder
        self._ports = {"1883": str(mqtt_port), "8080": str(http_port)}
        (folder / "bin").mkdir()
        (folder / "bin" / "pantau").write_text(f'#!/bin/sh\nexec {sys.executable} -m service.cli "$@"\n', "utf-8")
        (folder / "bin" / "pantau").chmod(0o755)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
        self.settings = {"PANTAU_MQTT__PORT": str(mqtt_port), "PANTAU_HTTP__PORT": str(http_port)}
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        self._environment = {**inherited, **self.settings, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}

    def types(self, *commands: str) -> str:
        """What they print; each must succeed. The commands of one call share their shell variables."""
        text = "\n".join(commands)
        for usual, here in self._ports.items():
            text = text.replace(usual, here)
        done = subprocess.run(
            ["bash", "-euc", text], cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def reader(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Reader]:
    """Somebody with Pantau running and one site, who has done what is to be done once."""
    typing = Reader(tmp_path, mosquitto.port, free_port())
    typing.types(COMMANDS[0], "pantau apply " + " ".join(map(str, INSTALLATION)))
    service = ServiceProcess("run", tmp_path / "data", typing.settings)
    service.start()
    wait_for_port(int(typing.settings["PANTAU_HTTP__PORT"]), 30)
    yield typing
    service.stop()


def test_the_page_connects_a_device(reader: Reader) -> None:
    listen, save, draft, edit, tried, publish, register, latest = COMMANDS[1:]
    reader.types(listen.replace("5", "1"), save, draft, edit)
    assert "✓ ph = 7.21 pH, good, at 2026-11-21T06:30:00.000Z" in reader.types(tried)

    reader.types("sleep 4", publish, "sleep 2")  # the collector looks for new profiles every two seconds
    answer = reader.types(register).strip().splitlines()[-1]
    unknown, welcome = (json.loads(one) for one in re.split(r"(?<=\})(?=\{)", answer))
    assert unknown["items"][0]["proposals"][0]["profile"] == "ph-probe"
    assert (welcome["replayed"], welcome["refused"]) == (1, 0)

    key = "export KEY=$(pantau token create reader --role viewer)"
    found = json.loads(reader.types(key, latest))["items"]
    assert {one["metric"]: one["value"] for one in found} == {"ph": 7.21, "temperature": 29.4}
