"""Both reading stores, for the suites that run on each."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.chunk_store import SqliteReadingStore
from storage.influx_config import InfluxConfig
from storage.influx_store import InfluxReadingStore
from support.influx_shim import InfluxShim
from support.servers import InfluxDB

_numbers = itertools.count()


@pytest.fixture(scope="session")
def shim(influxdb: InfluxDB) -> Iterator[InfluxShim]:
    """The real InfluxDB 1.6.7, speaking as 1.8 does."""
    with InfluxShim(influxdb.url).running() as running:
        yield running


@pytest.fixture
def fresh_influx(shim: InfluxShim) -> Iterator[Callable[[], InfluxReadingStore]]:
    """Makes stores, each on a database of its own."""
    opened: list[InfluxReadingStore] = []

    def make() -> InfluxReadingStore:
        store = InfluxReadingStore(InfluxConfig(url=shim.url, bucket=f"test{next(_numbers)}", timeout=3.0))
        opened.append(store)
        return store

    yield make
    shim.fault = None
    for store in opened:
        store.close()


@pytest.fixture(params=["sqlite", pytest.param("influxdb", marks=pytest.mark.influx)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteReadingStore | InfluxReadingStore]:
    """An empty reading store."""
    if request.param == "sqlite":
        with SqliteReadingStore(tmp_path / "readings.db") as opened:
            yield opened
    else:
        yield request.getfixturevalue("fresh_influx")()
