"""Straight to InfluxDB 1.6.7, which knows neither `/api/v2/write` nor tokens."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import SecretStr

from domain.errors import NotPermitted, Unavailable, WriteRejected
from domain.reading import MISSING
from domain.series import Selection
from storage.influx_config import InfluxConfig
from storage.influx_query import ServerFault, TooLarge, error_of
from storage.influx_store import InfluxReadingStore
from support.cast import HOUR, NOON, OUTLET, bare, reading
from support.servers import InfluxDB


@pytest.mark.influx
def test_it_writes_and_reads_without_the_newer_endpoints(influxdb: InfluxDB) -> None:
    config = InfluxConfig(url=influxdb.url, token=SecretStr("pantau:secret"), bucket="plain")
    with InfluxReadingStore(config) as store:
        store.write([reading(OUTLET, NOON, 7.5)])
        assert [bare(r) for r in store.raw("ipal-outlet", "ph", NOON, NOON + HOUR)] == [(OUTLET, NOON, 7.5, 1, None)]


@pytest.mark.influx
def test_no_number_is_invented_for_a_missing_reading(influxdb: InfluxDB) -> None:
    with InfluxReadingStore(InfluxConfig(url=influxdb.url, bucket="missing")) as store:
        store.write([reading(OUTLET, NOON, 7.5), reading(OUTLET, NOON + 1, None, MISSING, "no_value")])
        assert [bare(r)[2:] for r in store.latest(Selection())] == [(None, MISSING, "no_value")]
    (series,) = influxdb.query("SELECT value, quality FROM ph", "missing")
    assert series["values"] == [[NOON, 7.5, 1], [NOON + 1, None, MISSING]]


@pytest.mark.influx
def test_the_bucket_keeps_readings_as_long_as_asked(influxdb: InfluxDB) -> None:
    with InfluxReadingStore(InfluxConfig(url=influxdb.url, bucket="kept", keep_days=30_000)) as store:
        store.write([reading(OUTLET, NOON)])
    policies = influxdb.query("SHOW RETENTION POLICIES ON kept")
    assert policies[0]["values"][0][1] == "720000h0m0s"  # type: ignore[index]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, WriteRejected), (422, WriteRejected), (413, TooLarge), (401, NotPermitted), (403, NotPermitted),
        (404, NotPermitted), (429, Unavailable), (500, ServerFault), (503, Unavailable),
    ],
)  # fmt: skip
def test_each_status_has_its_meaning(status: int, kind: type[Exception]) -> None:
    assert type(error_of(status, "why")) is kind


def test_the_embedded_store_does_not_pay_for_the_client_library() -> None:
    code = "import sys, storage.readings, storage.chunk_store, storage.sealer, storage.forwarder;"
    code += "sys.exit('influxdb_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
