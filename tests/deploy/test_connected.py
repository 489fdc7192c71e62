"""The health check of the simulator's container."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.compose import ROOT


@pytest.fixture
def broker() -> Iterator[socket.socket]:
    """Somebody who takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def check(broker: socket.socket, folder: Path) -> int:
    """As the container would run it."""
    environment = {
        "PANTAU_MQTT__PORT": str(broker.getsockname()[1]), "PANTAU_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT),
        "PATH": os.environ["PATH"],
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "service.connected"], env=environment, cwd=folder, capture_output=True, timeout=60
    ).returncode


def test_who_is_connected_to_the_broker_is_well(broker: socket.socket, tmp_path: Path) -> None:
    with socket.create_connection(broker.getsockname()):
        assert check(broker, tmp_path) == 0


def test_who_is_not_connected_is_not(broker: socket.socket, tmp_path: Path) -> None:
    assert check(broker, tmp_path) == 1
