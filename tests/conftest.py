"""Fixtures that several test folders use. Servers are real; in CI none may be missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.chromium import CHROMIUM
from support.receiver import Receiver
from support.servers import InfluxDB, Mosquitto, Postgres, Server
from support.smtp import Mailbox


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
def mosquitto_installed() -> None:
    """For tests that start one with a configuration of their own."""
    _need("mosquitto", "/usr/sbin/mosquitto")


@pytest.fixture
def mosquitto(mosquitto_installed: None, tmp_path: Path) -> Iterator[Server]:
    """A Mosquitto of the test's own, to stop and kill: a collector hears whatever an earlier test had retained."""
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


@pytest.fixture(scope="session")
def chromium_installed() -> None:
    """For tests that look at pages in a real browser."""
    _need("chromium", CHROMIUM)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An HTTP server that keeps what it is sent; answers 200 unless told otherwise."""
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server; takes every mail unless told otherwise."""
    made = Mailbox()
    yield made
    made.stop()
