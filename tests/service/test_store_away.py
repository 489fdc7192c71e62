"""The whole installation while InfluxDB is away."""

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
