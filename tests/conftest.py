"""Fixtures that several test folders use. Servers are real; in CI none may be missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.servers import InfluxDB, Mosquitto, Postgres, Server


def _need(program: str, path: str) -> None:
    """Skip where a server is not installed; in CI that is a failure."""
    if shutil.which(program) or Path(path).exists():
        return
    message = f"{program} is not installed: run `make test`, which installs it"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def _running(server: Server) -> Iterator[Server]:
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Mosquitto shared by the session; use unique topics and client ids."""
    _need("mosquitto", "/usr/sbin/mosquitto")
    yield from _running(Mosquitto(tmp_path_factory.mktemp("mosquitto")))


@pytest.fixture
def own_mosquitto(tmp_path: Path) -> Iterator[Server]:
    """A Mosquitto that this test alone may stop, kill and restart."""
    _need("mosquitto", "/usr/sbin/mosquitto")
    yield from _running(Mosquitto(tmp_path / "mosquitto"))


@pytest.fixture(scope="session")
def influxdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An InfluxDB 1.6.7 shared by the session; use a database of your own."""
    _need("influxd", "/usr/bin/influxd")
    yield from _running(InfluxDB(tmp_path_factory.mktemp("influxdb")))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL shared by the session; use `create_database` for one of your own."""
    _need("initdb", "/usr/lib/postgresql")
    yield from _running(Postgres(tmp_path_factory.mktemp("postgres")))
