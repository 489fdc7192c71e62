"""Sending lines with influxdb-client's synchronous write service. Its batching writer loses data and is not used."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from domain.errors import Unavailable
from storage.influx_flavour import Flavour
from storage.influx_query import InfluxHttp, error_of

MAX_LINES = 5_000


def gzipped(lines: Sequence[str]) -> bytes:
    """One request's body. Level 1: the client's own level 9 takes three times as long for a tenth less."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress("\n".join(lines).encode()) + packer.flush()


class LineWriter:
    """Writes to one bucket. Opened on first use, so that the client library is only paid for then."""

    def __init__(self, http: InfluxHttp, secret: str, org: str, bucket: str, timeout: float) -> None:
        from influxdb_client.client.influxdb_client import InfluxDBClient
        from influxdb_client.service.write_service import WriteService

        self._http = http
        self._org, self._bucket = org, bucket
        self._client: Any = InfluxDBClient(url=http.url, token=secret or "-", org=org, timeout=int(timeout * 1000))
        make: Any = WriteService
        self._service = make(self._client.api_client)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, lines: Sequence[str], flavour: Flavour) -> None:
        """One request of at most MAX_LINES lines; it is stored when this returns."""
        if flavour is Flavour.V1_OLD:
            self._http.request(
                "POST", "/write", params={"db": self._bucket, "precision": "ms"}, content=gzipped(lines),
                headers={"Content-Encoding": "gzip"},
            )  # fmt: skip
            return
        from influxdb_client.rest import ApiException
        from urllib3.exceptions import HTTPError

        try:
            self._service.post_write(
                org=self._org, bucket=self._bucket, body=gzipped(lines), precision="ms", content_encoding="gzip",
                content_type="text/plain; charset=utf-8",
            )  # fmt: skip
        except ApiException as error:
            raise error_of(error.status or 503, str(error.body or error.reason or "")) from error
        except (HTTPError, OSError) as error:
            raise Unavailable(f"InfluxDB at {self._http.url} does not answer: {error}") from error
