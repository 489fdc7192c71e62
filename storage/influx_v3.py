"""Upkeep of InfluxDB 3: a bucket is a database with a retention period; rows cannot be deleted one by one."""

from __future__ import annotations

from domain.errors import WriteRejected
from storage.influx_query import InfluxHttp


def prepare(http: InfluxHttp, bucket: str, keep_days: int) -> None:
    """Make the database unless it is there (then the server answers 409)."""
    body: dict[str, str] = {"db": bucket}
    if keep_days:
        body["retention_period"] = f"{keep_days}d"
    try:
        http.request("POST", "/api/v3/configure/database", json=body)
    except WriteRejected as error:
        if "409" not in str(error):
            raise
