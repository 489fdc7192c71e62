"""Upkeep of InfluxDB 1.x and of clusters that speak as it does: a bucket is a database with one retention policy."""

from __future__ import annotations

from domain.reading import Millis
from storage.influx_query import InfluxHttp, identifier


def prepare(http: InfluxHttp, bucket: str, keep_days: int) -> None:
    """Make the database unless it is there, and set how long it keeps readings (0: for ever)."""
    name = identifier(bucket)
    http.query(f"CREATE DATABASE {name}")
    duration = f"{keep_days}d" if keep_days else "INF"
    http.query(f"ALTER RETENTION POLICY autogen ON {name} DURATION {duration}")


def delete_before(http: InfluxHttp, bucket: str, before: Millis) -> None:
    """Remove every point older than a time."""
    http.query(f"DELETE WHERE time < {before}ms", db=bucket)
