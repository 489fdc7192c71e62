"""The whole installation while InfluxDB, or the broker too, is away."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from domain.counters import Tally
from domain.reading import Reading, Series
from service.settings import Settings
from service.wiring import build
from storage.config import StoreConfig, StoreKind
from support.mojokerto import mojokerto
from support.servers import free_port
from support.service_process import ServiceProcess
from support.waiting import answers, eventually

NOON = 1_795_237_200_000  # 2026-11-21T05:00:00Z


def test_alerts_go_on_while_influxdb_is_away(tmp_path: Path) -> None:
    nowhere = StoreConfig(kind=StoreKind.INFLUXDB, url=f"http://127.0.0.1:{free_port()}")
    with ExitStack() as stack:
        app = build(Settings(data_dir=tmp_path, store=nowhere), stack, lambda: NOON)
        app.services.registry.apply(mojokerto(), "test", NOON)
        app.engine.tick(NOON)
        series = Series("batik", "ipal-outlet", "ph", "pH", "outlet")
        app.services.journal.append([Reading(series, NOON, 9.5, received_at=NOON)], Tally())
        app.writer.run_once(NOON)
        app.engine.tick(NOON + 2_000)

        page = app.services.book.page(None, 10, None, None, None, True)
        assert [(alert.metric, alert.value) for alert in page.items] == [("ph", 9.5)]
        assert app.services.journal.depth("store", NOON).rows == 1


def test_every_role_starts_while_broker_and_store_are_away(tmp_path: Path) -> None:
    port, nowhere = free_port(), free_port()
    settings = {
        "PANTAU_HTTP__PORT": str(port),
        "PANTAU_MQTT__PORT": str(nowhere),
        "PANTAU_STORE__KIND": "influxdb",
        "PANTAU_STORE__URL": f"http://127.0.0.1:{nowhere}",
    }
    process = ServiceProcess("run", tmp_path / "data", settings)
    process.start()
    try:
        eventually(lambda: answers(f"http://127.0.0.1:{port}"), within=30, what="the API answers")
        with ExitStack() as stack:
            heartbeats = build(Settings(data_dir=tmp_path / "data"), stack).services.heartbeats
            eventually(
                lambda: ("broker", "away") in {(beat.part, beat.detail["state"]) for beat in heartbeats.all()},
                within=20,
                what="the broker is said to be away",
            )
    finally:
        process.stop()
