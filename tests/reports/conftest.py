"""A report's scene on either store."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.registry import Installation
from domain.report import ComplianceReport
from storage.chunk_store import SqliteReadingStore
from storage.influx_config import InfluxConfig
from storage.influx_store import InfluxReadingStore
from storage.journal import SqliteJournal
from support.influx_shim import InfluxShim
from support.report_month import play
from support.report_scene import Scene
from support.servers import InfluxDB

_numbers = itertools.count()
Made = Callable[..., Scene]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    """Makes scenes on embedded stores of their own."""
    opened: list[SqliteReadingStore | SqliteJournal] = []

    def make(installation: Installation | None = None) -> Scene:
        number = next(_numbers)
        store = SqliteReadingStore(tmp_path / f"readings{number}.db")
        journal = SqliteJournal(tmp_path / f"journal{number}.db")
        opened.extend((store, journal))
        return Scene(store, journal, installation)

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def scene(made: Made) -> Scene:
    """Nothing measured yet."""
    return made()


@pytest.fixture
def influx_scene(influxdb: InfluxDB, tmp_path: Path) -> Iterator[Scene]:
    """The same on a real InfluxDB."""
    with InfluxShim(influxdb.url).running() as shim:
        store = InfluxReadingStore(InfluxConfig(url=shim.url, bucket=f"reports{next(_numbers)}", timeout=10))
        with SqliteJournal(tmp_path / "influx-journal.db") as journal:
            yield Scene(store, journal)
        store.close()


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> ComplianceReport:
    """Ten days with everything in them."""
    folder = tmp_path_factory.mktemp("month")
    with SqliteReadingStore(folder / "r.db") as store, SqliteJournal(folder / "j.db") as journal:
        scene = Scene(store, journal)
        play(scene, days=10)
        return scene.report(until=date(2026, 10, 10))
